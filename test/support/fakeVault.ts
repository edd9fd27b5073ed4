import { createHash, createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { Authority } from './certificates';
import { ConnectProxy } from './connectProxy';
import { openTestHttp, type TestHttp } from './testHttp';
import { json, TlsServer, type Answer } from './tlsServer';

export const VAULT_HOST = 'fabrikam-audit.vault.azure.net';
export const KEY_VERSION = '0123456789abcdef0123456789abcdef';

interface KeyOptions {
  readonly kty?: string;
  readonly operations?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A Key Vault with one key on loopback, reached by its real name through a proxy; it signs whatever content it was told of. */
export class FakeVault {
  static async start(): Promise<FakeVault> {
    const authority = await Authority.make('Vault');
    const server = await TlsServer.start(await authority.issue([VAULT_HOST]), () => {});
    const proxy = await ConnectProxy.start({ portOf: (host) => (host === VAULT_HOST ? server.port : undefined) });
    return new FakeVault(authority, server, proxy);
  }

  /** What may be signed. */
  content = Buffer.alloc(0);
  readonly server: TlsServer;
  readonly proxy: ConnectProxy;
  readonly #authority: Authority;
  #key: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  #options: KeyOptions = {};

  private constructor(authority: Authority, server: TlsServer, proxy: ConnectProxy) {
    this.#authority = authority;
    this.server = server;
    this.proxy = proxy;
  }

  /** Takes a key into use, and answers as a healthy vault again. */
  hold(key: KeyObject, options: KeyOptions = {}): void {
    this.#key = key;
    this.#options = options;
    this.server.requests.length = 0;
    this.proxy.targets.length = 0;
    this.server.answer = (...call) => { this.healthy(...call); };
  }

  open(): TestHttp {
    return openTestHttp({ caFile: this.#authority.file, proxy: { url: this.proxy.url, bypass: [] } });
  }

  readonly healthy: Answer = (response, request, number) => {
    const { method, path, headers, body } = request;
    if (headers.authorization === undefined) {
      json({ error: { code: 'Unauthorized' } }, 401, { 'www-authenticate': 'Bearer authorization="https://login.microsoftonline.com/other-tenant", resource="https://vault.azure.net"' })(response, request, number);
    } else {
      json(method === 'GET' && path.startsWith('/keys/audit-log') ? this.bundle() : this.#signed(JSON.parse(body) as { alg: string; value: string }))(response, request, number);
    }
  };

  bundle(): unknown {
    const { kty, ...jwk } = createPrivateKey(this.#key.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' });
    const { n, e, crv, x, y } = jwk;
    return {
      key: { kid: `https://${VAULT_HOST}/keys/audit-log/${KEY_VERSION}`, kty: this.#options.kty ?? kty, key_ops: this.#options.operations ?? ['sign', 'verify'], n, e, crv, x, y },
      attributes: { enabled: true, ...this.#options.attributes },
    };
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.server.close();
    this.#authority.remove();
  }

  #signed({ alg, value }: { alg: string; value: string }): unknown {
    const digest = createHash('sha256').update(this.content).digest('base64url');
    const isAsked = value === digest && alg === (this.#key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256');
    const signature = isAsked ? sign('sha256', this.content, { key: this.#key, dsaEncoding: 'ieee-p1363' }) : Buffer.from('not asked for');
    return { kid: `https://${VAULT_HOST}/keys/audit-log/${KEY_VERSION}`, value: signature.toString('base64url') };
  }
}
