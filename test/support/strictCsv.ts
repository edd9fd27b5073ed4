/**
 * Reads CSV as RFC 4180 has it and nothing looser: every record ends with CRLF, quotes stand only around a field or doubled
 * inside one, and all records have as many fields as the first.
 */
export function parseStrictCsv(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (let at = 0; at < text.length;) {
    const field = text[at] === '"' ? quotedField(text, at) : bareField(text, at, delimiter);
    record.push(field.value);
    at = field.end;
    if (text[at] === delimiter) at += 1;
    else if (text.startsWith('\r\n', at)) {
      records.push(record);
      record = [];
      at += 2;
    } else throw new Error(`Neither delimiter nor CRLF at ${at}: ${JSON.stringify(text.slice(at, at + 20))}`);
  }
  if (record.length > 0) throw new Error('The last record has no end.');
  if (records.some(({ length }) => length !== records[0]?.length)) throw new Error('Records of different length.');
  return records;
}

interface Field {
  readonly value: string;
  readonly end: number;
}

function quotedField(text: string, from: number): Field {
  let value = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== '"') value += text.charAt(at);
    else if (text[at + 1] === '"') {
      value += '"';
      at += 1;
    } else return { value, end: at + 1 };
  }
  throw new Error(`The quote at ${from} has no end.`);
}

function bareField(text: string, from: number, delimiter: string): Field {
  let end = from;
  while (end < text.length && !['"', '\r', '\n', delimiter].includes(text[end]!)) end += 1;
  return { value: text.slice(from, end), end };
}
