import fc from 'fast-check';

/** A JSON text in two writings of the same tokens: as a service may send it, and without the white space between tokens. */
export interface JsonText {
  readonly spaced: string;
  readonly compact: string;
}

const whiteSpace = fc.constantFrom('', '', '', ' ', '\n', '\r\n', '\t', '  \n\t');

/** Any JSON value, its strings escaped more or less, with white space wherever it may stand. */
export function anyJsonText(value: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), space = whiteSpace): fc.Arbitrary<JsonText> {
  return fc.tuple(value, fc.infiniteStream(space), fc.infiniteStream(fc.nat(9))).map(([content, spaces, dice]) => {
    const tokens = tokensOf(content, () => dice.next().value as number);
    const spaced = [...tokens, ''].map((token) => `${spaces.next().value as string}${token}`);
    return { spaced: spaced.join(''), compact: tokens.join('') };
  });
}

function tokensOf(value: unknown, roll: () => number): string[] {
  if (typeof value === 'string') return [stringToken(value, roll)];
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
  const items = Array.isArray(value)
    ? value.map((item) => tokensOf(item, roll))
    : Object.entries(value).map(([key, item]) => [stringToken(key, roll), ':', ...tokensOf(item, roll)]);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return [open, ...items.flatMap((item, index) => (index === 0 ? item : [',', ...item])), close];
}

function stringToken(text: string, roll: () => number): string {
  const characters = Array.from(text, (character) => {
    const standard = JSON.stringify(character).slice(1, -1);
    if (character === '/' && roll() < 3) return '\\/';
    if (character.length > 1 || roll() > 0) return standard;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${characters.join('')}"`;
}
