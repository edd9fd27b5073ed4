import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep, type StepOptions, type StepResult } from '../../sandbox/agent/agent';
import type { JobContext } from '../../sandbox/jobContext';

export const CONNECTION_ID = '0d2c1f5e-8d0b-4c63-9d4d-6a2f7f5c9e22';

export const JOB: JobContext = {
  variables: {
    'System.HostType': 'build', 'System.TeamProjectId': '5b5f2a6e-0b1c-4e53-8df0-1c2a3b4c5d6e', 'Build.BuildId': '4711',
    'Build.ContainerId': '99', 'System.CollectionUri': 'https://dev.azure.com/fabrikam/',
  },
  jobToken: 'job-token-of-the-fixture',
  systemConnectionUrl: 'https://dev.azure.com/fabrikam/',
  serviceConnections: [
    {
      name: 'audit', id: CONNECTION_ID, type: 'workloadidentityuser', url: 'https://dev.azure.com/fabrikam/', scheme: 'WorkloadIdentityFederation',
      parameters: { serviceprincipalid: 'client-id-1', tenantid: 'tenant-id-1' }, data: { 'organization Url': 'https://dev.azure.com/fabrikam/' },
    },
    { name: 'unused', id: '1d2c1f5e-8d0b-4c63-9d4d-6a2f7f5c9e22', type: 'azurerm', url: 'https://management.azure.com/', scheme: 'ServicePrincipal', parameters: { serviceprincipalkey: 'key-1' }, data: {} },
  ],
};

/** A task of a few lines in a temporary folder, run through the stand-in for the agent. */
export class AgentFixture {
  readonly directory = mkdtempSync(join(tmpdir(), 'agent-fixture-'));
  readonly workDirectory = join(this.directory, 'work');

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  async run(script: string, options: Partial<StepOptions> & { inputs?: string; manifest?: object } = {}): Promise<StepResult> {
    const { inputs = '', manifest = {}, ...rest } = options;
    const taskDirectory = join(this.directory, 'task');
    mkdirSync(taskDirectory, { recursive: true });
    writeFileSync(join(taskDirectory, 'index.js'), script);
    writeFileSync(join(taskDirectory, 'task.json'), JSON.stringify({
      id: '11111111-2222-4333-8444-555555555555', name: 'Fixture', friendlyName: 'Fixture task', description: 'For tests', author: 'Tests',
      version: { Major: 1, Minor: 2, Patch: 3 }, execution: { Node20_1: { target: 'index.js' } }, ...manifest,
    }));
    const yaml = `steps:\n- task: Fixture@1\n  name: fixture\n${inputs && `  inputs:\n${inputs.replace(/^/gm, '    ')}\n`}`;
    return runStep({ yaml, taskDirectory, job: JOB, workDirectory: this.workDirectory, ...rest });
  }
}
