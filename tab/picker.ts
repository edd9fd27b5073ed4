import { html } from '../page/dom';
import type { ReportRun } from '../tasks/common/report/reportData';
import type { Attachment } from './attachments';
import { readExportName } from './exportName';

/** Which of several exports of a run is shown. */
export interface Picker {
  /** Offers these; with a single one there is nothing to pick. */
  offer(attachments: readonly Attachment[], chosen: Attachment): void;
  /** Adds to an export's label what only its content says: stage and job. */
  name(attachment: Attachment, run: ReportRun | null): void;
  clear(): void;
}

/** Two attachments are one when these are equal: the same name can occur once for every record of the run. */
export function keyOf({ timelineId, recordId, name }: Attachment): string {
  return `${timelineId}/${recordId}/${name}`;
}

/** @param choose what to do when the user picks another export */
export function makePicker(root: HTMLElement, choose: (attachment: Attachment) => void): Picker {
  const jobs = new Map<string, string>();
  const options = new Map<string, HTMLOptionElement>();
  return {
    offer(attachments, chosen) {
      options.clear();
      const select = html('select', { id: 'export' });
      for (const attachment of attachments) {
        const option = new Option(labelOf(attachment, jobs), keyOf(attachment), false, attachment === chosen);
        options.set(keyOf(attachment), option);
        select.append(option);
      }
      select.addEventListener('change', () => {
        const picked = attachments[select.selectedIndex];
        if (picked) choose(picked);
      });
      if (attachments.length > 1) root.replaceChildren(html('label', { for: select.id }, `Export (${attachments.length} in this run)`), select);
      else root.replaceChildren();
    },
    name(attachment, run) {
      const job = [run?.stage, run?.job].filter(Boolean).join(' / ').slice(0, 120);
      if (job) jobs.set(keyOf(attachment), job);
      const option = options.get(keyOf(attachment));
      if (option) option.textContent = labelOf(attachment, jobs);
    },
    clear() {
      options.clear();
      root.replaceChildren();
    },
  };
}

function labelOf(attachment: Attachment, jobs: ReadonlyMap<string, string>): string {
  const name = readExportName(attachment.name);
  if (!name) return attachment.name.slice(0, 120);
  const job = jobs.get(keyOf(attachment));
  return [`${name.start} – ${name.end} UTC`, name.organization, job, `attempt ${name.attempt}`].filter(Boolean).join(' · ');
}
