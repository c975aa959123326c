import { isIPv6 } from 'node:net';
import type { Context, Finding } from '../../engine/step.js';
import { canonical, isPrivate } from '../../host/network/addresses.js';
import { LETS_ENCRYPT } from '../../settings/schema.js';
import { proxyFindings } from './cloudflare.js';
import type { State } from './state.js';

/**
 * What keeps a certificate authority from reaching this server under its domain. It asks whichever address DNS gives it,
 * IPv6 first, so every record must be right.
 * @param level stop while a certificate is needed; warn where there is one and only its renewal would fail
 */
export function dnsFindings(
  context: Context,
  level: 'stop' | 'warn',
  { ipv6Out }: Pick<State, 'ipv6Out'>,
): Finding[] {
  const { settings, laptop, server } = context;
  const { domain } = settings;
  const { dns } = laptop;
  if ('error' in dns) {
    return [
      {
        id: 'certbot.dns',
        level,
        summary: `DNS could not say where ${domain} points: ${dns.error}`,
        hint:
          dns.code === 'ESERVFAIL'
            ? `Most often its DNSSEC signatures are no longer valid, as after a move to another provider or to other name servers. See where it breaks: https://dnsviz.net/d/${domain}/dnssec/ Your domain provider can put it right or switch it off (the DS record).`
            : `${recordHint(domain, 'A', server.reached)} A new record can take some minutes until it is seen everywhere.`,
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
  const proxied = proxyFindings(
    [...wrongA, ...wrongAaaa],
    domain,
    v4.filter((address) => !isPrivate(address)),
    level,
  );
  if (proxied.length > 0) return proxied;
  if (dns.a.length === 0 && (dns.aaaa.length === 0 || wrongAaaa.length > 0)) {
    findings.push({
      id: 'certbot.dns-a',
      level,
      summary: `${domain} has no A record, so nobody can find the server by that name`,
      hint: `${recordHint(domain, 'A', best(v4))} If you have just made it, DNS servers may remember for an hour that there was none${settings.certificate.resolver === undefined ? '; ask another: --set certificate.resolver=9.9.9.9' : '.'}`,
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
        : wrongA.length < dns.a.length
          ? `At your domain provider, delete the A record with ${wrongA.join(', ')}: the authority and the devices take any of them.`
          : `Where ${domain} is an alias (CNAME record), delete that first. ${recordHint(domain, 'A', best(v4))}`,
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
  } else if (!ipv6Out && dns.aaaa.some((address) => !isPrivate(address))) {
    findings.push({
      id: 'certbot.dns-aaaa',
      level,
      summary: `${domain} has an IPv6 address (AAAA record ${dns.aaaa.join(', ')}), but the server has no way out over IPv6`,
      hint: `Delete the AAAA record of ${domain} at your domain provider; or switch IPv6 on in your provider's console, and see it on the server with: ip -6 route show default`,
    });
  }
  const unreachable = hidden(context, level);
  // What no stranger reaches is not put right by pointing it to this server's own private address.
  return [...findings.filter(({ id }) => !unreachable.some((one) => one.id === id)), ...unreachable];
}

/** Let's Encrypt asks from the internet, where private addresses lead nowhere; other authorities may stand in the same network. */
function hidden({ settings, laptop: { dns } }: Context, level: 'stop' | 'warn'): Finding[] {
  if (settings.certificate.directory !== LETS_ENCRYPT || 'error' in dns) return [];
  const found = (of: string[], id: 'certbot.dns-a' | 'certbot.dns-aaaa', type: 'A' | 'AAAA'): Finding[] => {
    const own = of.filter(isPrivate);
    if (own.length === 0) return [];
    return [
      {
        id,
        level,
        summary: `${settings.domain} points to ${own.join(', ')} (${type} record), an address of a private network; Let's Encrypt asks from the internet and cannot reach it`,
        hint: `Set the ${type} record to the public address of your router or provider, and let it pass port 80 on to this server${type === 'AAAA' ? '; or delete the record' : ''}. If only the DNS of your own network says so, ask another: --set certificate.resolver=9.9.9.9`,
      },
    ];
  };
  return [...found(dns.a, 'certbot.dns-a', 'A'), ...found(dns.aaaa, 'certbot.dns-aaaa', 'AAAA')];
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
