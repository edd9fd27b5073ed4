import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PackagedRun } from './packagedTask';

const SET_SECRET = '##vso[task.setsecret]';

/** Everything that a run left where somebody could read it: by place, as text (bytes as Latin-1). */
export function tracesOf(run: PackagedRun): Map<string, string> {
  const traces = new Map<string, string>([
    ['raw output but for task.setsecret', withoutSetSecret(run.rawOutput)],
    ['masked log', run.maskedLog],
    ['message', run.message ?? ''],
    ['issues', JSON.stringify(run.issues)],
    ['output variables', Object.entries(run.outputVariables).flat().join('\n')],
    ['build tags', run.buildTags.join('\n')],
    ['artifact names', run.artifacts.map(({ name, containerFolder }) => `${name}\n${containerFolder}`).join('\n')],
  ]);
  for (const { type, name, content } of [...run.attachments, ...run.summaries]) traces.set(`attachment ${name}`, `${type}\n${name}\n${content?.toString('latin1') ?? ''}`);
  for (const [file, content] of filesBelow(run.workDirectory)) {
    traces.set(`file ${file}`, `${file}\n${content.toString('latin1')}`);
    if (file.endsWith('.gz')) traces.set(`content of ${file}`, gunzipSync(content).toString('latin1'));
  }
  return traces;
}

/** The lines that hand secrets to the agent; a real agent shows them to nobody. */
export function setSecretLines(rawOutput: string): string[] {
  return rawOutput.split(/\r?\n/).filter((line) => line.startsWith(SET_SECRET));
}

function withoutSetSecret(rawOutput: string): string {
  return rawOutput.split(/\r?\n/).filter((line) => !line.startsWith(SET_SECRET)).join('\n');
}

/** Every file below a folder with its content, by its path in the folder. */
export function filesBelow(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [path.relative(folder, file), readFileSync(file)]));
}
