import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { TaskError } from '../errors/taskError';
import { OutputFile } from '../files/outputFile';
import { outputFailure } from '../files/outputFailure';

/** What unpacking an artifact gave. */
export interface UnpackedArtifact {
  /** Export folders of the organization, `fabrikam/…`. */
  readonly folders: readonly string[];
  readonly files: number;
  readonly bytes: number;
  /** Files that were left in the zip, because no export of the organization has such. */
  readonly otherFiles: number;
}

export interface UnpackParts {
  /** Name of the artifact, which is the zip's one folder. */
  readonly artifactName: string;
  readonly organization: string;
  /** Folder for the export folders; must not be there yet. */
  readonly target: string;
  /** Of the zip. */
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/** A backlog of 91 days, in every format, in several attempts, stays far below. */
const MOST_FILES = 20_000;
const MOST_BYTES = 64 * 1024 ** 3;
/** CSV of a log packs to a fiftieth at best; a bomb to a thousandth. */
const MOST_RATIO = 200;
/** Up to here a zip may unpack to whatever it says. */
const FREE_BYTES = 64 * 1024 ** 2;

const EXPORT_FOLDER = /^\d{8}T\d{6}Z_\d{8}T\d{6}Z\.run[\w-]{1,60}(?:\.\d{1,4})?$/;
const EXPORT_FILE = /^[a-z0-9][a-z0-9.-]{0,99}$/i;
/** Names that mean a device on Windows, whatever follows the first dot (learn.microsoft.com/windows/win32/fileio/naming-a-file). */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const UNIX_TYPE = 0o170000;
const UNIX_LINK = 0o120000;

/** A file of the zip, and where it goes. */
interface WantedFile {
  readonly entry: Entry;
  /** `fabrikam/20261120T000000Z_….run4711-1` */
  readonly folder: string;
  readonly name: string;
}

/**
 * Unpacks the organization's exports from the zip of a downloaded artifact. The zip is of unknown origin: everything it says
 * is looked at before the first file is written, only names that exports have are taken over, and no file becomes larger
 * than the zip says.
 * @throws TaskError ARTIFACT_REFUSED, OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, or the signal's reason
 */
export async function unpackArtifact(zipFile: string, parts: UnpackParts): Promise<UnpackedArtifact> {
  const zip = await openZip(zipFile);
  try {
    const { wanted, otherFiles } = await wantedFiles(zip, parts);
    const folders = [...new Set(wanted.map(({ folder }) => folder))];
    for (const folder of folders) await makeFolder(path.join(parts.target, ...folder.split('/')));
    let bytes = 0;
    for (const file of wanted) {
      parts.signal.throwIfAborted();
      bytes += await writeFile(zip, file, parts);
    }
    return { folders, files: wanted.length, bytes, otherFiles };
  } finally {
    zip.close();
  }
}

async function openZip(zipFile: string): Promise<ZipFile> {
  try {
    return await openPromise(zipFile, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
  } catch {
    throw refused('it is not a zip that can be read');
  }
}

async function wantedFiles(zip: ZipFile, parts: UnpackParts): Promise<{ wanted: WantedFile[]; otherFiles: number }> {
  const wanted: WantedFile[] = [];
  const names = new Set<string>();
  let otherFiles = 0;
  let bytes = 0;
  for (const entry of await entriesOf(zip)) {
    const problem = problemOf(entry);
    if (problem !== undefined) throw refused(problem);
    if (entry.fileName.endsWith('/')) continue;
    const found = wantedFile(entry, parts);
    if (found === undefined) {
      otherFiles += 1;
      continue;
    }
    const key = `${found.folder}/${found.name}`.toLowerCase();
    if (names.has(key)) throw refused('it holds the same file twice');
    names.add(key);
    wanted.push(found);
    bytes += entry.uncompressedSize;
  }
  if (bytes > MOST_BYTES || bytes > Math.max(FREE_BYTES, parts.bytes * MOST_RATIO)) throw refused('it would unpack to far more than exports do');
  return { wanted, otherFiles };
}

async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  if (zip.entryCount > MOST_FILES) throw refused(`it holds more than ${MOST_FILES} files`);
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch {
    // The library refuses absolute names, `..` and backslashes by itself.
    throw refused('it holds a name that leads out of its folder, or is damaged');
  }
  return entries;
}

/** What no artifact of Azure Pipelines holds. */
function problemOf({ fileName, externalFileAttributes, generalPurposeBitFlag }: Entry): string | undefined {
  const isOutside = fileName.includes('\0') || fileName.includes('\\') || /^(?:[a-z]:|\/)/i.test(fileName) || fileName.split('/').some((segment) => segment === '..' || segment === '.');
  if (isOutside) return 'it holds a name that leads out of its folder, or is damaged';
  if (((externalFileAttributes >>> 16) & UNIX_TYPE) === UNIX_LINK) return 'it holds a link';
  return (generalPurposeBitFlag & 1) === 0 ? undefined : 'it holds an encrypted file';
}

/** A file of an export of the organization: `audit-log/fabrikam/FOLDER/FILE`. */
function wantedFile(entry: Entry, { artifactName, organization }: UnpackParts): WantedFile | undefined {
  const [artifact = '', of = '', folder = '', name = '', ...deeper] = entry.fileName.split('/');
  const isExport = artifact.toLowerCase() === artifactName.toLowerCase() && of.toLowerCase() === organization.toLowerCase() && EXPORT_FOLDER.test(folder);
  if (!isExport || deeper.length > 0 || !EXPORT_FILE.test(name) || DEVICE.test(name) || name.endsWith('.')) return undefined;
  return { entry, folder: `${organization.toLowerCase()}/${folder}`, name };
}

async function writeFile(zip: ZipFile, { entry, folder, name }: WantedFile, { target, signal }: UnpackParts): Promise<number> {
  const output = await OutputFile.create(path.join(target, ...folder.split('/'), name));
  let ownFailure: unknown;
  try {
    const content = await zip.openReadStreamPromise(entry);
    await pipeline(content, async (pieces: AsyncIterable<Buffer>) => {
      try {
        for await (const piece of pieces) {
          signal.throwIfAborted();
          await output.write(piece);
        }
      } catch (thrown) {
        if (thrown instanceof TaskError) ownFailure = thrown;
        throw thrown;
      }
    });
    return (await output.close()).bytes;
  } catch (thrown) {
    await output.abandon();
    signal.throwIfAborted();
    if (ownFailure !== undefined || thrown instanceof TaskError) throw ownFailure ?? thrown;
    throw refused('a file in it is damaged or larger than it says');
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (thrown) {
    throw outputFailure(thrown, folder);
  }
}

/** @param problem without remote text */
function refused(problem: string): TaskError {
  return new TaskError('ARTIFACT_REFUSED', `The downloaded artifact is not unpacked, because ${problem}.`, {
    advice: ['Look into the artifact on the page of that run, and find out who published it: ExportAuditLog writes nothing of the kind.'],
  });
}
