import { html } from './dom';
import { followingTexts } from './followingTexts';
import { renderReport } from './reportView';
import { parsed } from './rows/readColumns';
import { readReportData } from '../tasks/common/report/readReportData';
import { DATA_ELEMENT, ROWS_ELEMENTS } from '../tasks/common/report/reportData';

/** What a reader is told when the page's data are not what this page can show. */
const PROBLEMS = {
  newerVersion: 'This report was made by a newer version of Audit Log Export than its page belongs to.',
  unreadable: 'The data of this report cannot be read: the file is incomplete or was changed. The entries are in audit-log.jsonl.gz beside it.',
} as const;

void show();

/** What is needed for header and charts stands before the rows, so both are shown while the browser is still reading the page. */
async function show(): Promise<void> {
  const root = document.getElementById('report') ?? document.body;
  const { value } = await followingTexts(`#${DATA_ELEMENT}`).next();
  const read = readReportData(parsed(value ?? ''));
  if ('problem' in read) {
    root.classList.add('audit-report');
    root.replaceChildren(html('p', { class: 'problem', role: 'alert' }, PROBLEMS[read.problem]));
    return;
  }
  document.title = `Audit log of ${read.organization}`;
  renderReport(root, read, { following: followingTexts(`.${ROWS_ELEMENTS}`) });
}
