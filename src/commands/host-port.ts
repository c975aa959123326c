import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { UsageError } from '../errors.js';
import type { TlsDoor } from '../proofs/handshake.js';

/** Where MQTT over TLS is by convention (IANA service name secure-mqtt). */
export const MQTTS = 8883;

/**
 * Pure. HOST, HOST:PORT, IPv4, IPv6 or [IPv6]:PORT, as a person types it; the port is MQTT's where none is given.
 * Names in other scripts come out as DNS knows them (RFC 5891).
 * @throws UsageError for anything else
 */
export function parseDoor(text: string): TlsDoor {
  if (isIP(text)) return { address: text, port: MQTTS, servername: text };
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s/@[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = plain === undefined ? bracketed : isIP(plain) ? plain : domainToASCII(plain);
  const port = digits === undefined ? MQTTS : Number(digits);
  const wrongBrackets = bracketed !== undefined && isIP(bracketed) !== 6;
  if (!address || wrongBrackets || port < 1 || port > 65_535) {
    throw new UsageError(`"${text}" is not a host.`, [], {
      hint: 'Give HOST or HOST:PORT, for example mqtt.example.org:8883. An IPv6 address with a port needs brackets: [2001:db8::1]:8883.',
    });
  }
  return { address, port, servername: address };
}
