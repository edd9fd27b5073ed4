import assert from 'node:assert/strict';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { disarm } from '../../../tasks/common/errors/disarm';
import { formatCount, markdownText } from '../../../tasks/common/report/markdown';
import type { AuditLogEntry } from '../../../tasks/common/auditlog/entry';
import { LARGEST_SUMMARY } from '../../../tasks/common/report/boundedMarkdown';
import { renderSummary } from '../../../tasks/common/report/summary';
import { entryAt, NOVEMBER_20_SECONDS } from '../../support/auditEntries';
import { madeReport, type MadeReportOptions } from '../../support/madeReport';
import { manifestFacts } from '../../support/manifestFacts';
import { sandboxEntries } from '../../support/sandboxEntries';

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

async function summaryOf(entries: Iterable<AuditLogEntry>, options: MadeReportOptions = {}): Promise<string> {
  const made = await madeReport(entries, options);
  return renderSummary({ ...made, manifestSha256: 'ab'.repeat(32) });
}

/** An entry for each name, the first the newest. */
function entriesOf(names: readonly string[], more: (name: string) => Readonly<Record<string, unknown>> = () => ({})): AuditLogEntry[] {
  return names.map((name, index) => entryAt(1_000_000 - index, index, { category: name, area: name, actionId: name, ...more(name) }));
}

const person = (name: string): Readonly<Record<string, unknown>> => ({ actorDisplayName: name, actorUPN: `${name}@fabrikam.example`, actorUserId: `id of ${name}`, actorCUID: `cuid of ${name}`, ipAddress: `192.0.2.${name}`, projectName: `Project ${name}`, authenticationMechanism: 'FedAuth x', details: `Details of ${name}` });

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
  it('tells window, counts and files', async () => {
    const markdown = await summaryOf(entriesOf(['Git', 'Git', 'Project']), { facts: { written: { ...manifestFacts().written, repaired: 2 }, window: { ...manifestFacts().window, unsettledFrom: NOVEMBER_20_SECONDS + 84_600 } } });
    assert.match(markdown, /\*\*Fabrikam\*\*: 3 audit log entries from 2026-11-20T00:00:00Z to 2026-11-21T00:00:00Z \(end not included\)\./);
    assert.match(markdown, /Newest entry 2026-11-20T00:00:00\.1000000Z, oldest 2026-11-20T00:00:00\.0999998Z\./);
    assert.match(markdown, /Entries since 2026-11-20T23:30:00Z may not be complete yet/);
    assert.match(markdown, /2 entries came as invalid JSON/);
    assert.match(markdown, /\| Git \| 2 \| █{20} \|\n\| Project \| 1 \| █{10} \|/);
    assert.match(markdown, /\| audit-log\.csv \| 3 \| 3,000 \|/);
    assert.match(markdown, /In no audit log: sign-ins, clones and fetches/);
    assert.match(markdown, /\n$/);
    assert.doesNotMatch(markdown, /undefined|null|NaN/);
  });

  it('of an empty window says that it is empty, and draws no table of nothing', async () => {
    const markdown = await summaryOf([]);
    assert.match(markdown, /0 audit log entries/);
    assert.match(markdown, /The window holds no entry\./);
    assert.doesNotMatch(markdown, /Category|Notable|First seen|### Entries|undefined/);
  });

  it('counts the rest together after ten names, and loses none', async () => {
    const markdown = await summaryOf(entriesOf(Array.from({ length: 40 }, (_, number) => Array.from({ length: number + 1 }, () => `name ${number}`)).flat()));
    const rows = [...markdown.matchAll(/^\| (name \d+|\*\d+ more\*) \| ([\d,]+) \| (?:[▏▎▍▌▋▊▉█]+ )?\|$/gm)].slice(0, 11);
    assert.deepEqual([rows[0]?.[1], rows[10]?.[1]], ['name 39', '*30 more*']);
    assert.equal(rows.reduce((sum, [, , count]) => sum + Number(count!.replace(',', '')), 0), 820);
  });

  it('draws bars that are as long as the counts say, and never none', async () => {
    const times = (name: string, count: number): string[] => Array.from({ length: count }, () => name);
    const markdown = await summaryOf(entriesOf([...times('a', 320), ...times('b', 161), ...times('c', 1)]));
    assert.match(markdown, /\| a \| 320 \| █{20} \|\n\| b \| 161 \| █{10}▏ \|\n\| c \| 1 \| ▏ \|/);
  });

  it('names who acted, from where, how and in which project', async () => {
    const service = entryAt(5, 1, { actorCUID: '00000000-0000-0000-0000-000000000000', actorDisplayName: 'Azure DevOps Service' });
    const robot = entryAt(4, 1, { actorClientId: '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d', actorDisplayName: 'deploy' });
    const markdown = await summaryOf([service, robot, ...entriesOf(['1', '1'], person)]);
    for (const row of ['1 (1&#64;fabrikam.example) | 2 |', 'Azure DevOps Service (*Azure DevOps*) | 1 |', 'deploy (*service principal*) | 1 |', '192.0.2.1 | 2 |', 'FedAuth | 2 |', 'Project 1 | 2 |', '*(none)* | 2 |']) assert.ok(markdown.includes(`\n| ${row}`), `${row} in ${markdown}`);
  });

  it('shows the newest five of what is notable, with who and when', async () => {
    const entries = Array.from({ length: 8 }, (_, index) => entryAt(8 * 10_000_000 - index * 10_000_000, index, { actionId: 'Git.RepositoryDestroyed', ...person(`P${index}`) }));
    const markdown = await summaryOf(entries);
    assert.ok(markdown.includes('\n| **Repository destroyed** | 8 | 2026-11-20T00:00:08Z | P0 | Project P0 | Details of P0 |\n| | | 2026-11-20T00:00:07Z | P1 |'), markdown);
    assert.ok(markdown.includes('| Details of P4 |\n| | | *3 more* | | | |'), markdown);
    assert.doesNotMatch(markdown, /Details of P5/);
    assert.match(await summaryOf(entriesOf(['Git'])), /Nothing of what deserves a look/);
  });

  it('names who and what is new in the chain, and says when nobody is', async () => {
    const none = { actors: new Set<string>(), actions: new Set<string>() };
    assert.match(await summaryOf(entriesOf(['Git', 'Project'], person), { known: none }), /had seen 2 actors \(Git \(Git&#64;fabrikam\.example\), Project \(Project&#64;fabrikam\.example\)\) and 2 actions \(Git, Project\)\./);
    assert.match(await summaryOf(entriesOf(['Git'], person), { known: none, detail: 'counts' }), /had seen 1 actor and 1 action \(Git\)\./);
    const { manifest } = await madeReport([]);
    const actions = new Set(manifest.seen.actions);
    assert.match(await summaryOf([entryAt(1, 1)], { known: { ...none, actions } }), /Nobody and nothing/);
    assert.doesNotMatch(await summaryOf(entriesOf(['Git'])), /First seen/);
  });

  it('tells of our own reading in one line, and leaves it out of the tables', async () => {
    const clientId = '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d';
    const own = { clientId, objectId: null, serviceConnectionId: null, pipelineId: null };
    const markdown = await summaryOf([entryAt(2, 1, { actionId: 'AuditLog.AccessLog', actorClientId: clientId }), entryAt(1, 1)], { own });
    assert.match(markdown, /: 2 audit log entries/);
    assert.match(markdown, /^Our own reading of the log left 1 of these entries; the tables do not count it\.$/m);
    assert.doesNotMatch(markdown, /AuditLog\.AccessLog/);
    assert.doesNotMatch(await summaryOf([entryAt(2, 1, { actionId: 'AuditLog.AccessLog', actorClientId: clientId })], { own }), /### Entries/);
  });

  it('with counts alone shows nobody, but how many they are', async () => {
    const names = ['Ann', 'Bob', 'Bob'];
    const markdown = await summaryOf(entriesOf(names, (name) => ({ ...person(name), actionId: 'Git.RepositoryDestroyed', category: 'remove', area: 'Git' })), { detail: 'counts' });
    assert.match(markdown, /^2 actors from 2 IP addresses\. Who and where from is left out here/m);
    assert.match(markdown, /\| \*\*Repository destroyed\*\* \| 3 \|/);
    assert.doesNotMatch(markdown, /Ann|Bob|192\.0\.2/);
  });

  it('says that a filter was in force', async () => {
    const { manifest, report } = await madeReport(entriesOf(['Git']));
    const filtered = { ...report, filter: { include: ['area:Git'], exclude: [] }, counts: { ...report.counts, filtered: 12 } };
    assert.match(renderSummary({ manifest, report: filtered, manifestSha256: '' }), /A filter is in force: 12 entries are left out here\. The JSON Lines hold all\./);
  });

  it('shows the names of an organization, an artifact and of counts as they are, whatever they hold', async () => {
    await fc.assert(fc.asyncProperty(hostileName, hostileName, fc.uniqueArray(hostileName, { minLength: 1, maxLength: 5 }), async (organization, artifactName, names) => {
      const hostile = (name: string): Readonly<Record<string, unknown>> => ({ ...person(name), actionId: 'Git.RepositoryDestroyed', details: name, ipAddress: name, projectName: name });
      const known = { actors: new Set<string>(), actions: new Set<string>() };
      const html = renderer.render(await summaryOf(entriesOf(names, hostile), { known, artifactName: `a${artifactName}`, facts: { organization: { name: organization, id: undefined } } }));
      assert.deepEqual(tagsOf(html).filter((tag) => !['p', 'strong', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'em', 'code', 'h3', 'ul', 'li'].includes(tag)), []);
      const cells = [...html.matchAll(/<t[dh](?: [^>]*)?>([^]*?)<\/t[dh]>/g)].map(([, cell]) => textOf(cell!));
      for (const name of names) assert.ok(cells.includes(seen(name)), `${JSON.stringify(name)} in ${JSON.stringify(cells)}`);
      assert.ok(cells.some((cell) => cell === `Files in the artifact ${seen(`a${artifactName}`)}`), JSON.stringify(cells));
    }), { numRuns: 100 });
  });

  it('keeps entries without a name apart from a name like that', async () => {
    const markdown = await summaryOf([...entriesOf(['(none)']), entryAt(1, 1, { category: '', area: null, actionId: 7 })]);
    assert.match(markdown, /\| \\\(none\\\) \| 1 \|/);
    assert.match(markdown, /\| \*\(none\)\* \| 1 \|/);
  });

  it('stays short, whatever the service sends', async () => {
    const actions = ['Git.RepositoryDestroyed', 'Git.RefUpdatePoliciesBypassed', 'Extension.Installed', 'Token.PatPublicDiscoveryEvent', 'AuditLog.StreamDisabledByUser', 'AuditLog.StreamDeleted', 'Group.UpdateGroupMembership.Add'];
    for (const text of ['/'.repeat(500), '@'.repeat(500), '<@|*'.repeat(200), '😀'.repeat(300), '\u4e2d'.repeat(300)]) {
      const entries = Array.from({ length: 400 }, (_, number) => entryAt(1_000_000 - number, number, { ...person(`${text}${number}`), category: `${number}${text}`, area: `${number}${text}`, details: text, ipAddress: `${number}${text}`, projectName: `${number}${text}`, authenticationMechanism: `${number}${text}`, actionId: number % 3 === 0 ? `${number}${text}` : actions[number % actions.length] }));
      for (const detail of ['full', 'counts'] as const) {
        const markdown = await summaryOf(entries, { detail, artifactName: text, known: { actors: new Set(), actions: new Set() }, facts: { organization: { name: text, id: undefined } } });
        assert.ok(Buffer.byteLength(markdown) <= LARGEST_SUMMARY, `${text.slice(0, 4)} ${detail}: ${Buffer.byteLength(markdown)}`);
        assert.match(markdown, /SHA-256 of `manifest\.json`/);
      }
    }
  });

  it('of an ordinary day is far from its bound, so nothing is cut', async () => {
    const markdown = await summaryOf(sandboxEntries(2_000, manifestFacts().window.covered));
    assert.ok(Buffer.byteLength(markdown) < LARGEST_SUMMARY / 4, String(Buffer.byteLength(markdown)));
  });

  it('holds nothing that the agent would execute', async () => {
    const name = '##vso[task.complete result=Failed;]x';
    const markdown = await summaryOf(entriesOf([name], (text) => ({ ...person(text), actionId: 'Git.RepositoryDestroyed' })), { artifactName: name, facts: { organization: { name, id: undefined } } });
    assert.doesNotMatch(markdown, /##vso|##\[/);
  });
});
