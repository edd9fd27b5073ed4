import { ViewFilter } from '../common/auditlog/filter';
import { parseFilterRules, type FilterRule } from '../common/auditlog/filterRules';
import type { FormatsValue } from './contract';
import type { ExportInputs, ExportProblems } from './inputs';

/**
 * The filter for CSV, report and summary; undefined without one, and after noting problems.
 * @param formats undefined when they could not be read
 */
export function readFilter(agent: ExportInputs, problems: ExportProblems, formats: readonly FormatsValue[] | undefined): ViewFilter | undefined {
  const include = readRules(agent, problems, 'include');
  const exclude = readRules(agent, problems, 'exclude');
  if (include.length + exclude.length === 0) return undefined;
  if (formats !== undefined && !formats.includes('jsonl') && !formats.includes('json')) {
    problems.add('formats', 'csv alone is not allowed with include or exclude: what they leave out would be in no file. Add jsonl, which no filter touches. Example: jsonl,csv.');
  }
  return new ViewFilter(include, exclude);
}

function readRules(agent: ExportInputs, problems: ExportProblems, input: 'include' | 'exclude'): readonly FilterRule[] {
  const read = parseFilterRules(agent.input(input) ?? '');
  for (const problem of read.problems) problems.add(input, problem);
  return read.rules ?? [];
}
