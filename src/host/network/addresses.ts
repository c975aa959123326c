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
 * Pure. The addresses under which a server is found, one of each family: the one that was reached first, then what DNS says.
 * @param reached an address, or a name where the way leads through a jump host
 */
export function foundAt(reached: string, dns: PointsAt): string[] {
  return oneOfEach([reached, ...('error' in dns ? [] : [...dns.a, ...dns.aaaa])]);
}

/** Pure. The same with what the server has of its own, where that is public: a stranger finds it without DNS. */
export function reachableAt(found: readonly string[], own: readonly string[]): string[] {
  return oneOfEach([...found, ...own.filter((address) => !isPrivate(address))]);
}

function oneOfEach(candidates: readonly string[]): string[] {
  const addresses = candidates.filter((one) => isIP(one) > 0).map(canonical);
  const first = addresses[0];
  if (first === undefined) return candidates.slice(0, 1);
  const other = addresses.find((address) => isIP(address) !== isIP(first));
  return other === undefined ? [first] : [first, other];
}
