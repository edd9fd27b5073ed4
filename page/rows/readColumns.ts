import { DIMENSIONS, type DictionaryColumn, type ReportActor, type RowColumns } from '../../tasks/common/report/reportData';

const KINDS: readonly unknown[] = ['person', 'servicePrincipal', 'service'];

/**
 * The columns of a chunk, when they are what they have to be: as many rows as the chunk says, every index inside its dictionary.
 * Undefined otherwise; nobody vouches for an attachment's content.
 */
export function readColumns(text: string, rows: number): RowColumns | undefined {
  const value = parsed(text);
  if (!isRecord(value)) return undefined;
  const isWhole = isList(value['ms'], rows, Number.isFinite)
    && isList(value['id'], rows, isText)
    && DIMENSIONS.every((dimension) => isDictionary(value[dimension], rows, dimension === 'actor' ? isActor : isTextOrNull))
    && isDictionary(value['correlation'], rows, isText)
    && isDictionary(value['details'], rows, isText)
    && areRows(value['own'], rows)
    && areRows(value['late'], rows);
  return isWhole ? value as unknown as RowColumns : undefined;
}

/** Undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isActor(value: unknown): value is ReportActor {
  return isRecord(value) && KINDS.includes(value['kind']) && isText(value['name']) && isText(value['id']) && isTextOrNull(value['upn']);
}

function isList(value: unknown, length: number, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length === length && value.every(isItem);
}

function isDictionary(value: unknown, rows: number, isValue: (item: unknown) => boolean): boolean {
  if (!isRecord(value) || !Array.isArray(value['values']) || !value['values'].every(isValue)) return false;
  const { length } = value['values'];
  const { index } = value as unknown as DictionaryColumn<unknown>;
  return Array.isArray(index) && index.length === rows && index.every((number) => Number.isInteger(number) && number >= 0 && number < length);
}

function areRows(value: unknown, rows: number): boolean {
  return Array.isArray(value) && value.length <= rows && value.every((row) => Number.isInteger(row) && row >= 0 && row < rows);
}
