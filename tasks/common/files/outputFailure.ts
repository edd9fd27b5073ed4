import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The sentence for a file or folder that could not be written. What is no failure of the file system passes unchanged. */
export function outputFailure(thrown: unknown, path: string): unknown {
  const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  if (thrown instanceof TaskError || code === undefined || !/^E[A-Z]+$/.test(code)) return thrown;
  const where = disarm(path, 200);
  if (FULL.has(code)) {
    return new TaskError('OUTPUT_DISK_FULL', `There is no room left for the export at ${where}; nothing is published.`, {
      cause: thrown,
      advice: [
        'Free space on the disk of this agent, or choose another outputDirectory.',
        'Or make the export smaller: a shorter window, only formats: jsonl, and compressJson: true.',
      ],
    });
  }
  return new TaskError('OUTPUT_NOT_WRITABLE', `The export cannot be written to ${where} (${code}).`, {
    cause: thrown,
    advice: ['Choose an outputDirectory in which the account that runs the agent may create folders and files, such as $(Build.ArtifactStagingDirectory)/audit-log.'],
  });
}
