import { isIP } from 'node:net';
import { brokerFor } from '../brokers/index.js';
import { EXIT, UsageError } from '../errors.js';
import { fingerprintOf } from '../fingerprint.js';
import { servedCertificate } from '../proofs/tls.js';
import { fingerprintLines } from '../ui/fingerprint-lines.js';
import type { CommonFlags } from './flags.js';
import { knownSettings } from './settings.js';

/** Where MQTT over TLS is by convention (IANA service name secure-mqtt). */
const MQTTS = 8883;

interface Door {
  address: string;
  port: number;
  servername: string;
}

/** Prints what devices pin, from one TLS handshake; needs no login. It reports the certificate, it does not trust it. */
export async function fingerprint(host: string | undefined, flags: CommonFlags): Promise<number> {
  const door = host === undefined ? await ofSettings(flags) : parseDoor(host);
  const { certificate } = await servedCertificate(door);
  const seen = fingerprintOf(certificate);
  const { port, servername } = door;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ version: 1, host: servername, port, ...seen }, null, 2)}\n`
      : fingerprintLines(`${servername}:${port}`, seen),
  );
  return EXIT.ok;
}

async function ofSettings(flags: CommonFlags): Promise<Door> {
  const settings = await knownSettings(undefined, flags);
  const { resolve } = await import('../host/openssh.js');
  const target = await resolve(settings.server, settings.login);
  const listener = brokerFor(settings)
    .listeners(settings)
    .find((one) => one.tls && one.transport === 'tcp');
  const address = target.jumps.length > 0 ? settings.domain : target.hostname;
  return { address, port: listener?.port ?? MQTTS, servername: settings.domain };
}

/** HOST, HOST:PORT, IPv6 or [IPv6]:PORT. */
function parseDoor(text: string): Door {
  if (isIP(text)) return { address: text, port: MQTTS, servername: text };
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s/]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  const port = digits === undefined ? MQTTS : Number(digits);
  if (address === undefined || port < 1 || port > 65_535) {
    throw new UsageError(`"${text}" is not a host.`, [], {
      hint: 'Give HOST or HOST:PORT, for example mqtt.example.org:8883.',
    });
  }
  return { address, port, servername: address };
}
