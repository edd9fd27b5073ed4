import assert from 'node:assert/strict';
import { expandMacros, Variables } from '../../sandbox/agent/variables';
import { AgentFixture, CONNECTION_ID, JOB } from './agentFixture';

const MANIFEST = {
  inputs: [
    { name: 'connection', aliases: ['serviceConnection'], type: 'connectedService:WorkloadIdentityUser' },
    { name: 'directory', type: 'string', defaultValue: '$(Build.ArtifactStagingDirectory)/audit-log' },
    { name: 'flag', type: 'boolean', defaultValue: true },
    { name: 'plainName', type: 'string' },
    { name: 'needed', type: 'string', required: true, defaultValue: 'x' },
  ],
};

describe('agent stand-in: inputs and environment', () => {
  let fixture: AgentFixture;
  beforeEach(() => { fixture = new AgentFixture(); });
  afterEach(() => fixture.remove());

  it('resolves aliases, defaults, macros and connection names', async () => {
    const { environment } = await fixture.run('', { manifest: MANIFEST, inputs: 'serviceConnection: audit\nplainName: "$(a) $(unknown) $(A)"\nneeded: 007', variables: { a: '$(b)!', b: 'B' } });
    assert.equal(environment['INPUT_CONNECTION'], CONNECTION_ID);
    assert.equal(environment['INPUT_SERVICECONNECTION'], undefined);
    assert.equal(environment['INPUT_DIRECTORY'], `${environment['BUILD_ARTIFACTSTAGINGDIRECTORY']}/audit-log`);
    assert.deepEqual([environment['INPUT_FLAG'], environment['INPUT_PLAINNAME'], environment['INPUT_NEEDED']], ['true', 'B! $(unknown) B!', '007']);
  });

  it('hands out the endpoint that a connectedService input names, under the names that the agent uses, and no other', async () => {
    const { environment } = await fixture.run('', { manifest: MANIFEST, inputs: 'serviceConnection: audit\nplainName: unused' });
    const endpoints = Object.keys(environment).filter((name) => name.startsWith('ENDPOINT_')).sort();
    assert.deepEqual(endpoints, [
      `ENDPOINT_AUTH_${CONNECTION_ID}`, `ENDPOINT_AUTH_PARAMETER_${CONNECTION_ID}_SERVICEPRINCIPALID`, `ENDPOINT_AUTH_PARAMETER_${CONNECTION_ID}_TENANTID`,
      'ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN', `ENDPOINT_AUTH_SCHEME_${CONNECTION_ID}`, 'ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION',
      'ENDPOINT_AUTH_SYSTEMVSSCONNECTION', `ENDPOINT_DATA_${CONNECTION_ID}`, `ENDPOINT_DATA_${CONNECTION_ID}_ORGANIZATION_URL`,
      `ENDPOINT_URL_${CONNECTION_ID}`, 'ENDPOINT_URL_SYSTEMVSSCONNECTION',
    ].sort());
    assert.equal(environment['ENDPOINT_AUTH_SYSTEMVSSCONNECTION'], JSON.stringify({ parameters: { AccessToken: JOB.jobToken }, scheme: 'OAuth' }));
  });

  it('refuses before the start what the service refuses', async () => {
    const refuse = (inputs: string, message: RegExp) => assert.rejects(fixture.run('', { manifest: MANIFEST, inputs }), { name: 'PipelineNotValid', message });
    await refuse('serviceConnection: nobody', /references service connection nobody which could not be found.*not been authorized/);
    await refuse('serviceConnection: unused', /expects a service connection of type WorkloadIdentityUser.*is of type azurerm/);
    await refuse('needed: ""', /input 'needed' is required/);
    await refuse('mistyped: 1', /'mistyped' is not an input of the task/);
    await assert.rejects(fixture.run('', { yaml: 'steps:\n- task: Fixture@2\n' }), /no step with the task Fixture@1/);
    await assert.rejects(fixture.run('', { yaml: 'steps:\n- task: "Fixture@1' }), /not valid YAML/);
  });

  it('finds the step in stages, jobs and deployments and adds their variables', async () => {
    const steps = 'steps:\n- script: echo\n- task: publisher.extension.contribution.Fixture@1\n  env: { FROM_STEP: "$(outer)/$(inner)" }\n'.replace(/^/gm, '        ');
    const yaml = `variables: { outer: o, inner: lost }\nstages:\n- stage: one\n  jobs:\n  - deployment: d\n    variables:\n    - name: inner\n      value: i\n    strategy:\n     runOnce:\n      deploy:\n${steps}`;
    const { environment } = await fixture.run('', { yaml });
    assert.deepEqual([environment['FROM_STEP'], environment['INNER']], ['o/i', 'i']);
  });

  it('gives the agent its proxy, its certificate authority and its secrets', async () => {
    const network = { proxyUrl: 'http://127.0.0.1:9', proxyCredentials: { username: 'user', password: 'pass word' }, caFile: '/ca.pem' };
    const { environment, secrets } = await fixture.run('', { network, proxyBypassList: ['^https://internal'], secretVariables: { 'My.Secret': 'hidden value' } });
    assert.deepEqual(
      ['AGENT_PROXYURL', 'AGENT_PROXYUSERNAME', 'SECRET_AGENT_PROXYPASSWORD', 'AGENT_PROXYBYPASSLIST', 'AGENT_CAINFO', 'SECRET_MY_SECRET', 'AGENT_PROXYPASSWORD'].map((name) => environment[name]),
      ['http://127.0.0.1:9', 'user', 'pass word', '["^https://internal"]', '/ca.pem', 'hidden value', undefined],
    );
    assert.ok(secrets.includes('hidden value') && secrets.includes('pass word'));
    const without = await fixture.run('', { network, agentProxy: false, agentCa: false });
    assert.deepEqual([without.environment['AGENT_PROXYURL'], without.environment['AGENT_CAINFO']], [undefined, undefined]);
  });

  it('keeps the environment of its caller away from the step', async () => {
    process.env['LEAKED_FROM_CALLER'] = 'yes';
    try {
      const result = await fixture.run(`console.log('leaked ' + process.env.LEAKED_FROM_CALLER + ', given ' + process.env.GIVEN + ', in ' + (process.cwd() === process.env.SYSTEM_DEFAULTWORKINGDIRECTORY))`, { environment: { GIVEN: 'yes' } });
      assert.match(result.maskedLog, /^leaked undefined, given yes, in true$/m);
    } finally {
      delete process.env['LEAKED_FROM_CALLER'];
    }
  });

  it('does not let a variable take the place of an input or an endpoint', async () => {
    const variables = { 'INPUT_NEEDED': 'forged', 'ENDPOINT_URL_SYSTEMVSSCONNECTION': 'https://evil.example/' };
    const { environment } = await fixture.run('', { manifest: MANIFEST, variables });
    assert.deepEqual([environment['INPUT_NEEDED'], environment['ENDPOINT_URL_SYSTEMVSSCONNECTION']], ['x', JOB.systemConnectionUrl]);
  });

  it('expands macros once, and variables in variables without end', () => {
    assert.equal(expandMacros('$($(a)) $(a', (name) => (name === 'a' ? '$(a)' : undefined)), '$($(a)) $(a');
    const variables = new Variables();
    variables.setAll({ one: '$(two)', two: '$(one)', three: '$(four)', four: '4' });
    variables.expandOwnValues();
    assert.equal(variables.get('THREE'), '4');
  });
});
