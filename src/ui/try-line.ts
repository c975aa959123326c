import type { Listener } from '../engine/broker-facts.js';
import type { Settings } from '../settings/schema.js';
import { pasted } from '../terminal/program.js';

/** Where a client connects, and what it trusts. */
export interface Trial {
  settings: Pick<Settings, 'domain' | 'device' | 'certificate'>;
  listeners: readonly Listener[];
  /** Where the name leads to nobody, as in a rehearsal: the address and port to use instead. */
  at?: { host: string; port: number };
  platform?: NodeJS.Platform;
}

/**
 * Pure. A line to paste that publishes a message and receives it (mosquitto_rr(1) subscribes to the topic of the answer first). The
 * password is typed and is in no history of commands.
 * @returns nothing where the broker has no encrypted port for it
 */
export function tryLines({ settings, listeners, at, platform = process.platform }: Trial): string[] {
  const door = listeners.find(({ mqtt, tls, reach }) => mqtt === 'tcp' && tls && reach === 'world');
  if (!door) return [];
  const { domain, device, certificate } = settings;
  const trust =
    certificate.ca_bundle === undefined ? '--tls-use-os-certs' : `--cafile ${pasted(certificate.ca_bundle)}`;
  // The name in the certificate is then another one than that which is connected to.
  const where = at
    ? `-h ${at.host} -p ${at.port} --insecure ${trust}`
    : `-h ${domain} -p ${door.port} ${trust}`;
  const client = (password: string) =>
    `mosquitto_rr ${where} -u ${pasted(device.name)} -P ${password} -t try -e try -m "It works"`;
  if (platform === 'win32')
    return [
      'Try it: this publishes a message and receives it (it needs Mosquitto’s clients; fill in the password):',
      client('PASSWORD'),
    ];
  return [
    'Try it: paste this and type the password, which is not shown. It publishes a message and receives it (Debian, Ubuntu: apt install mosquitto-clients).',
    `read -rs P && ${client('"$P"')}`,
  ];
}
