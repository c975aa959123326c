import { BlockList, isIPv6 } from 'node:net';
import type { Finding } from '../../engine/step.js';

/** Cloudflare's proxies, as cloudflare.com/ips-v4 and cloudflare.com/ips-v6 list them; they change once in several years. */
const RANGES = [
  '173.245.48.0/20',
  '103.21.244.0/22',
  '103.22.200.0/22',
  '103.31.4.0/22',
  '141.101.64.0/18',
  '108.162.192.0/18',
  '190.93.240.0/20',
  '188.114.96.0/20',
  '197.234.240.0/22',
  '198.41.128.0/17',
  '162.158.0.0/15',
  '104.16.0.0/13',
  '104.24.0.0/14',
  '172.64.0.0/13',
  '131.0.72.0/22',
  '2400:cb00::/32',
  '2606:4700::/32',
  '2803:f800::/32',
  '2405:b500::/32',
  '2405:8100::/32',
  '2a06:98c0::/29',
  '2c0f:f248::/32',
];

const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

const proxies = new BlockList();
for (const range of RANGES) {
  const [network = '', bits] = range.split('/');
  proxies.addSubnet(network, Number(bits), family(network));
}

/**
 * Pure. A record that Cloudflare proxies names Cloudflare in DNS, whatever address stands in it, and only ports of websites pass
 * (developers.cloudflare.com/dns/proxy-status, …/fundamentals/reference/network-ports): no 8883, no 8084.
 * @param elsewhere where the domain points besides this server
 * @param own the addresses that the record may name
 */
export function proxyFindings(
  elsewhere: readonly string[],
  domain: string,
  own: readonly string[],
  level: 'stop' | 'warn',
): Finding[] {
  const proxied = elsewhere.filter((address) => proxies.check(address, family(address)));
  if (proxied.length === 0) return [];
  return [
    {
      id: 'certbot.dns-a',
      level,
      summary: `${domain} points to Cloudflare's proxy (${proxied.join(', ')}), which lets websites through but no MQTT: no device would arrive here`,
      hint: `At Cloudflare, under DNS, Records, edit the record of ${domain} and switch its proxy status to "DNS only", so that the orange cloud turns grey. The address in it must be ${own.join(' or ') || 'the public one of this server'}. Then wait some minutes and run this again.`,
    },
  ];
}
