import { stringify } from 'yaml';

/** The demo's pipeline, complete as a user would commit it, with the given inputs of the task. */
export function demoPipeline(serviceConnection: string, inputs: Readonly<Record<string, string>>): string {
  const lines = stringify({ azureDevOpsServiceConnection: serviceConnection, ...inputs }, { lineWidth: 0 }).trimEnd();
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
- task: ExportAuditLog@1
  name: auditLog
  displayName: Export the audit log
  inputs:
${lines.replace(/^/gm, '    ')}
`;
}
