import { rename, rm } from 'node:fs/promises';
import { TaskError } from '../tasks/common/errors/taskError';
import type { CollectedReport } from '../tasks/common/report/reportData';
import { writeReportPage } from '../tasks/common/report/writeReport';
import { BadOption } from '../tasks/common/step/commandLine';

/**
 * Writes a report in the place of an earlier one, whole or not at all.
 * @param file absolute
 * @returns its size, bytes
 * @throws BadOption when it cannot be written there
 */
export async function replaceReport(file: string, data: CollectedReport, template: string): Promise<number> {
  const fresh = `${file}.${process.pid}.partial`;
  try {
    const { bytes } = await writeReportPage(fresh, data, template);
    await rename(fresh, file);
    return bytes;
  } catch (thrown) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw outputProblem(file, thrown);
  }
}

function outputProblem(file: string, thrown: unknown): unknown {
  const cause = thrown instanceof TaskError ? thrown.cause : thrown;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (thrown instanceof TaskError && thrown.code === 'OUTPUT_DISK_FULL') return new BadOption(`--output: there is no room left for ${file}.`);
  return code === undefined ? thrown : new BadOption(`--output: ${file} cannot be written (${code}).`);
}
