import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** A certificate authority of this test process, whose key exists nowhere else. */
export class Authority {
  static async make(name: string): Promise<Authority> {
    x509.cryptoProvider.set(crypto);
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01', name: `CN=${name}`, keys, signingAlgorithm: ALGORITHM, ...validity(-DAY_MS, DAY_MS),
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
    });
    return new Authority(certificate, keys.privateKey);
  }

  readonly pem: string;
  readonly #certificate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'authority-'));
  #serial = 1;

  private constructor(certificate: x509.X509Certificate, key: webcrypto.CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
    this.pem = certificate.toString('pem');
  }

  /** The authority's certificate as a file. */
  get file(): string {
    return this.write('authority.pem', this.pem);
  }

  /** Writes a file beside the authority's own; gone after {@link remove}. */
  write(name: string, text: string): string {
    const file = path.join(this.#folder, name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A certificate for host names (or, without any, for a client), valid from yesterday for `days` days; 0 days: expired. */
  async issue(hosts: readonly string[], days = 1): Promise<Identity> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    this.#serial += 1;
    const usage = hosts.length > 0 ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: this.#serial.toString(16).padStart(2, '0'), subject: `CN=${hosts[0] ?? 'agent'}`, issuer: this.#certificate.subject,
      signingAlgorithm: ALGORITHM, publicKey: keys.publicKey, signingKey: this.#key,
      ...(days > 0 ? validity(-DAY_MS, days * DAY_MS) : validity(-2 * DAY_MS, -DAY_MS)),
      extensions: [
        ...(hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns' as const, value })))] : []),
        new x509.ExtendedKeyUsageExtension([usage]),
      ],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return { certificate: certificate.toString('pem'), key };
  }
}

function validity(fromMs: number, toMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() + fromMs), notAfter: new Date(Date.now() + toMs) };
}
