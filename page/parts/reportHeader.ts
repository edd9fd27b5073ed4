import { type ReportData } from '../../tasks/common/report/reportData';
import { html } from '../dom';
import { counted, countText, entriesText, GAP_WORDS, instantText } from '../words';

/** Organization, window, totals, and what has to be known about them. */
export function reportHeader(data: ReportData): HTMLElement {
  const { window } = data;
  return html('header', { class: 'report-header' },
    html('div', { class: 'headline' },
      html('div', {}, html('h1', {}, html('bdi', {}, data.organization), html('span', { class: 'product' }, ' Audit log')),
        html('p', { class: 'window' }, `${instantText(window.start)} to ${instantText(window.end)} UTC`, runText(data))),
      tiles(data)),
    html('div', { class: 'statements' }, ...statements(data).map((statement) => html('p', {}, statement))),
    gapList(data));
}

function runText({ run, exports }: ReportData): string {
  if (run === null) return exports.length > 1 ? ` · ${countText(exports.length)} exports` : '';
  const parts = [run.pipeline, `run ${run.number ?? run.id}`, run.stage, run.job, run.attempt > 1 ? `attempt ${run.attempt}` : null];
  return ` · ${parts.filter((part) => part !== null && part !== '').join(' · ')}`;
}

function tiles(data: ReportData): HTMLElement {
  const { counts, coverage, firstSeen } = data;
  const notable = data.notable.reduce((sum, { entries }) => sum + entries, 0);
  return html('dl', { class: 'tiles' },
    tile('Entries', counts.entries),
    tile('Notable', notable, notable > 0 ? 'attention' : ''),
    ...(firstSeen === null ? [] : [tile('First seen', firstSeen.actorCount + firstSeen.actionCount)]),
    tile('Late', counts.late),
    tile('Gaps', coverage.gapCount, coverage.gapCount > 0 ? 'alarm' : ''));
}

function tile(name: string, count: number, mood = ''): HTMLElement {
  return html('div', { class: `tile ${mood}`.trim() }, html('dt', {}, name), html('dd', {}, countText(count)));
}

/** Sentences, the most important first. */
function statements(data: ReportData): string[] {
  const { counts, window, filter, notes, detail } = data;
  const isOfMany = data.run === null && data.exports.length > 1;
  const sentences = [isOfMany ? coverageOfMany(data) : coverageText(data.coverage)];
  if (window.unsettledFrom !== null) sentences.push(`Entries since ${instantText(window.unsettledFrom)} UTC may not be complete yet: some appear late.`);
  if (counts.late > 0) sentences.push(`${entriesText(counts.late)} happened before the window${isOfMany ? ' of their export' : ''} and appeared late.`);
  if (filter !== null) sentences.push(filterText(filter, counts.filtered));
  if (counts.own > 0) sentences.push(`${entriesText(counts.own)} ${counts.own === 1 ? 'is' : 'are'} ${isOfMany ? 'the exports’' : 'this export’s'} own reading of the log; no chart or list counts ${counts.own === 1 ? 'it' : 'them'}.`);
  if (counts.repaired > 0) sentences.push(`${entriesText(counts.repaired)} came as invalid JSON and ${counts.repaired === 1 ? 'was' : 'were'} repaired; the original bytes are in anomalies.jsonl.`);
  if (detail === 'counts') sentences.push(countsText(data));
  return [...sentences, ...notes ?? []];
}

function countsText({ dimensions: { actor, ip } }: ReportData): string {
  return `This report holds counts only (reportDetail: counts). ${counted(actor.others.names, 'actor', 'actors')} acted, from ${counted(ip.others.names, 'IP address', 'IP addresses')}: who and where from is left out, and all entries.`;
}

function coverageText({ isChain, from, until, gapCount }: ReportData['coverage']): string {
  if (!isChain) return 'This export stands for itself: it says nothing about the time outside its window.';
  const range = `Covered together with the exports before: ${instantText(from)} to ${instantText(until)} UTC`;
  return gapCount === 0 ? `${range}, without a gap.` : `${range}. ${counted(gapCount, 'interval is', 'intervals are')} in no export.`;
}

function coverageOfMany({ window, coverage: { gapCount } }: ReportData): string {
  const range = `${instantText(window.start)} to ${instantText(window.end)} UTC`;
  return gapCount === 0 ? `These exports cover ${range} without a gap.` : `These exports do not cover all of ${range}: ${counted(gapCount, 'interval is', 'intervals are')} in none of them.`;
}

function filterText({ include, exclude }: NonNullable<ReportData['filter']>, filtered: number): string {
  const parts = [...include.map((pattern) => `include ${pattern}`), ...exclude.map((pattern) => `exclude ${pattern}`)];
  // With counts only its rules are left out: they can name people.
  return `A filter is in force${parts.length > 0 ? ` (${parts.join('; ')})` : ''}: it leaves out ${entriesText(filtered)}. The evidence, audit-log.jsonl.gz, holds them all.`;
}

function gapList({ coverage: { gaps, gapCount } }: ReportData): HTMLElement | null {
  if (gapCount === 0) return null;
  const items = gaps.map(({ start, end, reason }) => html('li', {}, html('strong', {}, `${instantText(start)} to ${instantText(end)} UTC`), `: ${GAP_WORDS[reason]}`));
  if (gapCount > gaps.length) items.push(html('li', {}, `${counted(gapCount - gaps.length, 'older gap', 'older gaps')}, named in manifest.json`));
  return html('ul', { class: 'gaps' }, ...items);
}
