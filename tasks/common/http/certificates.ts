import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext, type SecureContextOptions } from 'node:tls';
import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { HttpSettings } from './settings';

const PEM_CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/**
 * Authorities and client certificate of the agent, read and checked once: undici would find a fault only in every
 * connection, and parse all authorities anew for each. Undefined: nothing is configured, Node's own are used.
 *
 * @throws TaskError NETWORK_SETTINGS_UNREADABLE
 */
export function readSecureContext(settings: HttpSettings): SecureContext | undefined {
  const authorities = settings.caFile === undefined ? undefined : readAuthorities(settings.caFile);
  const client = settings.clientCertificate && readClient(settings.clientCertificate);
  if (!authorities && !client) return undefined;
  // `ca` replaces the public authorities, so they are named beside the agent's own.
  return createSecureContext({ ...(authorities && { ca: [...rootCertificates, ...authorities] }), ...client });
}

/** In a container job the agent's CA path can name a file of the host that the container does not see: undefined. */
function readAuthorities(file: string): string[] | undefined {
  const text = readText(file, true);
  if (text === undefined) return undefined;
  const found = text.match(PEM_CERTIFICATE);
  return checked(file, () => {
    if (!found) throw new TypeError('There is no certificate in the file.');
    return found.map((pem) => new X509Certificate(pem).toString());
  });
}

function readClient(client: NonNullable<HttpSettings['clientCertificate']>): SecureContextOptions {
  const cert = readText(client.certificateFile, false) ?? '';
  const key = readText(client.keyFile, false) ?? '';
  const secret = client.passphrase === undefined ? {} : { passphrase: client.passphrase };
  checked(client.certificateFile, () => createSecureContext({ cert }));
  checked(client.keyFile, () => createSecureContext({ cert, key, ...secret }));
  return { cert, key, ...secret };
}

function readText(file: string, mayBeMissing: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (mayBeMissing && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TaskError('NETWORK_SETTINGS_UNREADABLE', `The agent is configured with the certificate file ${disarm(file, 200)}, which cannot be read.`, {
      cause,
      advice: ['Make the file readable for the account that runs the agent, or configure the agent again (./config --sslcacert FILE, --sslclientcert FILE).'],
    });
  }
}

function checked<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TaskError('NETWORK_SETTINGS_UNREADABLE', `The agent is configured with the file ${disarm(file, 200)}, which is not what it has to be: certificates as PEM text, or the client certificate's key with its password.`, {
      cause,
      advice: ['Replace the file, or configure the agent again: ./config --sslcacert FILE, --sslclientcert FILE --sslclientcertkey FILE --sslclientcertpassword PASSWORD.'],
    });
  }
}
