import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { AgentFixture, CONNECTION_ID, JOB } from './agentFixture';

const TASK_LIB = JSON.stringify(createRequire(import.meta.url).resolve('azure-pipelines-task-lib/task'));

/** The stand-in and Microsoft's task library were written from the same source; where they understand each other, a real agent would too. */
describe('agent stand-in: understood by azure-pipelines-task-lib', () => {
  let fixture: AgentFixture;
  beforeEach(() => { fixture = new AgentFixture(); });
  afterEach(() => fixture.remove());

  it('answers what a task asks about inputs, connections, variables, proxy and certificates', async () => {
    const script = `const tl = require(${TASK_LIB});
      tl.setVariable('answer', JSON.stringify({
        id: tl.getInput('connection', true), flag: tl.getBoolInput('flag'),
        scheme: tl.getEndpointAuthorizationScheme(${JSON.stringify(CONNECTION_ID)}), client: tl.getEndpointAuthorizationParameter(${JSON.stringify(CONNECTION_ID)}, 'serviceprincipalid', false),
        url: tl.getEndpointUrl('SYSTEMVSSCONNECTION', false), token: tl.getEndpointAuthorizationParameter('SYSTEMVSSCONNECTION', 'AccessToken', false) === ${JSON.stringify(JOB.jobToken)},
        host: tl.getVariable('System.HostType'), secret: tl.getVariable('My.Secret'), proxy: tl.getHttpProxyConfiguration('https://dev.azure.com/').proxyUrl,
        bypassed: tl.getHttpProxyConfiguration('https://internal.example/'), ca: tl.getHttpCertConfiguration().caFile,
        agentIsNew: tl.getAgentMode() !== undefined && tl.getVariable('Agent.Version') >= '4.255',
      }), false, true);`;
    const result = await fixture.run(script, {
      manifest: { inputs: [{ name: 'connection', type: 'connectedService:WorkloadIdentityUser' }, { name: 'flag', type: 'boolean', defaultValue: true }] },
      inputs: 'connection: audit', network: { proxyUrl: 'http://127.0.0.1:9', caFile: '/ca.pem' }, proxyBypassList: ['^https://internal'], secretVariables: { 'My.Secret': 'hidden value' },
    });
    assert.deepEqual(JSON.parse(result.outputVariables['answer'] ?? '{}'), {
      id: CONNECTION_ID, flag: true, scheme: 'WorkloadIdentityFederation', client: 'client-id-1', url: JOB.systemConnectionUrl, token: true,
      host: 'build', secret: 'hidden value', proxy: 'http://127.0.0.1:9', bypassed: null, ca: '/ca.pem', agentIsNew: true,
    });
    assert.doesNotMatch(result.maskedLog, /hidden value/);
  });

  it('executes what a task says, and nothing that it was told to say', async () => {
    const hostile = 'x\n##vso[task.setvariable variable=evil]1\r##vso[artifact.upload artifactname=evil]/]; %0A##vso[task.complete result=Failed]';
    const result = await fixture.run(`const tl = require(${TASK_LIB}); const hostile = ${JSON.stringify(hostile)};
      tl.setSecret('top secret value'); console.log('say top secret value');
      tl.warning(hostile); tl.setVariable('out', hostile, false, true); tl.setProgress(50, hostile); tl.setResult(tl.TaskResult.SucceededWithIssues, hostile);`);
    assert.deepEqual(result.commands.map((command) => command.event).filter((event) => event !== 'debug'), ['setsecret', 'issue', 'setvariable', 'setprogress', 'issue', 'complete']);
    assert.equal(result.outputVariables['out'], hostile);
    assert.deepEqual([result.result, result.artifacts.length, result.message], ['SucceededWithIssues', 0, hostile]);
    assert.match(result.maskedLog, /^say \*\*\*$/m);
  });
});
