import { html } from './dom';
import { renderReport } from './reportView';
import { readReportData } from '../tasks/common/report/readReportData';

/** What a reader is told when the page's data are not what this page can show. */
const PROBLEMS = {
  newerVersion: 'This report was made by a newer version of Audit Log Export than its page belongs to.',
  unreadable: 'The data of this report cannot be read: the file is incomplete or was changed. The entries are in audit-log.jsonl.gz beside it.',
} as const;

const root = document.getElementById('report') ?? document.body;
const read = readReportData(parsed(document.getElementById('report-data')?.textContent));
if ('problem' in read) {
  root.classList.add('audit-report');
  root.replaceChildren(html('p', { class: 'problem', role: 'alert' }, PROBLEMS[read.problem]));
} else {
  document.title = `Audit log of ${read.organization}`;
  renderReport(root, read);
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
