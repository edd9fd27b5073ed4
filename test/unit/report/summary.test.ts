import assert from 'node:assert/strict';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { OTHER_NAMES, TallyFold } from '../../../tasks/common/auditlog/tally';
import { disarm } from '../../../tasks/common/errors/disarm';
import { formatCount, markdownText } from '../../../tasks/common/report/markdown';
import { renderSummary, type SummaryFacts } from '../../../tasks/common/report/summary';
import { entryAt, NOVEMBER_20_SECONDS } from '../../support/auditEntries';

/** A renderer that allows all that a page could allow. */
const renderer = new MarkdownIt({ html: true, linkify: true });
// Names with dots would be links to it everywhere; no page takes Project.CreateCompleted for one.
renderer.linkify.set({ fuzzyLink: false });
const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
const textOf = (html: string): string => html.replace(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? entity).replaceAll('\u200b', '');
const seen = (name: string, length = 120): string => disarm(name, length).trim();
const tagsOf = (html: string): string[] => [...new Set([...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, tag]) => tag!.toLowerCase()))].sort();

const PIECES = [
  '|', '\\', '\\|', '`', '``', '*', '**', '_', '__', '~~', '#', '# ', '- ', '1. ', '> ', '[', ']', '(', ')', '[a](javascript:alert(1))', '![a](http://evil.example/a.png)', '<', '>', '<b>', '</td>', '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>', '<!--', '&', '&lt;', '&#60;', 'http://evil.example', 'www.evil.example', 'https://', 'mailto:', 'a@evil.example', '@', '\n', '\r\n\r\n', '\t', '---', '| --- |', ':', '$', '$$x$$', '!', '{', '}', '=', '+', '"', "'", ' ', 'a', 'Project.CreateCompleted', 'é', '😀',
  '##vso[task.complete]', '##[error]', '\u202e', '\u200b', '\u0000', 'ftp://evil.example', '//evil.example', '/', 'evil.com',
];
const hostileName = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 10 }).map((pieces) => pieces.join(''));

function facts(more: Partial<SummaryFacts> = {}): SummaryFacts {
  return {
    organization: 'fabrikam', window: { startSeconds: NOVEMBER_20_SECONDS, endSeconds: NOVEMBER_20_SECONDS + 86_400 }, unsettledFrom: undefined, tally: new TallyFold(), repaired: 0,
    files: [{ name: 'audit-log.jsonl.gz', format: 'jsonl', bytes: 1_234_567, sha256: 'a', contentSha256: 'b', entries: 3 }], artifactName: 'audit-log', ...more,
  };
}

function tallyOf(names: readonly string[]): TallyFold {
  const tally = new TallyFold();
  names.forEach((name, index) => { tally.add(entryAt(1_000_000 - index, index, { category: name, area: name, actionId: name })); });
  return tally;
}

describe('text of Markdown', () => {
  it('shows in a table what the name is, and nothing in it formats, links or is HTML', () => {
    fc.assert(fc.property(hostileName, (name) => {
      const html = renderer.render(`| a | b |\n| --- | --- |\n| ${markdownText(name)} | end |\n`);
      assert.deepEqual(tagsOf(html), ['table', 'tbody', 'td', 'th', 'thead', 'tr']);
      const [, cell, end] = /<td>([^]*?)<\/td>\s*<td>(.*?)<\/td>/.exec(html) ?? [];
      assert.equal(end, 'end');
      assert.equal(textOf(cell ?? ''), seen(name));
    }), { numRuns: 800 });
  });

  it('holds no angle bracket at all, because pages differ in what they take for HTML', () => {
    fc.assert(fc.property(hostileName, (name) => { assert.doesNotMatch(markdownText(name), /[<>]/); }));
    assert.equal(markdownText('a<b>&c'), 'a&lt;b&gt;&amp;c');
  });

  it('shows in a paragraph what the name is', () => {
    fc.assert(fc.property(hostileName, (name) => {
      const html = renderer.render(`**${markdownText(`x${name}x`)}**: 3 entries`);
      assert.deepEqual(tagsOf(html), ['p', 'strong']);
      assert.equal(textOf(/<strong>(.*)<\/strong>/.exec(html)?.[1] ?? ''), seen(`x${name}x`));
    }), { numRuns: 800 });
  });

  for (const name of ['<!-- x', '<script x', '<?x', '<!DOCTYPE x', '<![CDATA[ x', '<td x']) {
    it(`begins no HTML with ${name}, which would swallow what follows`, () => {
      const html = renderer.render(`${markdownText(name)}\n\n**after**\n`);
      assert.deepEqual(tagsOf(html), ['p', 'strong']);
    });
  }

  it('breaks addresses without a scheme, which some pages make links of', () => {
    assert.doesNotMatch(markdownText('see WWW.evil.example and www.evil.example'), /www\./i);
  });

  it('writes counts alike on every agent', () => {
    assert.deepEqual([0, 999, 1_000, 1_234_567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
  });
});

describe('summary', () => {
  it('tells window, counts and files', () => {
    const markdown = renderSummary(facts({ tally: tallyOf(['Git', 'Git', 'Project']), repaired: 2, unsettledFrom: NOVEMBER_20_SECONDS + 84_600 }));
    assert.match(markdown, /\*\*fabrikam\*\*: 3 audit log entries from 2026-11-20T00:00:00Z to 2026-11-21T00:00:00Z \(end not included\)\./);
    assert.match(markdown, /Newest entry 2026-11-20T00:00:00\.1000000Z, oldest 2026-11-20T00:00:00\.0999998Z\./);
    assert.match(markdown, /Entries since 2026-11-20T23:30:00Z may not be complete yet/);
    assert.match(markdown, /2 entries came as invalid JSON/);
    assert.match(markdown, /\| Git \| 2 \|\n\| Project \| 1 \|/);
    assert.match(markdown, /\| audit-log\.jsonl\.gz \| 3 \| 1,234,567 \|/);
    assert.match(markdown, /\n$/);
  });

  it('of an empty window says that it is empty', () => {
    const markdown = renderSummary(facts());
    assert.match(markdown, /0 audit log entries/);
    assert.match(markdown, /The window holds no entry\./);
    assert.doesNotMatch(markdown, /Category|undefined/);
  });

  it('counts the rest together after fifteen names, and loses none', () => {
    const markdown = renderSummary(facts({ tally: tallyOf(Array.from({ length: 40 }, (_, number) => Array.from({ length: number + 1 }, () => `name ${number}`)).flat()) }));
    const rows = [...markdown.matchAll(/^\| (name \d+|\*\d+ more\*) \| ([\d,]+) \|$/gm)].slice(0, 16);
    assert.deepEqual([rows[0]?.[1], rows[15]?.[1]], ['name 39', '*25 more*']);
    assert.equal(rows.reduce((sum, [, , count]) => sum + Number(count!.replace(',', '')), 0), 820);
  });

  it('shows the names of an organization, an artifact and of counts as they are, whatever they hold', () => {
    fc.assert(fc.property(hostileName, hostileName, fc.uniqueArray(hostileName, { minLength: 1, maxLength: 5 }), (organization, artifactName, names) => {
      const html = renderer.render(renderSummary(facts({ organization, artifactName: `a${artifactName}`, tally: tallyOf(names) })));
      assert.deepEqual(tagsOf(html).filter((tag) => !['p', 'strong', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'em', 'code'].includes(tag)), []);
      const cells = [...html.matchAll(/<t[dh](?: [^>]*)?>([^]*?)<\/t[dh]>/g)].map(([, cell]) => textOf(cell!));
      for (const name of names) assert.ok(cells.includes(seen(name)), `${JSON.stringify(name)} in ${JSON.stringify(cells)}`);
      assert.ok(cells.some((cell) => cell === `Files in the artifact ${seen(`a${artifactName}`)}`), JSON.stringify(cells));
    }), { numRuns: 100 });
  });

  it('keeps the others apart from a name like theirs', () => {
    assert.match(renderSummary(facts({ tally: tallyOf(['']) })), /\*\(other\)\*/);
    assert.equal(OTHER_NAMES, '(other)');
  });

  it('stays short, whatever the service sends', () => {
    const markdown = renderSummary(facts({ tally: tallyOf(Array.from({ length: 3_000 }, (_, number) => `${number}${'<@|*'.repeat(200)}`)), organization: '<'.repeat(10_000), artifactName: '@'.repeat(10_000) }));
    assert.ok(markdown.length < 64 * 1024, String(markdown.length));
  });

  it('holds nothing that the agent would execute', () => {
    const name = '##vso[task.complete result=Failed;]x';
    assert.doesNotMatch(renderSummary(facts({ organization: name, artifactName: name, tally: tallyOf([name]) })), /##vso|##\[/);
  });
});
