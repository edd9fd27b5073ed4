import {readFile} from 'node:fs/promises';
import type {Reply, ServiceRequest} from '../network/exchange';
import {jsonReply} from '../network/exchange';
import {refusal} from '../network/signIn';
import {filesOf, type ArtifactFile} from './artifactStore';
import {timeText} from './runDescription';
import type {RunRecord} from './runRecord';

/**
 * The file container of a run: `_apis/resources/Containers/{id}`. No specification of it is public; the shape is that of the
 * client in azure-pipelines-agent (FileContainerHttpClient).
 */
export async function answerContainer(request: ServiceRequest, run: RunRecord, projectId: string): Promise<Reply> {
  const {searchParams} = request.url;
  const wanted = (searchParams.get('itemPath') ?? '').replace(/^\/+|\/+$/g, '').toLowerCase();
  const files = await containerFiles(run);
  const wantsContent = /octet-?stream/i.test(searchParams.get('$format') ?? '') || /application\/octet-stream/i.test(request.headers['accept'] ?? '');
  if (wantsContent) {
    const file = files.find(({path}) => path.toLowerCase() === wanted);
    if (file === undefined) return refusal(404, `The item ${wanted} in container ${String(run.containerId)} could not be found.`, 'ContainerItemNotFoundException');
    return {status: 200, headers: {'content-type': 'application/octet-stream'}, body: await readFile(file.source), chunked: true};
  }
  const items = [...foldersOf(files).map((path) => ({path, file: undefined})), ...files.map((file) => ({path: file.path, file}))]
    .filter(({path}) => wanted === '' || path.toLowerCase() === wanted || path.toLowerCase().startsWith(`${wanted}/`))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  const time = timeText(run.queueTime);
  const value = items.map(({path, file}) => ({
    containerId: run.containerId, scopeIdentifier: projectId, path, itemType: file === undefined ? 'folder' : 'file', status: 'created',
    ...(file === undefined ? {} : {fileLength: file.bytes, fileEncoding: 1, fileType: 1}), dateCreated: time, dateLastModified: time,
  }));
  return jsonReply(200, {count: value.length, value});
}

async function containerFiles(run: RunRecord): Promise<ArtifactFile[]> {
  const inContainer = run.artifacts.filter(({type}) => type === 'Container');
  const lists = await Promise.all(inContainer.map(async (artifact) => (await filesOf(artifact)).map((file) => ({...file, path: `${artifact.containerFolder}/${file.path}`}))));
  return lists.flat();
}

function foldersOf(files: readonly ArtifactFile[]): string[] {
  const folders = new Set<string>();
  for (const {path} of files) for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  return [...folders];
}
