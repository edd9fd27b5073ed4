import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { unpackArtifact, type UnpackedArtifact } from '../../../tasks/common/evidence/unpackArtifact';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporaryFolder';

const FOLDER = '20261119T000000Z_20261120T000000Z.run7-1';
const INSIDE = `audit-log/fabrikam/${FOLDER}`;

describe('the zip of an artifact', () => {
  const folder = temporaryFolder();

  async function zipOf(files: Readonly<Record<string, Buffer | string>>, change: (zip: Buffer) => Buffer = (zip) => zip, options: { mode?: number; forceZip64Format?: boolean } = {}): Promise<string> {
    const zip = new ZipFile();
    for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name, options);
    zip.end();
    const file = path.join(folder(), 'artifact.zip');
    writeFileSync(file, change(await buffer(zip.outputStream)));
    return file;
  }
  function unpack(zip: string, signal = new AbortController().signal): Promise<UnpackedArtifact> {
    return unpackArtifact(zip, { artifactName: 'audit-log', organization: 'Fabrikam', target: path.join(folder(), 'exports', '7'), bytes: statSync(zip).size, signal });
  }
  /** Everything that was written, anywhere below the test's folder but the zip. */
  const written = (): string[] => readdirSync(folder(), { recursive: true, withFileTypes: true }).filter((item) => item.isFile() && item.name !== 'artifact.zip').map((item) => path.relative(folder(), path.join(item.parentPath, item.name)).split(path.sep).join('/'));
  /** Puts another name of the same length into the zip, which the writing library would refuse. */
  const renamed = (from: string, to: string) => (zip: Buffer): Buffer => {
    assert.equal(Buffer.byteLength(from), Buffer.byteLength(to));
    return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
  };

  for (const forceZip64Format of [false, true]) {
    it(`gives the export's files, byte for byte${forceZip64Format ? ' (form for large files)' : ''}`, async () => {
      const content = Buffer.from('entries\n'.repeat(100_000));
      const zip = await zipOf({ [`${INSIDE}/manifest.json`]: '{}', [`${INSIDE}/audit-log.jsonl`]: content }, undefined, { forceZip64Format });
      assert.deepEqual(await unpack(zip), { folders: [`fabrikam/${FOLDER}`], files: 2, bytes: content.length + 2, otherFiles: 0 });
      assert.ok(readFileSync(path.join(folder(), 'exports', '7', 'fabrikam', FOLDER, 'audit-log.jsonl')).equals(content));
    });
  }

  it('leaves in the zip what no export of the organization has', async () => {
    const others = [
      'audit-log/contoso/20261119T000000Z_20261120T000000Z.run7-1/manifest.json', 'audit-log/fabrikam/readme.txt', `audit-log/fabrikam/notes/manifest.json`, `${INSIDE}/deeper/manifest.json`,
      `${INSIDE}/nul`, `${INSIDE}/COM1.json`, `${INSIDE}/.hidden`, `${INSIDE}/name `, `${INSIDE}/dot.`, `drop/fabrikam/${FOLDER}/manifest.json`, 'audit-log/fabrikam/.partial-1-20261119T000000Z_20261120T000000Z.run7-1/manifest.json',
    ];
    const zip = await zipOf(Object.fromEntries([...others, `${INSIDE}/manifest.json`].map((name) => [name, 'x'])));
    assert.deepEqual(await unpack(zip), { folders: [`fabrikam/${FOLDER}`], files: 1, bytes: 1, otherFiles: others.length });
    assert.deepEqual(written(), [`exports/7/fabrikam/${FOLDER}/manifest.json`]);
  });

  const outside = /^The downloaded artifact is not unpacked, because it holds a name that leads out of its folder, or is damaged\.$/;
  const name = `${INSIDE}/audit-log.csv`;
  const hostile: readonly (readonly [what: string, name: string])[] = [
    ['a path upwards', `../${name.slice(3)}`],
    ['a path upwards in the middle', name.replace('/fabrikam/', '/../ab/../')],
    ['an absolute path', `/${name.slice(1)}`],
    ['a drive letter', `C:${name.slice(2)}`],
    ['backslashes', name.replace('fabrikam/', 'fabrikam\\')],
    ['a path upwards with backslashes', name.replace('audit-log/', '..\\..\\log/')],
    ['a NUL character', name.replace('audit-log.csv', 'audit\0log.csv')],
    ['a path through the folder itself', name.replace('audit-log/fa', 'audit-log/./')],
  ];
  for (const [what, evil] of hostile) {
    it(`is refused for ${what}, before anything is written`, async () => {
      const zip = await zipOf({ [`${INSIDE}/manifest.json`]: '{}', [name]: 'x' }, renamed(name, evil));
      assert.match((await rejection(unpack(zip), 'ARTIFACT_REFUSED')).message, outside);
      assert.deepEqual(written(), []);
    });
  }

  it('is refused for a link', async () => {
    const zip = await zipOf({ [name]: '/etc/passwd' }, undefined, { mode: 0o120777 });
    assert.match((await rejection(unpack(zip), 'ARTIFACT_REFUSED')).message, /it holds a link/);
    assert.deepEqual(written(), []);
  });

  it('is refused for the same file twice, in whatever case', async () => {
    const zip = await zipOf({ [name]: 'x', [name.replace('.csv', '.CSV')]: 'y' });
    assert.match((await rejection(unpack(zip), 'ARTIFACT_REFUSED')).message, /the same file twice/);
    assert.deepEqual(written(), []);
  });

  it('is refused for a bomb, before anything is written', async () => {
    const zip = await zipOf({ [name]: Buffer.alloc(100 * 1024 * 1024) });
    assert.match((await rejection(unpack(zip), 'ARTIFACT_REFUSED')).message, /far more than exports do/);
    assert.deepEqual(written(), []);
  });

  it('is refused for a file that is larger than the zip says', async () => {
    const content = Buffer.alloc(5_000_000, 'a');
    const lie = (zip: Buffer): Buffer => {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(content.length);
      const small = Buffer.alloc(4);
      small.writeUInt32LE(10);
      return Buffer.from(zip.toString('latin1').replaceAll(size.toString('latin1'), small.toString('latin1')), 'latin1');
    };
    const zip = await zipOf({ [name]: content }, lie);
    assert.match((await rejection(unpack(zip), 'ARTIFACT_REFUSED')).message, /damaged or larger than it says/);
    const file = path.join(folder(), 'exports', '7', 'fabrikam', FOLDER, 'audit-log.csv');
    assert.ok(!existsSync(file) || statSync(file).size < content.length);
  });

  it('is refused when it is no zip, or cut', async () => {
    const none = await zipOf({ [name]: 'x' }, () => Buffer.from('<html>sign in</html>'));
    assert.match((await rejection(unpack(none), 'ARTIFACT_REFUSED')).message, /not a zip/);
    const cut = await zipOf({ [name]: 'x'.repeat(1000) }, (zip) => zip.subarray(0, zip.length - 30));
    await rejection(unpack(cut), 'ARTIFACT_REFUSED');
  });

  it('is refused for more files than exports can have', async () => {
    // The counts of files in the record at the zip's end (PKWARE APPNOTE 4.3.16).
    const counted = (zip: Buffer): Buffer => {
      zip.writeUInt16LE(20_001, zip.length - 14);
      zip.writeUInt16LE(20_001, zip.length - 12);
      return zip;
    };
    assert.match((await rejection(unpack(await zipOf({ [name]: 'x' }, counted)), 'ARTIFACT_REFUSED')).message, /more than 20000 files/);
  });

  it('is not unpacked further once the run is canceled', async () => {
    const cancel = new AbortController();
    cancel.abort(new Error('canceled'));
    const zip = await zipOf({ [name]: 'x' });
    await assert.rejects(unpack(zip, cancel.signal), /canceled/);
    assert.deepEqual(written(), []);
  });
});
