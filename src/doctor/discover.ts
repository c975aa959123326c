import { isIP } from 'node:net';
import { answers } from '../engine/answers.js';
import type { Draft } from '../settings/schema.js';
import { sh } from '../sh.js';

/** Asks a server that nobody has described what it is meant to be: its names, certificates, broker and users. */
export const discovery = sh`printf 'hostname=%s\\nfqdn=%s\\n' "$(uname -n)" "$(hostname -f 2>/dev/null)"
for conf in /etc/letsencrypt/renewal/*.conf; do
  [ ! -f "$conf" ] || printf 'lineage %s %s\\n' "$(basename "$conf" .conf)" "$(sed -n 's/^server *= *//p' "$conf")"
done
dpkg-query -W -f '\${db:Status-Status} \${Package} \${Version}\\n' mosquitto emqx emqx-ee emqx-enterprise 2>/dev/null | sed -n 's/^installed /package /p'
printf 'admins=%s\\n' "$(getent group sudo | cut -d: -f4)"
printf 'account=%s\\n' "$(sed -n '1s/:.*//p' /etc/mosquitto/passwd 2>/dev/null)"
true`;

/** Stands for a domain that nobody knows: a name that can belong to nobody (RFC 2606). */
export const NO_DOMAIN = 'unknown.invalid';

/**
 * Pure. Settings for a server as it is, so that what is there is not reported as missing.
 * @param server as it was typed: perhaps the domain itself
 * @param login who logged in
 */
export function describe(stdout: string, server: string, login: string): Draft {
  const told = answers(stdout);
  const lineages = [...stdout.matchAll(/^lineage (\S+) ?(\S*)$/gm)].map(([, name = '', directory = '']) => ({
    name,
    directory,
  }));
  const lineage = lineages.find(({ name }) => name === server) ?? lineages[0];
  const domain = [lineage?.name, server, told.get('fqdn')].find(isDomain) ?? NO_DOMAIN;
  // Let's Encrypt knows no such name.
  const directory = domain === NO_DOMAIN ? `https://${NO_DOMAIN}/` : lineage?.directory;
  const admins = (told.get('admins') ?? '').split(',').filter(Boolean);
  const user = login === 'root' ? admins[0] : login;
  const hostname = told.get('hostname');
  const account = told.get('account');
  return {
    server,
    domain,
    ...(hostname ? { hostname: hostname.split('.')[0] } : {}),
    ...(user === undefined ? {} : { user: { name: user } }),
    ...(account ? { device: { name: account } } : {}),
    broker: broker(stdout),
    certificate: { agree_terms: true, ...(directory ? { directory } : {}) },
  };
}

const isDomain = (name: string | undefined): name is string =>
  name !== undefined &&
  isIP(name) === 0 &&
  /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name) &&
  !name.endsWith('.localdomain');

function broker(stdout: string): Draft['broker'] {
  const emqx = /^package emqx\S* (\d+\.\d+\.\d+)/m.exec(stdout)?.[1];
  return emqx === undefined ? { kind: 'mosquitto' } : { kind: 'emqx', version: emqx, agree_licence: true };
}
