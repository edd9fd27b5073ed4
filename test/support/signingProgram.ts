import { generateKeyPairSync } from 'node:crypto';
import type { Http, HttpRequest, HttpResponse } from '../../tasks/common/http/http';
import { openSigningKey } from '../../tasks/common/identity/signingKey';

// A program to be bundled as a task is: signs once, at a vault whose every text is hostile, and prints how long the signature is.
const CHALLENGE = 'Bearer authorization="https://login.microsoftonline.com/##vso[task.complete]", resource="https://vault.azure.net"';
const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const key = { ...jwk, kid: `https://fabrikam-audit.vault.azure.net/keys/audit-log/${'0'.repeat(32)}`, key_ops: ['sign', '##vso[task.complete]'] };

function answer(request: HttpRequest): HttpResponse {
  const isSignedIn = request.credential?.authorization !== undefined;
  const body = Buffer.from(JSON.stringify(isSignedIn ? { key, value: Buffer.alloc(256).toString('base64url') } : {}));
  return { status: isSignedIn ? 200 : 401, body, header: (name) => (name === 'www-authenticate' ? CHALLENGE : undefined), activityId: undefined, dateMs: undefined, isExhausted: false };
}

const http = { send: (request: HttpRequest) => Promise.resolve(answer(request)) } as unknown as Http;
const tokens = { get: () => Promise.resolve('token'), forget: () => undefined };
const address = { vault: 'fabrikam-audit', host: 'fabrikam-audit.vault.azure.net', name: 'audit-log', version: undefined };
void openSigningKey({ http, tokens, address, signal: new AbortController().signal })
  .then((signingKey) => signingKey.sign(Buffer.alloc(32)))
  .then(({ length }) => process.stdout.write(String(length)));
