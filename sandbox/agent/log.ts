import type { StepRecord } from './stepRecord';
import { versionOf, type TaskDefinition } from './taskDefinition';

const RULE = '='.repeat(78);

/** The block with which the agent opens the log of every task. */
export function writeTaskHeader(record: StepRecord, definition: TaskDefinition): void {
  record.write(RULE);
  record.write(`Task         : ${definition.friendlyName}`);
  record.write(`Description  : ${definition.description}`);
  record.write(`Version      : ${versionOf(definition)}`);
  record.write(`Author       : ${definition.author}`);
  record.write(`Help         : ${definition.helpUrl ?? definition.helpMarkDown ?? ''}`);
  record.write(RULE);
}

/** Colours in which the web shows the lines, as SGR codes. */
const COLOURS: Readonly<Record<string, string>> = { section: '32', error: '31', warning: '33', debug: '35', command: '36' };

/** A line of the masked log as the web shows it; a section loses its mark, as there. */
export function formatLog(line: string, colour: boolean): string {
  const [, tag = ''] = /^##\[(\w+)\]/.exec(line) ?? [];
  const text = tag === 'section' ? line.slice('##[section]'.length) : line;
  const code = COLOURS[tag];
  return colour && code ? `\u001b[${code}m${text}\u001b[0m` : text;
}
