import { parseArgs } from 'node:util';

/** The tasks of the extension that the demo runs, by the name of its option. */
export const DEMO_TASKS = { export: 'ExportAuditLog', check: 'CheckAuditLogAccess' } as const;

export type DemoTask = keyof typeof DEMO_TASKS;

export interface DemoOptions {
  readonly help: boolean;
  /** Entries of the organization per day, on average. */
  readonly entries: number;
  readonly seed: number;
  readonly faults: readonly string[];
  /** Names of misconfigurations, applied in this order. */
  readonly broken: readonly string[];
  readonly task: DemoTask;
  readonly debug: boolean;
  readonly node: string | undefined;
  /** Folder that receives the artifact. */
  readonly out: string;
  /** Inputs of the task, by name, beside the service connection. */
  readonly inputs: Readonly<Record<string, string>>;
}

export const HELP = `Runs the packaged task ExportAuditLog or CheckAuditLogAccess against a stand-in of Azure DevOps, the organization "fabrikam".
Needs no configuration and no network.

  npm run demo -- [options]

Organization
  --entries NUMBER       audit log entries per day, on average (default 20000)
  --seed NUMBER          another organization with the same habits (default 1)
  --fault NAME           what goes wrong; may be repeated; "--fault list" names them all
  --broken NAME          what administrators set wrong; may be repeated; "--broken list" names them all

Task
  --task NAME            export or check (default export; with --broken check)
  --window NAME          last, previous or between (default last)
  --duration TEXT        for last: 24h, 7d, P1D … (default 24h)
  --period NAME          for previous: day, week or month
  --time-zone NAME       for previous: for example Europe/Berlin
  --start-time INSTANT   for between: for example 2026-11-01T00:00:00Z
  --end-time INSTANT     for between; empty is now
  --formats LIST         of jsonl, csv and json (default jsonl,csv)
  --input NAME=VALUE     any other input of the task; may be repeated

Agent
  --debug                System.Debug: the agent's debug lines
  --node PATH            the Node that runs the task (default: this one)
  --out FOLDER           where the artifact goes (default out)
  --help                 this text
`;

/** Options that set the input of the task with the name beside them. */
const TASK_OPTIONS = { window: 'window', duration: 'duration', period: 'period', 'time-zone': 'timeZone', 'start-time': 'startTime', 'end-time': 'endTime', formats: 'formats' } as const;

/**
 * Reads the command line.
 * @throws Error with a sentence for the user when an option is unknown or its value is not usable
 */
export function readOptions(args: readonly string[]): DemoOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false }, debug: { type: 'boolean', default: false },
      entries: { ...text, default: '20000' }, seed: { ...text, default: '1' }, fault: { ...text, multiple: true, default: [] },
      broken: { ...text, multiple: true, default: [] }, task: text,
      node: text, out: { ...text, default: 'out' }, input: { ...text, multiple: true, default: [] },
      window: text, duration: text, period: text, 'time-zone': text, 'start-time': text, 'end-time': text, formats: text,
    },
  });
  const inputs: Record<string, string> = {};
  for (const [option, input] of Object.entries(TASK_OPTIONS) as [keyof typeof TASK_OPTIONS, string][]) {
    const value = values[option];
    if (value !== undefined) inputs[input] = value;
  }
  for (const pair of values.input) {
    const [, name, value] = /^([A-Za-z]+)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) throw new Error(`--input "${pair}" is not of the form NAME=VALUE, for example --input csvDelimiter=semicolon.`);
    inputs[name] = value;
  }
  return {
    help: values.help, debug: values.debug, node: values.node, out: values.out, faults: values.fault, inputs,
    broken: values.broken, task: taskNamed(values.task ?? (values.broken.length > 0 ? 'check' : 'export')),
    entries: wholeNumber('entries', values.entries, 10_000_000), seed: wholeNumber('seed', values.seed, 2 ** 31),
  };
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw new Error(`--${option} "${text}" is not a whole number from 0 to ${most}.`);
  return value;
}

function taskNamed(name: string): DemoTask {
  if (name !== 'export' && name !== 'check') throw new Error(`--task "${name}" is neither export nor check.`);
  return name;
}
