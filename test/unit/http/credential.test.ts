import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assertionCredential, assertMayGo, azureDevOpsCredential, jobCredential, keyVaultCredential, type Credential } from '../../../tasks/common/http/credential';
import { failureOf, shown } from '../../support/rejection';

const credentials: Record<string, { credential: Credential; hosts: string[] }> = {
  'the Azure DevOps token': { credential: azureDevOpsCredential('access-token'), hosts: ['auditservice.dev.azure.com', 'dev.azure.com', 'vssps.dev.azure.com'] },
  'the assertion': { credential: assertionCredential(), hosts: ['login.microsoftonline.com'] },
  'the Key Vault token': { credential: keyVaultCredential('access-token', 'fabrikam-online.vault.azure.net'), hosts: ['fabrikam-online.vault.azure.net'] },
  'the Key Vault token that is not there yet': { credential: keyVaultCredential(undefined, 'fabrikam-online.vault.azure.net'), hosts: ['fabrikam-online.vault.azure.net'] },
  'the Key Vault token of another vault': { credential: keyVaultCredential('access-token', 'contoso.vault.azure.net'), hosts: ['contoso.vault.azure.net'] },
  'the job token of dev.azure.com': { credential: jobCredential('job-token', 'https://dev.azure.com/fabrikam/'), hosts: ['dev.azure.com'] },
  'the job token of an old address': { credential: jobCredential('job-token', 'https://fabrikam.visualstudio.com/'), hosts: ['fabrikam.visualstudio.com'] },
};
const allHosts = [...new Set(Object.values(credentials).flatMap(({ hosts }) => hosts))];

describe('credentials and their hosts', () => {
  for (const [name, { credential, hosts }] of Object.entries(credentials)) {
    for (const host of allHosts) {
      const may = hosts.includes(host);
      it(`${name} ${may ? 'goes' : 'does not go'} to ${host}`, () => {
        const go = (): void => { assertMayGo(credential, new URL(`https://${host}/fabrikam/_apis?x=1#y`)); };
        if (may) go();
        else failureOf(go, 'TOKEN_HOST_REFUSED');
      });
    }

    const host = hosts[0] as string;
    const lookAlikes = [
      `http://${host}/`, `https://${host}:8443/`, `https://${host}:80/`, `https://user@${host}/`, `https://user:pw@${host}/`, `https://:pw@${host}/`,
      `https://${host}.evil.example/`, `https://evil-${host}/`, `https://evil.example/${host}`, `https://evil.example/?${host}`, `https://evil.example#${host}`,
      `https://${host}./`, `https://sub.${host}/`, `https://${host.replace('o', '\u043e')}/`, `https://${host}%2eevil.example/`, `https://${host}\\@evil.example/`,
      `https://${host}@evil.example/`, `ftp://${host}/`, `wss://${host}/`,
    ];
    for (const address of lookAlikes.filter((text) => URL.canParse(text))) {
      const url = new URL(address);
      if (url.href === `https://${host}/@evil.example/`) continue;
      it(`${name} does not go to ${address}`, () => {
        const failure = failureOf(() => assertMayGo(credential, url), 'TOKEN_HOST_REFUSED');
        assert.doesNotMatch(shown(failure), /access-token|job-token|pw/);
      });
    }

    it(`${name} goes to ${host} however it is written`, () => {
      assertMayGo(credential, new URL(`HTTPS://${host.toUpperCase()}:443/`));
    });
  }

  it('goes nowhere else, whatever the host', () => {
    fc.assert(fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (address) => {
      fc.pre(!allHosts.includes(new URL(address).hostname));
      for (const { credential } of Object.values(credentials)) failureOf(() => assertMayGo(credential, new URL(address)), 'TOKEN_HOST_REFUSED');
    }));
  });

  const foreign = [
    'http://dev.azure.com/fabrikam/', 'https://tfs.example.com/tfs/', 'https://dev.azure.com.evil.example/', 'https://evil-dev.azure.com/', 'https://visualstudio.com/',
    'https://a.b.visualstudio.com/', 'https://fabrikam.visualstudio.com.evil.example/', 'https://xvisualstudio.com/', 'https://dev.azure.com./', '', 'not an address',
  ];
  for (const address of foreign) {
    it(`makes no job credential for "${address}"`, () => {
      assert.doesNotMatch(shown(failureOf(() => jobCredential('job-token', address), 'TOKEN_HOST_REFUSED')), /job-token/);
    });
  }

  it('makes no job credential for an address with another port or a user in it', () => {
    failureOf(() => jobCredential('job-token', 'https://dev.azure.com:8443/').hosts, 'TOKEN_HOST_REFUSED');
    failureOf(() => jobCredential('job-token', 'https://user@dev.azure.com/').hosts, 'TOKEN_HOST_REFUSED');
  });

  it('sends tokens as bearers, and the assertion not in a header at all', () => {
    assert.equal(azureDevOpsCredential('abc').authorization, 'Bearer abc');
    assert.equal(jobCredential('abc', 'https://DEV.azure.com/x').authorization, 'Bearer abc');
    assert.equal(keyVaultCredential('abc', 'v.vault.azure.net').authorization, 'Bearer abc');
    assert.equal(keyVaultCredential(undefined, 'v.vault.azure.net').authorization, undefined);
    assert.equal(assertionCredential().authorization, undefined);
  });
});
