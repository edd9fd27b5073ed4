const LINE_BREAK = /\r\n?/g;
/** C0 control characters but tab and line feed, and DEL. */
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const CONTROL_CHARACTERS = new RegExp(CONTROL_CHARACTER, 'g');
const BEGINS_HARMLESS = /^[0-9A-Za-z{[]/;
/** What a spreadsheet may take for the beginning of a formula, after white space too; full-width forms included. */
const FORMULA = /^(?:\t|[\s\u00a0\u3000]*[=+\-@\uff1d\uff0b\uff0d\uff20])/;

/**
 * A field's value as the text of a CSV cell. The evidence is the JSON; a cell is disarmed for spreadsheets:
 * 1. absent and null are empty, text stands for itself, everything else is compact JSON;
 * 2. line breaks are line feeds; other control characters are shown as their Unicode pictures (NUL is U+2400, DEL U+2421),
 *    because spreadsheets and CSV readers cut or refuse them;
 * 3. what could begin a formula (`=`, `+`, `-`, `@`, their full-width forms, a tab) gets a leading apostrophe.
 */
export function csvCell(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Nearly all texts are harmless, and every cell passes through here: one look each has to do.
  const readable = CONTROL_CHARACTER.test(text) ? text.replace(LINE_BREAK, '\n').replace(CONTROL_CHARACTERS, toPicture) : text;
  return BEGINS_HARMLESS.test(readable) || !FORMULA.test(readable) ? readable : `'${readable}`;
}

function toPicture(character: string): string {
  const code = character.charCodeAt(0);
  return String.fromCharCode(code === 0x7f ? 0x2421 : 0x2400 + code);
}
