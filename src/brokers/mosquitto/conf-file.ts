import type { CertificateFiles, Listener } from '../../engine/broker-facts.js';
import { CONNECTIONS, LIMITS, type Limit } from './limits.js';

/** mosquitto.conf(5): our own file among the includes of the distribution's mosquitto.conf. */
export function mosquittoConf(
  listeners: readonly Listener[],
  certificate: Pick<CertificateFiles, 'fullchain' | 'privkey'>,
  passwordFile: string,
  limits: readonly Limit[] = LIMITS,
): string {
  const head = `# Laid down by broker-setup, which puts it back when it differs. Your own settings belong into another
# file beside this one; its name must end in .conf.

# Nobody gets in without an account. These two hold for all listeners.
allow_anonymous false
password_file ${passwordFile}
${limited(limits)}`;
  return [head, ...listeners.map((listener) => section(listener, certificate))].join('\n');
}

/** Mosquitto takes the last line about a limit, so what the owner has limited elsewhere is left out here. */
function limited(limits: readonly Limit[]): string {
  if (limits.length === 0) return '';
  const head = `
# Without these one client can fill the memory. If you need more, or less, set it in your own file.
`;
  return `${head}${limits.map(({ name, value }) => `${name} ${value}\n`).join('')}`;
}

function section(listener: Listener, certificate: Pick<CertificateFiles, 'fullchain' | 'privkey'>): string {
  const { title, port, reach, tls, mqtt } = listener;
  return [
    `# ${title}${reach === 'loopback' ? ', for programs on this server only' : ''}`,
    `listener ${port}${reach === 'loopback' ? ' 127.0.0.1' : ''}`,
    ...(mqtt === 'websocket' ? ['protocol websockets'] : []),
    `max_connections ${CONNECTIONS[reach === 'loopback' ? 'loopback' : mqtt === 'websocket' ? 'websocket' : 'mqtt']}`,
    // The lowest version that is accepted; microcontrollers with BearSSL know none above 1.2.
    ...(tls
      ? [`certfile ${certificate.fullchain}`, `keyfile ${certificate.privkey}`, 'tls_version tlsv1.2']
      : []),
    '',
  ].join('\n');
}
