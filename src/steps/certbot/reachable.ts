import { isIPv6 } from 'node:net';
import type { Context, Finding } from '../../engine/step.js';
import { canonical, isPrivate } from '../../host/addresses.js';

/**
 * What keeps a certificate authority from reaching this server under its domain. It asks whichever address DNS gives it,
 * IPv6 first, so every record must be right.
 * @param level stop while a certificate is needed; warn where there is one and only its renewal would fail
 */
export function dnsFindings(context: Context, level: 'stop' | 'warn'): Finding[] {
  const { settings, laptop, server } = context;
  const { domain } = settings;
  const { dns } = laptop;
  if ('error' in dns) {
    return [
      {
        id: 'certbot.dns',
        level,
        summary: `DNS could not say where ${domain} points: ${dns.error}`,
        hint: `${recordHint(domain, 'A', server.reached)} A new record can take some minutes until it is seen everywhere.`,
      },
    ];
  }
  const mine = new Set([...server.addresses, ...server.reached].map(canonical));
  const own = [...mine];
  const v4 = own.filter((address) => !isIPv6(address));
  const v6 = own.filter((address) => isIPv6(address));
  const findings: Finding[] = [];
  const wrongA = dns.a.filter((address) => !mine.has(canonical(address)));
  const wrongAaaa = dns.aaaa.filter((address) => !mine.has(canonical(address)));
  if (dns.a.length === 0 && (dns.aaaa.length === 0 || wrongAaaa.length > 0)) {
    findings.push({
      id: 'certbot.dns-a',
      level,
      summary: `${domain} has no A record, so nobody can find the server by that name`,
      hint: recordHint(domain, 'A', best(v4)),
    });
  } else if (wrongA.length > 0) {
    // Behind address translation the server does not know its public address, and this computer may have come another way.
    const translated = v4.every(isPrivate) && !wrongA.some(isPrivate);
    findings.push({
      id: 'certbot.dns-a',
      level: translated ? 'warn' : level,
      summary: `${domain} points to ${wrongA.join(', ')}, but this server is ${own.join(', ')}`,
      hint: translated
        ? 'That is right if your provider translates this public address to the server. If not, correct the A record.'
        : recordHint(domain, 'A', best(v4)),
    });
  }
  if (wrongAaaa.length > 0) {
    findings.push({
      id: 'certbot.dns-aaaa',
      level,
      summary: `The IPv6 address of ${domain} (AAAA record ${wrongAaaa.join(', ')}) is not one of this server`,
      hint: v6.some((address) => !isPrivate(address))
        ? `${recordHint(domain, 'AAAA', best(v6))} Or delete the AAAA record.`
        : `Delete the AAAA record of ${domain} at your domain provider: this server has no public IPv6 address.`,
    });
  }
  return findings;
}

function recordHint(domain: string, type: 'A' | 'AAAA', addresses: readonly string[]): string {
  const value = addresses.length > 0 ? addresses.join(' or ') : 'the public address of this server';
  return `At your domain provider, set the ${type} record of ${domain} to ${value}, and wait until it is known.`;
}

/** Public addresses where there are any. */
function best(addresses: readonly string[]): readonly string[] {
  const open = addresses.filter((address) => !isPrivate(address));
  return open.length > 0 ? open : addresses;
}
