import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './taskManifest';

/** A document of the repository, with line feeds. @param file path below the repository's root */
export function documentText(file: string): string {
  return readFileSync(path.join(repository, file), 'utf8').replaceAll('\r\n', '\n');
}

/** What stands under a heading, up to the next one of its level. */
export function sectionOf(text: string, heading: string): string {
  const [, found] = text.split(`\n${heading}\n`);
  if (found === undefined) throw new Error(`No heading "${heading}"`);
  const level = /^#+ /.exec(heading)?.[0] ?? '## ';
  return found.split(`\n${level}`)[0] ?? '';
}

/** The fenced blocks of one language. */
export function fencedBlocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block ?? '');
}

/** The cells of the table between `<!-- NAME: begin -->` and `<!-- NAME: end -->`, without its head. */
export function markedTable(text: string, name: string): string[][] {
  const [from, to] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`].map((marker) => text.indexOf(marker));
  if (from === undefined || to === undefined || from < 0 || to < from) throw new Error(`No table "${name}"`);
  const rows = text.slice(from, to).split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) => row.slice(2, -2).split(' | '));
}
