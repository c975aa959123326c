import { BlockList, isIP, isIPv6 } from 'node:net';
import type { PointsAt } from './dns.js';

/** Not routed on the internet: RFC 1918, 6598, 4193, and link-local. */
const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('100.64.0.0', 10);
PRIVATE.addSubnet('169.254.0.0', 16);
PRIVATE.addSubnet('127.0.0.0', 8);
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

export function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** One spelling for each address: RFC 5952, and v4 for v4 in v6. */
export function canonical(address: string): string {
  const bare = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(bare) ? new URL(`http://[${bare}]/`).hostname.slice(1, -1) : bare;
}

/**
 * Pure. The addresses under which the world finds a server, one of each family: the one that was reached first, then what
 * DNS says, or what the server has of its own, where that is public.
 * @param reached an address, or a name where the way leads through a jump host
 */
export function publicAddresses(reached: string, dns: PointsAt, own: readonly string[]): string[] {
  const mine = new Set(own.map(canonical));
  // IPv6 is not translated on its way: an address that the server does not have is another machine's.
  const named =
    'error' in dns ? [] : [...dns.a, ...dns.aaaa.filter((address) => mine.has(canonical(address)))];
  const reachable = isIP(reached) > 0 ? [reached] : [];
  const candidates = [...reachable, ...named, ...own.filter((address) => !isPrivate(address))].map(canonical);
  const first = candidates[0];
  if (first === undefined) return [reached];
  const other = candidates.find((address) => isIP(address) !== isIP(first));
  return other === undefined ? [first] : [first, other];
}
