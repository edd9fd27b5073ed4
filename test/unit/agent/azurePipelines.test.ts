import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import type { Step } from '../../support/adapterProgram';

const HOSTILE = 'a##vso[task.complete result=Succeeded;]b\r\n##[error]c\u202e\u0007##VSO[x]%0D%0A##vso[y]';
const PROGRAM = path.resolve(import.meta.dirname, '../../support/adapterProgram.ts');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

interface Outcome {
  readonly exitCode: number | null;
  readonly lines: string[];
  readonly stderr: string;
  readonly results: unknown[];
}

describe('the adapter for Azure Pipelines', () => {
  let folder: string;
  before(() => { folder = mkdtempSync(path.join(tmpdir(), 'adapter-')); });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  function perform(steps: readonly Step[], environment: Record<string, string> = {}): Promise<Outcome> {
    const child = spawn(process.execPath, ['--import', TSX, PROGRAM, JSON.stringify(steps)], {
      cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], AGENT_TEMPDIRECTORY: folder, ...environment },
    });
    const texts = ['', '', ''];
    [child.stdout, child.stderr, child.stdio[3]].forEach((stream, index) => stream?.on('data', (piece: Buffer) => { texts[index] = `${texts[index] ?? ''}${piece.toString('utf8')}`; }));
    return new Promise((resolve) => child.on('close', (exitCode) => {
      const [stdout = '', stderr = '', results = ''] = texts;
      resolve({ exitCode, lines: stdout.split(/\r\n|\r|\n/).filter((line) => line !== ''), stderr, results: results === '' ? [] : (JSON.parse(results) as unknown[]) });
    }));
  }
  /** What the agent would execute: the first command of each line, wherever it stands. */
  const commands = ({ lines }: Outcome): string[] => lines.flatMap((line) => {
    const at = line.toLowerCase().indexOf('##vso[');
    return at < 0 ? [] : [line.slice(at)];
  });
  const withoutDebug = (outcome: Outcome): Outcome => ({ ...outcome, lines: outcome.lines.filter((line) => !line.startsWith('##vso[task.debug]')) });

  it('reads inputs, variables and endpoints as the agent hands them over', async () => {
    const { results } = await perform([
      { call: 'input', text: 'window' }, { call: 'input', text: 'empty' }, { call: 'input', text: 'missing' },
      { call: 'variable', text: 'Build.BuildId' }, { call: 'variable', text: 'My.Secret' }, { call: 'variable', text: 'Missing.One' },
      { call: 'endpoint', text: 'SYSTEMVSSCONNECTION', parameters: ['AccessToken', 'accesstoken', 'other'] },
      { call: 'endpoint', text: GUID, parameters: ['tenantid', 'ServicePrincipalId', 'empty'] }, { call: 'endpoint', text: 'unknown', parameters: [] },
    ], {
      INPUT_WINDOW: '  last\r\n', INPUT_EMPTY: '   ', BUILD_BUILDID: '4711', SECRET_MY_SECRET: 'hidden',
      ENDPOINT_URL_SYSTEMVSSCONNECTION: 'https://dev.azure.com/fabrikam/', ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION: 'OAuth', ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: 'job-token',
      ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({ parameters: { AccessToken: 'job-token' }, scheme: 'OAuth' }),
      [`ENDPOINT_URL_${GUID}`]: 'https://management.azure.com/', [`ENDPOINT_AUTH_SCHEME_${GUID}`]: 'WorkloadIdentityFederation',
      [`ENDPOINT_AUTH_PARAMETER_${GUID}_TENANTID`]: 'tenant', [`ENDPOINT_AUTH_PARAMETER_${GUID}_SERVICEPRINCIPALID`]: 'client', [`ENDPOINT_AUTH_PARAMETER_${GUID}_EMPTY`]: ' ',
    });
    assert.deepEqual(results, [
      'last', null, null, '4711', 'hidden', null,
      { url: 'https://dev.azure.com/fabrikam/', scheme: 'oauth', parameters: ['job-token', 'job-token', null] },
      { url: 'https://management.azure.com/', scheme: 'workloadidentityfederation', parameters: ['tenant', 'client', null] }, null,
    ]);
  });

  it('prints commands of its own and none that hostile text brings along', async () => {
    const outcome = withoutDebug(await perform([
      { call: 'info', text: HOSTILE }, { call: 'section', text: HOSTILE }, { call: 'warning', text: HOSTILE }, { call: 'error', text: HOSTILE }, { call: 'debug', text: HOSTILE },
      { call: 'setOutput', name: 'entryCount', text: HOSTILE }, { call: 'publishArtifact', name: 'name;]x=1\r\n##vso[z]', text: `/folder/${HOSTILE}` }, { call: 'attachSummary', name: HOSTILE, text: `/file/${HOSTILE}` },
      { call: 'canceled', text: HOSTILE }, { call: 'failed', text: HOSTILE, advice: [HOSTILE, 'second'], activityId: GUID }, { call: 'succeeded', text: HOSTILE },
    ]));
    assert.equal(outcome.stderr, '');
    assert.deepEqual(commands(outcome).map((command) => /^##vso\[([\w.]+)/.exec(command)?.[1]), [
      'task.issue', 'task.issue', 'task.setvariable', 'artifact.upload', 'task.addattachment', 'task.issue', 'task.complete', 'task.complete',
    ]);
    assert.deepEqual(outcome.lines.filter((line) => line.startsWith('##[')).map((line) => line.slice(0, 22)), ['##[section]a**vso[task']);
    // One command a line, in the agent's reading: from the first ## to the first ].
    for (const command of commands(outcome)) assert.doesNotMatch(command.slice(0, command.indexOf(']')), /[\r\n]/);
    assert.ok(commands(outcome)[3]?.startsWith('##vso[artifact.upload containerfolder=name%3B%5Dx=1%0D%0A##vso[z%5D;artifactname=name%3B%5Dx=1%0D%0A##vso[z%5D;]/folder/a'));
  });

  it('prints exactly the commands that the agent knows', async () => {
    const outcome = withoutDebug(await perform([
      { call: 'setOutput', name: 'windowStart', text: '100% of 2026-11-20T00:00:00Z' }, { call: 'publishArtifact', name: 'audit-log', text: '/agent/a/audit-log' },
      { call: 'attachSummary', name: 'Audit log of fabrikam', text: '/agent/summary.md' }, { call: 'progress', percent: 12.9 }, { call: 'progress', percent: -5 }, { call: 'progress', percent: 500 },
      { call: 'warning', text: 'ä😀' }, { call: 'info', text: 'plain' }, { call: 'section', text: 'Head' }, { call: 'succeeded', text: '12 entries exported.' },
    ]));
    const plain = outcome.lines.map((line) => line.replaceAll('%25', '%AZP25'));
    assert.deepEqual(plain.filter((line) => !line.includes('task.issue')), [
      '##vso[task.setvariable variable=windowStart;isOutput=true;issecret=false;]100%AZP25 of 2026-11-20T00:00:00Z',
      '##vso[artifact.upload containerfolder=audit-log;artifactname=audit-log;]/agent/a/audit-log',
      '##vso[task.addattachment type=Distributedtask.Core.Summary;name=Audit log of fabrikam;]/agent/summary.md',
      '##vso[task.setprogress value=12;]Reading the audit log', '##vso[task.setprogress value=0;]Reading the audit log', '##vso[task.setprogress value=100;]Reading the audit log',
      'plain', '##[section]Head', '##vso[task.complete result=Succeeded;]12 entries exported.',
    ]);
    assert.ok(outcome.lines.some((line) => line.startsWith('##vso[task.issue type=warning;') && line.endsWith(']ä😀')));
  });

  it('registers secrets line by line, and nothing for no secret', async () => {
    const outcome = withoutDebug(await perform([{ call: 'registerSecret', text: 'one\r\ntwo\n\nthree' }, { call: 'registerSecret', text: '' }, { call: 'registerSecret', text: 'p%c]d;e' }]));
    assert.deepEqual(commands(outcome).map((command) => command.replaceAll('%AZP25', '%25')), ['##vso[task.setsecret]one', '##vso[task.setsecret]two', '##vso[task.setsecret]three', '##vso[task.setsecret]p%25c]d;e']);
  });

  it('ends as failed with sentence, code, advice and activity id, and without the cause', async () => {
    const outcome = withoutDebug(await perform([{ call: 'failed', text: 'It is wrong.', advice: ['First this.', 'Then that.'], activityId: GUID }]));
    assert.deepEqual(outcome.lines.slice(0, 3), ['  - First this.', '  - Then that.', `  Activity id of the request at Azure DevOps: ${GUID}`]);
    assert.equal(commands(outcome).at(-1), '##vso[task.complete result=Failed;]It is wrong. [UNEXPECTED]');
    assert.ok(!outcome.lines.join('\n').includes('secret-of-the-error'));
    assert.equal(outcome.exitCode, 0);
  });

  it('leaves the result of a canceled step to the agent, and no success to anybody', async () => {
    const outcome = withoutDebug(await perform([{ call: 'canceled', text: 'The run was canceled.' }]));
    assert.deepEqual(outcome.lines, ['The run was canceled.']);
    assert.notEqual(outcome.exitCode, 0);
  });

  for (const [call, kind] of [['throw', 'Error'], ['reject', 'TypeError, ERR_FAULT'], ['throwText', 'string']] as const) {
    it(`ends the process at a fault that nobody caught (${call}), without its text or stack`, async () => {
      const outcome = await perform([{ call }]);
      assert.equal(outcome.exitCode, 0);
      assert.equal(commands(outcome).at(-1), `##vso[task.complete result=Failed;]The task met a fault that it does not know (${kind}). [UNEXPECTED]`);
      assert.doesNotMatch(outcome.lines.join('\n') + outcome.stderr, /secret-of-the-error|    at /);
    });
  }

  describe('network settings', () => {
    it('are the agent\'s, secrets included', async () => {
      const { results: [settings], lines } = await perform([{ call: 'networkSettings' }], {
        AGENT_PROXYURL: 'http://proxy.example.com:8080', AGENT_PROXYUSERNAME: 'DOMAIN\\user', SECRET_AGENT_PROXYPASSWORD: 'p@ss', AGENT_PROXYBYPASSLIST: '["localhost","\\\\.corp\\\\.example$"]',
        AGENT_CAINFO: '/certs/ca.pem', AGENT_CLIENTCERT: '/certs/client.pem', AGENT_CLIENTCERTKEY: '/certs/client.key', SECRET_AGENT_CLIENTCERTPASSWORD: 'open sesame',
      });
      assert.deepEqual(settings, {
        proxy: { url: 'http://proxy.example.com:8080', username: 'DOMAIN\\user', password: 'p@ss', bypass: ['localhost', '\\.corp\\.example$'] },
        caFile: '/certs/ca.pem', clientCertificate: { certificateFile: '/certs/client.pem', keyFile: '/certs/client.key', passphrase: 'open sesame' },
      });
      assert.ok(!lines.some((line) => line.includes('type=warning')));
    });
  });
});
