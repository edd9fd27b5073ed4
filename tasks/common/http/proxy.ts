import { disarm } from '../errors/disarm';
import { TaskError } from '../errors/taskError';
import type { HttpSettings } from './settings';

/** A proxy, and the requests that do not take it. */
export interface Proxy {
  /** Without user and password. */
  readonly uri: string;
  /** Value of `Proxy-Authorization`; undefined for a proxy that asks for no sign-in. */
  readonly token: string | undefined;
  /** Host and port, for messages. */
  readonly shown: string;
  isBypassed(url: URL): boolean;
}

/**
 * The proxy with which the agent was configured. As in the agent, the entries of its bypass list are regular
 * expressions on the whole URL, and one that is none bypasses nothing.
 *
 * @throws TaskError NETWORK_SETTINGS_UNREADABLE
 */
export function agentProxy(settings: NonNullable<HttpSettings['proxy']>): Proxy {
  const bypass = settings.bypass.flatMap(toPattern);
  const proxy = parseProxy(settings.url, settings, (url) => bypass.some((pattern) => pattern.test(url.href)));
  if (proxy) return proxy;
  throw new TaskError('NETWORK_SETTINGS_UNREADABLE', `The proxy of this agent ("${shownAddress(settings.url)}") is not an address such as http://proxy.example.com:8080.`, {
    advice: ['Configure the agent again with ./config --proxyurl http://HOST:PORT, or correct its .proxy file, and restart it.'],
  });
}

/**
 * The proxy of the environment variable HTTPS_PROXY, minus the hosts of NO_PROXY: names with all names below them, each
 * with or without a port, or `*` for all (gnu.org/software/wget/manual, "Proxies"; curl reads it so too).
 *
 * @throws TaskError NETWORK_SETTINGS_UNREADABLE
 */
export function environmentProxy(environment: NodeJS.ProcessEnv): Proxy | undefined {
  const address = (environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? '').trim();
  if (address === '') return undefined;
  const exempt = (environment['no_proxy'] ?? environment['NO_PROXY'] ?? '').split(/[,\s]+/).filter((entry) => entry !== '');
  const proxy = parseProxy(address, {}, (url) => exempt.some((entry) => covers(entry, url)));
  if (proxy) return proxy;
  throw new TaskError('NETWORK_SETTINGS_UNREADABLE', `The environment variable HTTPS_PROXY of this agent ("${shownAddress(address)}") is not the address of a proxy.`, {
    advice: ['Write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with special characters in user and password percent-encoded.'],
  });
}

function parseProxy(address: string, given: { username?: string | undefined; password?: string | undefined }, isBypassed: Proxy['isBypassed']): Proxy | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const username = given.username ?? decoded(url.username);
  const password = given.password ?? decoded(url.password);
  if (!/^https?:$/.test(url.protocol) || username === undefined || password === undefined) return undefined;
  const token = username === '' ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { uri: url.origin, token, shown: url.host, isBypassed };
}

/** Undefined where a `%` is followed by something else than the code of a character. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** User and password end at the last `@`, however badly the rest is written. */
function shownAddress(address: string): string {
  return disarm(address.slice(address.lastIndexOf('@') + 1), 100);
}

function toPattern(text: string): RegExp[] {
  try {
    return [new RegExp(text, 'i')];
  } catch {
    return [];
  }
}

function covers(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const [, name = '', port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  const isPort = port === undefined || port === (url.port || '443');
  return isPort && name !== '' && (url.hostname === name || url.hostname.endsWith(`.${name}`));
}
