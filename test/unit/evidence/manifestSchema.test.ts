import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import * as v from 'valibot';
import { SCHEMA_FILE, schemaText } from '../../../scripts/schema';
import { composeManifest } from '../../../tasks/common/evidence/composeManifest';
import { manifestSchema, type Manifest } from '../../../tasks/common/evidence/manifest';
import { manifestBytes, manifestSha256, readManifest } from '../../../tasks/common/evidence/manifestText';
import { manifestFacts } from '../../support/manifestFacts';
import { repository } from '../../support/taskManifest';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const read = (file: string): Buffer => readFileSync(path.join(repository, file));
const example = read('docs/example-manifest.json');
const published = new Ajv2020({ strict: true, allErrors: true }).compile(JSON.parse(schemaText()) as object);

/** Every place of a document, as the way to it. */
function placesOf(value: Json, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [way];
  const inner = Array.isArray(value) ? value.flatMap((item, index) => placesOf(item, [...way, index])) : Object.entries(value).flatMap(([name, item]) => placesOf(item, [...way, name]));
  return way.length === 0 ? inner : [way, ...inner];
}

/** The example, changed at one place. @param change undefined removes what is there */
function changed(way: readonly (string | number)[], change: (value: Json) => Json | undefined): Json {
  const whole = JSON.parse(example.toString()) as Json;
  const last = way.at(-1)!;
  const parent = way.slice(0, -1).reduce<Json>((value, step) => (value as Record<string | number, Json>)[step]!, whole) as Record<string | number, Json>;
  const value = change(parent[last]!);
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
  return whole;
}

const otherValues = fc.constantFrom<Json>(
  null, true, false, 0, 1, -1, 2, 1.5, 1e300, 2 ** 53, 2 ** 53 - 1, '', 'none', 'x', '4711', '4711 ', 'refs/heads/é', '../x', 'a/b', 'A/B.1', 'A.json', '.json', 'jsonl', 'view', 'evidence', 'anomalies', 'found', 'on', 'ES256', 'a'.repeat(51), 'b'.repeat(256), 'c'.repeat(1_001),
  '2026-11-20T00:00:00Z', '2026-11-20T12:00:00Z', '2026-11-20T00:00:00.0Z', '2026-11-20T00:00:00+00:00', '2026-13-20T00:00:00Z', '2026-11-20', '0123456789abcdef', '0123456789ABCDEF', 'ab'.repeat(32), 'AB'.repeat(32), '1'.repeat(19), '1'.repeat(20), [], [null], {}, { start: '2026-11-20T00:00:00Z', end: '2026-11-20T01:00:00Z' },
  { start: '2026-11-20T01:00:00Z', end: '2026-11-20T00:00:00Z' }, { proven: false, auditing: 'on' }, { proven: true, auditing: 'on' }, { id: 'x', ticks: '1'.repeat(19) }, { keyId: 'k', algorithm: 'RS256', publicKeySha256: 'ab'.repeat(32) },
);
const changes = fc.oneof(
  { weight: 6, arbitrary: otherValues.map((value) => () => value) },
  { weight: 1, arbitrary: fc.constant(() => undefined) },
  { weight: 1, arbitrary: fc.constant((value: Json): Json => (Array.isArray(value) ? [...value, ...value] : typeof value === 'object' && value !== null ? { ...value, more: 1 } : value)) },
  { weight: 1, arbitrary: fc.constant((value: Json): Json => (typeof value === 'string' ? `${value}\n` : typeof value === 'number' ? -value : value)) },
);

describe('published schema of manifests', () => {
  it('is that of the product', () => {
    assert.equal(read(SCHEMA_FILE).toString('utf8').replaceAll('\r\n', '\n'), schemaText());
  });

  it('is draft 2020-12, and says what it is', () => {
    const schema = JSON.parse(schemaText()) as Record<string, unknown>;
    assert.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
    assert.match(String(schema['$id']), /^https:\/\/.*\/docs\/manifest-1\.schema\.json$/);
    assert.ok(schema['title'] && schema['description']);
  });

  it('accepts every manifest that is read, and refuses what is not, but for what compares values', () => {
    const places = placesOf(JSON.parse(example.toString()) as Json);
    const seen = { both: 0, neither: 0, compared: 0 };
    fc.assert(fc.property(fc.constantFrom(...places), changes, (way, change) => {
      const content = changed(way, change);
      const isPublished = published(content);
      const { problem } = readManifest(manifestBytes(content as unknown as Manifest));
      if (problem === undefined) assert.ok(isPublished, JSON.stringify(published.errors));
      if (!isPublished) assert.ok(problem !== undefined);
      if (isPublished && problem !== undefined) {
        const { issues = [] } = v.safeParse(manifestSchema, content);
        assert.deepEqual(issues.filter(({ type }) => type !== 'check').map((issue) => [v.getDotPath(issue), issue.type]), []);
      }
      seen[problem === undefined ? 'both' : isPublished ? 'compared' : 'neither'] += 1;
    }), { numRuns: 3_000 });
    assert.ok(Math.min(...Object.values(seen)) > 0, JSON.stringify(seen));
  });

  it('accepts an export outside a chain, and one of a signed one', () => {
    for (const manifest of [composeManifest(manifestFacts({ chain: 'none' })), composeManifest(manifestFacts({ signedBy: { keyId: 'https://v.vault.azure.net/keys/k/1', algorithm: 'ES256', publicKeySha256: 'ab'.repeat(32) } }))]) {
      assert.ok(published(manifest), JSON.stringify(published.errors));
      assert.deepEqual(readManifest(manifestBytes(manifest)), { manifest });
    }
  });
});

describe('example of a manifest', () => {
  // Exports that exist must stay readable: a change that alters this hash, or the way these facts are written, needs another version.
  it('is read, byte for byte as it was published', () => {
    assert.equal(manifestSha256(example), '23b88964fb461977e75da6c90ff675f33b1f135c62758f29faa8cba016f8fca9');
    const { manifest, problem } = readManifest(example);
    assert.equal(problem, undefined);
    assert.ok(published(manifest));
  });

  it('is what is written of its facts', () => {
    assert.equal(manifestBytes(composeManifest(manifestFacts())).toString(), example.toString());
  });
});
