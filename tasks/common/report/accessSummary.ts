import type { Advice } from '../access/advice';
import type { AccessReport, ReportedCheck } from '../access/report';
import { markdownText } from './markdown';

const MARKS: Readonly<Record<ReportedCheck['result'], string>> = { passed: 'ok', failed: '**failed**', warning: 'warning', unknown: 'not seen', skipped: 'skipped' };

/** The Markdown of an access report: a table of the checks, and the advice for what failed. */
export function renderAccessSummary(report: AccessReport): string {
  const headline = { passed: 'The audit log can be read.', passedWithWarnings: 'The audit log can be read; there are warnings.', failed: 'The audit log cannot be read.' }[report.result];
  const rows = report.checks.map(({ id, title, result, line, skippedFor }) => `| ${MARKS[result]} | ${id} | ${markdownText(title)} | ${markdownText(line ?? `because ${skippedFor ?? ''} failed`, 400)} |`);
  return [
    `**${markdownText(report.organization)}**: ${headline}`,
    ['| Result | Check | What is checked | Found |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    ...report.checks.filter(({ result }) => result === 'failed' || result === 'warning').map(explained),
  ].join('\n\n').concat('\n');
}

function explained({ id, line, observed, expected, details, advice }: ReportedCheck): string {
  return [
    `### ${id}`,
    markdownText(line ?? '', 400),
    ...(observed === undefined ? [] : [`Observed: ${markdownText(observed, 400)}. Expected: ${markdownText(expected ?? '', 400)}.`]),
    ...(details ? [codeBlock(details)] : []),
    ...(advice ?? []).map(changeTable),
  ].join('\n\n');
}

function changeTable({ setting, id, from, to, who, where, command }: Advice): string {
  const row = (name: string, value: string): string => `| ${name} | ${markdownText(value, 600)} |`;
  const table = ['| Change | |', '| --- | --- |', row('What', `${setting} (${id})`), row('From', from), row('To', to), row('Where', where), row('Who', who)].join('\n');
  return command === undefined ? table : `${table}\n\n${codeBlock([command])}`;
}

/** Indented, so that nothing inside can end it. */
function codeBlock(lines: readonly string[]): string {
  return lines.map((line) => `    ${line.replace(/[\r\n]+/g, ' ')}`).join('\n');
}
