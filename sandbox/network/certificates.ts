import 'reflect-metadata';
import {webcrypto} from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate authority and a server certificate it signed, as PEM. */
export interface ServerCertificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Every name that the stand-in answers for. */
const SERVER_NAMES = [
  'auditservice.dev.azure.com', 'dev.azure.com', 'vssps.dev.azure.com', '*.visualstudio.com', '*.vssps.visualstudio.com', '*.artifacts.visualstudio.com',
  'login.microsoftonline.com', '*.vault.azure.net', 'localhost',
];
const YEAR_MS = 365 * 86_400_000;
const ALGORITHM = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};

let shared: Promise<ServerCertificate> | undefined;

/** The certificate of this process; made once. */
export function serverCertificate(): Promise<ServerCertificate> {
  shared ??= makeCertificate();
  return shared;
}

async function makeCertificate(): Promise<ServerCertificate> {
  x509.cryptoProvider.set(crypto);
  const authorityKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const serverKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const validity = {notBefore: new Date(Date.now() - YEAR_MS), notAfter: new Date(Date.now() + 5 * YEAR_MS)};
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity, serialNumber: '01', name: 'CN=Fabrikam Corporate Root', keys: authorityKeys, signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  });
  const server = await x509.X509CertificateGenerator.create({
    ...validity, serialNumber: '02', subject: 'CN=dev.azure.com', issuer: authority.subject, signingAlgorithm: ALGORITHM,
    publicKey: serverKeys.publicKey, signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.SubjectAlternativeNameExtension([...SERVER_NAMES.map((value) => ({type: 'dns' as const, value})), {type: 'ip', value: '127.0.0.1'}]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  return {authority: authority.toString('pem'), certificate: server.toString('pem'), key: await privateKeyPem(serverKeys.privateKey)};
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
