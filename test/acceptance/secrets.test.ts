import assert from 'node:assert/strict';
import { startSandbox, type RecordedRequest } from '../../sandbox/sandbox';
import { inParallel } from '../support/inParallel';
import { removeWorkFolders, runPackaged, type PackagedRun } from '../support/packagedTask';
import { setSecretLines, tracesOf } from '../support/runTraces';
import { formsOf, SecretSearch } from '../support/secretSearch';
import { ATTACKER, kindOf, PROXY_CREDENTIALS, SECRET_SCENARIOS, type SecretKind, type SecretScenario } from './secretScenarios';

interface Played {
  readonly scenario: SecretScenario;
  readonly debug: boolean;
  readonly run: PackagedRun;
  readonly requests: readonly RecordedRequest[];
  readonly secrets: readonly (readonly [SecretKind, string])[];
  readonly fired: number;
}

/** Where a secret may go, host by host; the proxy password stands in CONNECT requests alone. */
const HOSTS: Readonly<Record<SecretKind, readonly string[]>> = {
  'job token': ['dev.azure.com'],
  assertion: ['login.microsoftonline.com'],
  'access token': ['auditservice.dev.azure.com', 'dev.azure.com', 'vssps.dev.azure.com'],
  'proxy password': [],
};
/** For a quick look: SCENARIOS=proxy npx mocha test/acceptance/secrets.test.ts plays only those with that word in their name. */
const ONLY = process.env['SCENARIOS'];
const KNOWN_TARGETS = ['auditservice.dev.azure.com:443', 'dev.azure.com:443', 'login.microsoftonline.com:443', 'vssps.dev.azure.com:443'];

describe('secrets', function () {
  this.timeout(240_000);
  const plays = SECRET_SCENARIOS.filter(({ name }) => name.includes(ONLY ?? '')).flatMap((scenario) => (scenario.alsoWithoutDebug ? [true, false] : [true]).map((debug) => ({ scenario, debug })));
  let played: Played[] = [];

  before(async () => { played = await inParallel(plays, 3, play); });
  after(removeWorkFolders);

  it('are found in every form, and in pieces', () => {
    const secret = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJlLWJ5dGVzLWhlcmU';
    const search = new SecretSearch([['token', secret]]);
    for (const [encoding, form] of formsOf(secret)) assert.notDeepEqual(search.find(`before ${form} after`), [], encoding);
    for (const before of ['', 'u', 'us', 'user:']) {
      assert.notDeepEqual(search.find(Buffer.from(`${before}${secret} and more`).toString('base64')), [], before);
    }
    for (const segment of secret.split('.')) assert.notDeepEqual(search.find(`only ${segment}`), []);
    assert.deepEqual(search.find('nothing of it'), []);
  });

  for (const [index, { scenario, debug }] of plays.entries()) {
    it(`stay hidden when ${scenario.name}${debug ? '' : ', without debug'}`, () => {
      const one = played[index]!;
      assertEnding(one);
      assertRegistered(one);
      assertHidden(one);
    });
  }

  it('go to their own hosts alone, and nowhere else goes a request', function () {
    if (ONLY !== undefined) this.skip();
    const sent = new Set<SecretKind>();
    for (const { scenario, requests, secrets } of played) {
      const searches = secrets.map(bySignature);
      for (const request of requests) assertDestination(scenario.name, request, searches).forEach((kind) => sent.add(kind));
    }
    assert.deepEqual([...sent].sort(), Object.keys(HOSTS).sort(), 'each was sent at all');
  });

  it('do not follow a redirect', function () {
    if (ONLY !== undefined) this.skip();
    const redirects = played.map(({ requests }) => requests.filter(({ status }) => status === 302 || status === 307).length);
    assert.equal(redirects.filter((count) => count > 0).length, 3);
    for (const { requests } of played) for (const { url } of requests) assert.ok(!url.includes(ATTACKER), url);
  });
});

async function play({ scenario, debug }: { scenario: SecretScenario; debug: boolean }): Promise<Played> {
  await using sandbox = await startSandbox({ entriesPerDay: 300, ...scenario.sandbox });
  sandbox.faults.set(scenario.faults?.(sandbox) ?? []);
  const job = scenario.job?.(sandbox.job) ?? sandbox.job;
  const run = await runPackaged({ job, network: sandbox.network }, { duration: '24h', ...scenario.inputs }, { debug, ...scenario.options });
  const secrets: [SecretKind, string][] = sandbox.tokens.map((token) => [kindOf(token, job.jobToken), token]);
  if (scenario.sandbox?.proxyCredentials) secrets.push(['proxy password', PROXY_CREDENTIALS.password]);
  return { scenario, debug, run, requests: [...sandbox.requests], secrets, fired: sandbox.faults.fired.length };
}

function assertEnding({ scenario, run, fired }: Played): void {
  if (scenario.code === undefined) assert.equal(run.result, 'Succeeded', run.maskedLog);
  else assert.match(run.issues.map(({ message }) => message).join('\n'), new RegExp(`\\[${scenario.code}\\]`), run.maskedLog);
  assert.equal(fired > 0, scenario.faults !== undefined, 'the fault struck');
}

/** What the task holds it must have made known, so that the agent masks it wherever it shows; the agent itself knows some. */
function assertRegistered({ scenario, run, secrets }: Played): void {
  const registered = new Set(setSecretLines(run.rawOutput).map((line) => line.slice(line.indexOf(']') + 1)));
  for (const kind of scenario.held) {
    const values = secrets.filter(([name]) => name === kind).map(([, value]) => value);
    assert.ok(values.length > 0, `there is no ${kind}`);
    if (kind === 'proxy password') continue;
    for (const value of values) assert.ok(registered.has(value), `the ${kind} was not registered`);
  }
}

function assertHidden({ run, secrets }: Played): void {
  const search = new SecretSearch(secrets);
  const found = [...tracesOf(run)].flatMap(([place, text]) => search.find(text).map((what) => `${place}: ${what}`));
  assert.deepEqual(found, []);
}

/** @returns what the request carried */
function assertDestination(name: string, request: RecordedRequest, secrets: readonly (readonly [SecretKind, SecretSearch])[]): SecretKind[] {
  const { method, url, headers, body } = request;
  const isConnect = method === 'CONNECT';
  const host = isConnect ? url : new URL(url).host;
  assert.ok(KNOWN_TARGETS.includes(isConnect ? host : `${host}:443`), `${name}: a request went to ${host}`);
  const { 'proxy-authorization': proxyAuthorization = '', ...others } = headers;
  const sent: SecretKind[] = [];
  for (const [kind, search] of secrets) {
    assert.deepEqual(search.find(url), [], `${name}: an address holds a secret`);
    const isSent = search.find(`${JSON.stringify(others)}\n${body}`).length > 0;
    if (isSent) assert.ok(!isConnect && HOSTS[kind].includes(host), `${name}: the ${kind} went to ${host}`);
    const isShownToProxy = search.find(proxyAuthorization).length > 0;
    if (isShownToProxy) assert.ok(isConnect && kind === 'proxy password', `${name}: the proxy was given the ${kind}`);
    if (isSent || isShownToProxy) sent.push(kind);
  }
  return sent;
}

/** Tokens of one issuer begin alike; only the signature is a token's own. */
function bySignature([kind, value]: readonly [SecretKind, string]): readonly [SecretKind, SecretSearch] {
  return [kind, new SecretSearch([[kind, kind === 'proxy password' ? value : value.split('.')[2] ?? value]])];
}
