import { stringify } from 'yaml';

/** Name and title of the demo's step for each task. */
export const STEPS = {
  ExportAuditLog: { name: 'auditLog', displayName: 'Export the audit log' },
  CheckAuditLogAccess: { name: 'auditLogAccess', displayName: 'Check the access to the audit log' },
} as const;

/** The demo's pipeline, complete as a user would commit it, with the given inputs of the task. */
export function demoPipeline(task: keyof typeof STEPS, inputs: Readonly<Record<string, string>>): string {
  const lines = stringify(inputs, { lineWidth: 0 }).trimEnd();
  const { name, displayName } = STEPS[task];
  return `trigger: none
pr: none
schedules:
- cron: "0 3 * * *"
  displayName: Every night
  branches:
    include: [main]
  always: true

pool:
  vmImage: ubuntu-latest

steps:
- task: ${task}@1
  name: ${name}
  displayName: ${displayName}
  inputs:
${lines.replace(/^/gm, '    ')}
`;
}
