import { quote } from 'shlex';
import { makeListenerCertificate, PEBBLE_ENVIRONMENT, pebbleConfig } from './acme.js';
import { dnsmasqCommand, hostsFile } from './dns.js';
import type { State } from './state.js';
import type { Records } from './types.js';

const DIRECTORY = '/rehearsal';
const RECORDS = `${DIRECTORY}/dns.hosts`;

/** Script of the container beside the server: makes the listener's certificate, then runs DNS and the CA. */
export function groundScript(state: State, address: string): string {
  const env = Object.entries(PEBBLE_ENVIRONMENT).map(([key, value]) => `${key}=${value}`);
  return `mkdir -p ${DIRECTORY} && cd ${DIRECTORY} || exit 1
(
${makeListenerCertificate([`IP:${address}`, 'IP:127.0.0.1'])})
printf %s ${quote(pebbleConfig('0.0.0.0', DIRECTORY))} >pebble.json
printf %s ${quote(hostsFile(state.domain, state.records))} >${RECORDS}
${dnsmasqCommand(state.domain, { listen: address, records: RECORDS }).join(' ')} &
echo $! >dnsmasq.pid
exec env ${env.join(' ')} pebble -config pebble.json -dnsserver ${address}:53`;
}

/** Script that makes DNS answer other records. */
export const recordsScript = (domain: string, records: Records) =>
  `printf %s ${quote(hostsFile(domain, records))} >${RECORDS} && kill -HUP $(cat ${DIRECTORY}/dnsmasq.pid)`;
