import {buffer} from 'node:stream/consumers';
import {ZipFile} from 'yazl';
import {filesOf} from './artifactStore';
import type {StoredArtifact} from './runRecord';

/** All files of an artifact as a zip, below a folder with the artifact's name, as Azure DevOps makes it. @param time of its files, ms since 1970 */
export async function artifactZip(artifact: StoredArtifact, time: number, zip64: boolean): Promise<Buffer> {
  const zip = new ZipFile();
  for (const {path, source} of await filesOf(artifact)) {
    zip.addFile(source, `${artifact.name}/${path}`, {mtime: new Date(time), mode: 0o100644, compress: !path.endsWith('.gz'), forceZip64Format: zip64});
  }
  zip.end({forceZip64Format: zip64, comment: ''});
  return buffer(zip.outputStream);
}
