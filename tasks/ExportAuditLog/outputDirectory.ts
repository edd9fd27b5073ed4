import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { disarm } from '../common/errors/disarm';
import { isExportFolder } from './exportPlace';
import type { ExportInputs, ExportProblems } from './inputs';

const EXAMPLE = '$(Build.ArtifactStagingDirectory)/audit-log';

/**
 * The folder for exports, absolute. Nothing is created yet.
 * @param isPublished everything in it is published then, so it must hold nothing but exports; a folder of sources, for example
 */
export function readOutputDirectory(agent: ExportInputs, problems: ExportProblems, isPublished: boolean): string | undefined {
  const given = agent.input('outputDirectory');
  if (given === undefined || given.includes('\0')) {
    problems.add('outputDirectory', `${given === undefined ? 'is empty' : 'holds a NUL character'}. Example: ${EXAMPLE}.`);
    return undefined;
  }
  if (/\$\([^()]+\)/.test(given)) {
    problems.add('outputDirectory', `Example: ${EXAMPLE}.`);
    return undefined;
  }
  const directory = path.resolve(agent.variable('System.DefaultWorkingDirectory') ?? process.cwd(), given);
  const obstacle = findObstacle(directory);
  if (obstacle !== undefined) {
    problems.add('outputDirectory', `${obstacle}. Example: ${EXAMPLE}.`);
    return undefined;
  }
  const foreign = isPublished ? list(directory).find((name) => !holdsExports(path.join(directory, name))) : undefined;
  if (foreign !== undefined) {
    problems.add('outputDirectory', `${disarm(directory, 200)} holds other things than exports (${disarm(foreign, 80)}), and everything in it would be published. Name a folder that is used for nothing else, such as ${EXAMPLE}, or set publishArtifact: false.`);
  }
  return directory;
}

/** Why the folder cannot be there: it, or one that it would be in, is a file. */
function findObstacle(directory: string): string | undefined {
  for (let place = directory; place !== path.dirname(place); place = path.dirname(place)) {
    const kind = kindOf(place);
    if (kind === 'folder') return undefined;
    if (kind === 'file') return `${disarm(place, 200)} is a file, not a folder`;
    if (kind === 'unreachable') return `${disarm(place, 200)} cannot be used: its name is too long, or the agent's account may not look at it`;
  }
  return undefined;
}

/** A folder with an organization's exports. */
function holdsExports(place: string): boolean {
  return kindOf(place) === 'folder' && list(place).every(isExportFolder);
}

function kindOf(place: string): 'folder' | 'file' | 'nothing' | 'unreachable' {
  try {
    const found = statSync(place, { throwIfNoEntry: false });
    if (!found) return 'nothing';
    return found.isDirectory() ? 'folder' : 'file';
  } catch (thrown) {
    // One of the folders above it is a file.
    return (thrown as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'nothing' : 'unreachable';
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Not there yet, which holds nothing; what cannot be read cannot be uploaded either.
    return [];
  }
}
