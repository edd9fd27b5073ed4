import { BlockList, isIP } from 'node:net';
import { quoted } from '../window/parsed';

const EXAMPLE = 'Example: ip: 203.0.113.0/24, 2001:db8::/32.';

/**
 * A test for IP addresses: single ones and ranges such as `203.0.113.0/24` and `2001:db8::/32`. An IPv4 address fits in its
 * IPv6 form (`::ffff:203.0.113.7`) too; what is no address fits nothing.
 * @returns the test, or a sentence that says which of the ranges cannot be read
 */
export function addressTest(ranges: readonly string[]): ((text: string) => boolean) | string {
  const list = new BlockList();
  const unreadable = ranges.filter((range) => !addRange(list, range));
  if (unreadable.length > 0) return `${unreadable.map((range) => quoted(range)).join(', ')} ${unreadable.length === 1 ? 'is no IP address or range' : 'are no IP addresses or ranges'}. ${EXAMPLE}`;
  return (text) => {
    const family = familyOf(text);
    return family !== undefined && list.check(text, family);
  };
}

function addRange(list: BlockList, range: string): boolean {
  const [, address = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(range) ?? [];
  const family = familyOf(address);
  if (family === undefined) return false;
  const most = family === 'ipv4' ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  if (bits > most) return false;
  list.addSubnet(address, bits, family);
  return true;
}

/** A zone (`fe80::1%eth0`) means something on one machine only. */
function familyOf(text: string): 'ipv4' | 'ipv6' | undefined {
  const version = text.includes('%') ? 0 : isIP(text);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}
