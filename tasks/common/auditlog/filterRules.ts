import { quoted } from '../window/parsed';
import { addressTest } from './addressRange';
import { namePattern } from './namePattern';

/** What a rule can look at; the word that begins its line. */
export const FILTER_KEYS = ['area', 'category', 'action', 'actor', 'project', 'ip'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

/** One line of `include` or `exclude`. */
export interface FilterRule {
  readonly key: FilterKey;
  /** The rule as it is shown and recorded: `area: Git, Pipelines`. */
  readonly text: string;
  /** Whether one of its values fits a field's text. */
  readonly fits: (text: string) => boolean;
}

/** The rules of one input, or what is wrong with its lines: one sentence each, with the line's number. */
export type ParsedRules = { readonly rules: readonly FilterRule[]; readonly problems: readonly [] } | { readonly rules: undefined; readonly problems: readonly string[] };

export const MOST_RULES = 100;
const MOST_VALUES = 1_000;
const LONGEST_LINE = 1_000;
const EXAMPLE = 'Example: area: Git, Pipelines.';

/**
 * Reads rules, one a line: a key, a colon, and values between commas. A value that holds a comma stands in double quotes.
 * Empty lines, and lines that begin with `#`, say nothing.
 */
export function parseFilterRules(text: string): ParsedRules {
  const problems: string[] = [];
  const rules: FilterRule[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const given = line.trim();
    if (given === '' || given.startsWith('#')) continue;
    const rule = parseRule(given);
    if (typeof rule === 'string') problems.push(`Line ${index + 1}: ${rule}`);
    else rules.push(rule);
  }
  if (rules.length + problems.length > MOST_RULES) return { rules: undefined, problems: [`It has ${rules.length + problems.length} rules; at most ${MOST_RULES} are allowed. One rule takes many values: ${EXAMPLE}`] };
  return problems.length > 0 ? { rules: undefined, problems } : { rules, problems: [] };
}

/** The rule of a line, or what is wrong with it. */
function parseRule(line: string): FilterRule | string {
  if (line.length > LONGEST_LINE) return `${quoted(line)} is longer than ${LONGEST_LINE} characters; use several lines.`;
  const colon = line.indexOf(':');
  const word = line.slice(0, Math.max(0, colon)).trim();
  const key = FILTER_KEYS.find((candidate) => candidate === word.toLowerCase());
  if (colon < 0) return `${quoted(line)} has no colon. ${EXAMPLE}`;
  if (key === undefined) return `${quoted(word)} is not allowed before the colon. Allowed: ${FILTER_KEYS.join(', ')}. ${EXAMPLE}`;
  const values = splitValues(line.slice(colon + 1));
  if (values === undefined) return `${quoted(line)} has a double quote that does not enclose a whole value. Example: actor: "Fischer, Grace", Bob.`;
  if (values.length === 0 || values.includes('')) return `${quoted(line)} has an empty value. ${EXAMPLE}`;
  if (values.length > MOST_VALUES) return `${quoted(line)} has more than ${MOST_VALUES} values.`;
  const fits = key === 'ip' ? addressTest(values) : nameTest(values);
  return typeof fits === 'string' ? fits : { key, text: `${key}: ${values.map(shown).join(', ')}`, fits };
}

function nameTest(values: readonly string[]): (text: string) => boolean {
  const patterns = values.map(namePattern);
  return (text) => patterns.some((pattern) => pattern(text));
}

/** The values between the commas, without their quotes; undefined where a quote stands inside of a value. */
function splitValues(text: string): string[] | undefined {
  const values: string[] = [];
  for (let rest = text.trim(); rest !== ''; ) {
    const isQuoted = rest.startsWith('"');
    const end = isQuoted ? rest.indexOf('"', 1) + 1 : indexOrEnd(rest, ',');
    const value = isQuoted ? rest.slice(1, end - 1) : rest.slice(0, end).trim();
    const after = rest.slice(end).trim();
    if ((isQuoted && end === 0) || value.includes('"') || (after !== '' && !after.startsWith(','))) return undefined;
    values.push(value);
    rest = after.slice(1).trim();
    if (after === ',') values.push('');
  }
  return values;
}

function indexOrEnd(text: string, wanted: string): number {
  const index = text.indexOf(wanted);
  return index < 0 ? text.length : index;
}

function shown(value: string): string {
  return value.includes(',') || value !== value.trim() ? `"${value}"` : value;
}
