import assert from 'node:assert/strict';
import { parseKeyAddress } from '../../../tasks/common/identity/keyAddress';

const VERSION = '0123456789abcdef0123456789abcdef';

describe('address of a signing key', () => {
  it('names vault, host, key and, where given, version', () => {
    assert.deepEqual(parseKeyAddress('https://fabrikam-audit.vault.azure.net/keys/audit-log'), { ok: true, value: { vault: 'fabrikam-audit', host: 'fabrikam-audit.vault.azure.net', name: 'audit-log', version: undefined } });
    assert.deepEqual(parseKeyAddress(`HTTPS://Fabrikam.Vault.Azure.NET/keys/Audit1/${VERSION.toUpperCase()}`), { ok: true, value: { vault: 'fabrikam', host: 'fabrikam.vault.azure.net', name: 'Audit1', version: VERSION } });
    for (const vault of ['abc', 'a-b-c', 'a12', 'a'.repeat(24)]) assert.ok(parseKeyAddress(`https://${vault}.vault.azure.net/keys/k`).ok, vault);
  });

  const wrong = [
    '', 'audit-log', 'http://fabrikam.vault.azure.net/keys/k', 'https://fabrikam.vault.azure.net/keys/', 'https://fabrikam.vault.azure.net/keys/k/', 'https://fabrikam.vault.azure.net/secrets/k',
    'https://fabrikam.vault.azure.net/keys/k/1', `https://fabrikam.vault.azure.net/keys/k/${VERSION}/x`, `https://fabrikam.vault.azure.net/keys/k/${VERSION}0`, 'https://fabrikam.vault.azure.net/keys/k?x=1',
    'https://fabrikam.vault.azure.net/keys/k#x', 'https://fabrikam.vault.azure.net:443/keys/k', 'https://user@fabrikam.vault.azure.net/keys/k', 'https://fabrikam.vault.azure.net.evil.example/keys/k',
    'https://evil.example/fabrikam.vault.azure.net/keys/k', 'https://fabrikam.vault.azure.cn/keys/k', 'https://fabrikam.managedhsm.azure.net/keys/k', 'https://a.b.vault.azure.net/keys/k',
    'https://ab.vault.azure.net/keys/k', 'https://1ab.vault.azure.net/keys/k', 'https://a--b.vault.azure.net/keys/k', 'https://ab-.vault.azure.net/keys/k', `https://${'a'.repeat(25)}.vault.azure.net/keys/k`,
    'https://a-b-c-d-e-f-g-h-i-j-k-l-m.vault.azure.net/keys/k', `https://fabrikam.vault.azure.net/keys/${'k'.repeat(128)}`, 'https://fabrikam.vault.azure.net/keys/../keys/k', 'https://fabrikam.vault.azure.net/keys/k\n',
    'https://fabrikam.vault.azure.net/keys/k;x', 'https://fabrikam.vault.azure.net/keys/$(x)',
  ];
  for (const text of wrong) {
    it(`is not: ${JSON.stringify(text.slice(0, 70))}`, () => {
      const result = parseKeyAddress(text);
      assert.ok(!result.ok);
      assert.match(result.problem, /Allowed: .*Example: https:\/\/fabrikam-audit\.vault\.azure\.net\/keys\/audit-log\.$/);
    });
  }

  it('is quoted on one line, disarmed', () => {
    const result = parseKeyAddress(`##vso[task.complete]\n${'x'.repeat(500)}`);
    assert.ok(!result.ok && !result.problem.includes('##vso') && !result.problem.includes('\n') && result.problem.length < 400);
  });
});
