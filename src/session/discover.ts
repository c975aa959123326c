import { isIP } from 'node:net';
import { PORTS } from '../brokers/emqx/facts.js';
import { answers } from '../engine/answers.js';
import { parseListeners, printListeners } from '../engine/facts/listeners.js';
import { listening } from '../engine/listening.js';
import { complete, validate } from '../settings/complete.js';
import { hasDtls, speaksCoap } from '../settings/emqx-versions.js';
import type { Draft } from '../settings/schema.js';
import { leaf } from '../settings/tree.js';
import { sh } from '../sh.js';

/** Asks a server that nobody has described what it is meant to be: its names, certificates, broker and users. */
export const discovery = sh`printf 'hostname=%s\\nfqdn=%s\\n' "$(uname -n)" "$(hostname -f 2>/dev/null)"
for conf in /etc/letsencrypt/renewal/*.conf; do
  [ ! -f "$conf" ] || printf 'lineage %s %s\\n' "$(basename "$conf" .conf)" "$(sed -n 's/^server *= *//p' "$conf")"
done
dpkg-query -W -f '\${db:Status-Status} \${Package} \${Version}\\n' mosquitto emqx emqx-ee emqx-enterprise 2>/dev/null | sed -n 's/^installed /package /p'
printf 'admins=%s\\n' "$(getent group sudo | cut -d: -f4)"
${printListeners}
printf 'account=%s\\n' "$(sed -n '1s/:.*//p' /etc/mosquitto/passwd 2>/dev/null)"
true`;

/** Stands for a domain that nobody knows: a name that can belong to nobody (RFC 2606). */
export const NO_DOMAIN = 'unknown.invalid';

/**
 * Pure. Settings for a server as it is, so that what is there is not reported as missing. What this program would not accept
 * as a setting is left out: nobody has typed it, and the server is to be looked at all the same.
 * @param server as it was typed: perhaps the domain itself
 * @param login who logged in
 */
export function describe(stdout: string, server: string, login: string): Draft {
  const told = answers(stdout);
  const lineages = [...stdout.matchAll(/^lineage (\S+) ?(\S*)$/gm)].map(([, name = '', directory = '']) => ({
    // certbot numbers further certificates for the same name (certbot docs, "Where are my certificates?").
    name: name.replace(/-\d{4}$/, ''),
    directory,
  }));
  const typed = server.toLowerCase();
  const lineage = lineages.find(({ name }) => name === typed) ?? lineages[0];
  const domain = [lineage?.name, typed, told.get('fqdn')].find(isDomain) ?? NO_DOMAIN;
  // Let's Encrypt knows no such name.
  const directory = domain === NO_DOMAIN ? `https://${NO_DOMAIN}/` : lineage?.directory;
  const admins = (told.get('admins') ?? '').split(',').filter(Boolean);
  const draft: Draft = {
    server,
    domain,
    ...right('hostname', told.get('hostname')?.split('.')[0], (hostname) => ({ hostname })),
    ...right('user.name', login === 'root' ? admins[0] : login, (name) => ({ user: { name } })),
    ...right('device.name', told.get('account'), (name) => ({ device: { name } })),
    ...broker(stdout),
    certificate: {
      agree_terms: true,
      ...right('certificate.directory', directory, (value) => ({ directory: value })),
    },
  };
  // A name of a private network, for one, does not go together with Let's Encrypt.
  return domain === NO_DOMAIN || fits(draft) ? draft : describe('', '', login);
}

/** One setting of the draft, where the value is one that the schema takes. */
function right(path: string, value: string | undefined, put: (value: string) => Draft | object): object {
  return value && validate(leaf(path), value) === true ? put(value) : {};
}

function fits(draft: Draft): boolean {
  const { missing, problems } = { missing: [], problems: [], ...complete({ ...draft, server: '192.0.2.1' }) };
  return missing.length === 0 && problems.length === 0;
}

const isDomain = (name: string | undefined): name is string =>
  name !== undefined &&
  isIP(name) === 0 &&
  !name.endsWith('.localdomain') &&
  validate(leaf('domain'), name) === true;

function broker(stdout: string): Pick<Draft, 'broker' | 'dashboard' | 'protocols'> {
  const version = /^package emqx\S* (\d+\.\d+\.\d+)/m.exec(stdout)?.[1];
  if (version === undefined) return { broker: { kind: 'mosquitto' } };
  const open = listening(parseListeners(stdout)).filter(({ world }) => world);
  const opens = (transport: 'tcp' | 'udp', ...ports: number[]) =>
    open.some((one) => one.transport === transport && ports.includes(one.port));
  // The unencrypted port of each is the one before (RFC 7252 section 12).
  const coap = opens('udp', PORTS.coaps, PORTS.coaps - 1);
  const lwm2m = opens('udp', PORTS.lwm2ms, PORTS.lwm2ms - 1);
  return {
    broker: { kind: 'emqx', version, agree_licence: true },
    dashboard: opens('tcp', PORTS.dashboard) ? 'public' : 'tunnel',
    protocols: [
      'mqtt',
      ...(coap && speaksCoap(version) ? (['coap'] as const) : []),
      ...(lwm2m && hasDtls(version) ? (['lwm2m'] as const) : []),
    ],
  };
}
