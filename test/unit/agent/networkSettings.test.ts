import assert from 'node:assert/strict';
import { readNetworkSettings, type NetworkSettings } from '../../../tasks/common/agent/networkSettings';
import { FakeAgent } from '../../support/fakeAgent';

function read(variables: Record<string, string>): { settings: NetworkSettings; warnings: string[] } {
  const agent = new FakeAgent({ variables });
  return { settings: readNetworkSettings(agent), warnings: agent.lines('warning') };
}

describe('network settings', () => {
  it('are empty where the agent has none', () => {
    assert.deepEqual(read({ 'Agent.ProxyUrl': ' ', 'Agent.ProxyUsername': 'user', 'Agent.ClientCert': '/only/half.pem' }), { settings: {}, warnings: [] });
  });

  it('have no bypass list where the agent has none', () => {
    const { settings, warnings } = read({ 'Agent.ProxyUrl': 'http://proxy:1' });
    assert.deepEqual(settings.proxy, { url: 'http://proxy:1', username: undefined, password: undefined, bypass: [] });
    assert.deepEqual(warnings, []);
  });

  for (const list of ['not json', '{"a":1}', '"text"', 'null']) {
    it(`tell of a bypass list that is none: ${list}`, () => {
      const { settings, warnings } = read({ 'Agent.ProxyUrl': 'http://proxy:1', 'Agent.ProxyBypassList': list });
      assert.deepEqual(settings.proxy?.bypass, []);
      assert.match(warnings.join(), /bypass list/);
    });
  }

  it('take only texts from the bypass list', () => {
    assert.deepEqual(read({ 'Agent.ProxyUrl': 'http://proxy:1', 'Agent.ProxyBypassList': '["a",1,null,"b"]' }).settings.proxy?.bypass, ['a', 'b']);
  });

  it('tell that certificates are validated all the same', () => {
    for (const value of ['True', 'true']) assert.match(read({ 'Agent.SkipCertValidation': value }).warnings.join(), /--sslskipcertvalidation/);
    assert.deepEqual(read({ 'Agent.SkipCertValidation': 'False' }).warnings, []);
  });
});
