import path from 'node:path';
import type { AgentCommand } from '../../sandbox/agent/commandProcessor';

/** What the commands of one run may hold. */
export interface CommandFacts {
  readonly secrets: readonly string[];
  readonly artifactName: string;
  /** Absolute. */
  readonly outputDirectory: string;
  /** The agent's own, absolute. */
  readonly temporaryDirectory: string;
}

type Check = (data: string, properties: Readonly<Record<string, string>>, facts: CommandFacts) => boolean;

interface AllowedCommand {
  /** Exactly these properties. */
  readonly properties: Readonly<Record<string, RegExp>>;
  readonly data: Check;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
/** Text that the agent shows as it is: one line, and nothing in it that an agent would execute or format. */
const SHOWN = /^(?!.*##)[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,1000}$/;

/** The output variables, and what each may hold. */
export const OUTPUTS: Readonly<Record<string, Check>> = {
  exportDirectory: (data, _, facts) => isExportFolder(data, facts),
  artifactName: (data, _, facts) => data === facts.artifactName,
  windowStart: (data) => INSTANT.test(data),
  windowEnd: (data) => INSTANT.test(data),
  entryCount: (data) => /^\d+$/.test(data),
  manifestPath: (data, _, facts) => path.basename(data) === 'manifest.json' && isExportFolder(path.dirname(data), facts),
  manifestSha256: (data) => /^[0-9a-f]{64}$/.test(data),
  coveredFrom: (data) => INSTANT.test(data),
  coveredUntil: (data) => INSTANT.test(data),
  gapCount: (data) => /^\d+$/.test(data),
  lateCount: (data) => /^\d+$/.test(data),
};

const SUMMARY_TYPE = 'Distributedtask.Core.Summary';
const REPORT_TYPE = 'audit-log.report';

/** Every command that the task's own code gives; whatever else the agent finds was written by somebody else. */
const ALLOWED: Readonly<Record<string, AllowedCommand>> = {
  'task.debug': { properties: {}, data: () => true },
  'task.setsecret': { properties: {}, data: (data, _, { secrets }) => secrets.includes(data) },
  'task.setprogress': { properties: { value: /^\d{1,2}$/ }, data: (data) => data === 'Reading the audit log' },
  'task.issue': { properties: { type: /^(warning|error)$/, source: /^TaskInternal$/ }, data: (data) => SHOWN.test(data) },
  'task.setvariable': { properties: { variable: /^\w+$/, isoutput: /^true$/, issecret: /^false$/ }, data: (data, properties, facts) => OUTPUTS[properties['variable'] ?? '']?.(data, properties, facts) === true },
  'task.addattachment': {
    properties: { type: /^(Distributedtask\.Core\.Summary|AuditLogExport\.Manifest|audit-log\.report)$/, name: /^(Audit log of fabrikam|fabrikam\.\d{8}T\d{6}Z_\d{8}T\d{6}Z\.run\w+-\d+(\.json)?)$/ },
    data: (data, { type, name }, facts) => (type === SUMMARY_TYPE
      ? /^audit-log-fabrikam\.run\w+-\d+\.\d+\.md$/.test(path.basename(data)) && path.dirname(data) === facts.temporaryDirectory
      : type === REPORT_TYPE ? path.basename(data) === name && /^audit-log-report-\w{6}$/.test(path.relative(facts.temporaryDirectory, path.dirname(data)))
      : path.basename(data) === 'manifest.json' && isExportFolder(path.dirname(data), facts)),
  },
  'artifact.upload': {
    properties: { containerfolder: /./, artifactname: /./ },
    data: (data, properties, { artifactName, outputDirectory }) => data === outputDirectory && properties['containerfolder'] === artifactName && properties['artifactname'] === artifactName,
  },
  'task.complete': { properties: { result: /^(Succeeded|Failed)$/ }, data: (data) => SHOWN.test(data) },
};

/** Why a command cannot be the task's own; undefined when it can. */
export function foreignCommand(command: AgentCommand, facts: CommandFacts): string | undefined {
  const allowed = ALLOWED[`${command.area}.${command.event}`];
  const shown = JSON.stringify(command.line);
  if (!allowed) return `the task gives no such command: ${shown}`;
  const names = Object.keys(allowed.properties).sort();
  if (Object.keys(command.properties).sort().join() !== names.join()) return `other properties than ${names.join()}: ${shown}`;
  for (const [name, pattern] of Object.entries(allowed.properties)) if (!pattern.test(command.properties[name] ?? '')) return `property ${name}: ${shown}`;
  return allowed.data(command.data, command.properties, facts) ? undefined : `data: ${shown}`;
}

function isExportFolder(folder: string, { outputDirectory }: CommandFacts): boolean {
  return path.dirname(path.dirname(folder)) === outputDirectory && path.basename(path.dirname(folder)) === 'fabrikam' && /^\d{8}T\d{6}Z_\d{8}T\d{6}Z\.run\w+-\d+$/.test(path.basename(folder));
}
