import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { PortSeen } from '../engine/inventory.js';
import { meaningOf, PATIENCE } from './port.js';

/** A question over UDP, and how its answer is told from anything else. */
export interface Question {
  message: Buffer;
  isAnswer(message: Buffer): boolean;
}

/** A datagram may get lost; so many are sent. */
const TRIES = 3;

/** Asks one UDP port. Silence is "filtered": a firewall and a program that does not answer look alike. Never rejects. */
export function askUdp(
  address: string,
  port: number,
  { message, isAnswer }: Question,
  patience = PATIENCE,
): Promise<PortSeen> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const timers: NodeJS.Timeout[] = [];
    const send = () => socket.send(message, () => undefined);
    const seen = (what: PortSeen) => {
      for (const timer of [...timers, late]) clearTimeout(timer);
      socket.close();
      resolve(what);
    };
    const late = setTimeout(() => seen('filtered'), patience);
    socket.once('error', (error) => seen(meaningOf(error)));
    socket.on('message', (answer) => seen(isAnswer(answer) ? 'open' : 'wrong'));
    socket.once('connect', () => {
      for (let sent = 0; sent < TRIES; sent += 1) timers.push(setTimeout(send, (sent * patience) / TRIES));
    });
    // Connected, so that the network's "port unreachable" comes back as an error: connect(2), udp(7).
    socket.connect(port, address);
  });
}

/** The ping of CoAP: an empty confirmable message, which the other side resets, with its id (RFC 7252 sections 4.3 and 3). */
export function coapPing(): Question {
  const id = randomBytes(2);
  return {
    message: Buffer.concat([Buffer.from([0x40, 0x00]), id]),
    isAnswer: (answer) => answer.length === 4 && answer[0] === 0x70 && answer.subarray(2).equals(id),
  };
}

/** Content types of a DTLS record (RFC 5246 section 6.2.1, RFC 6347 section 4.1). */
const ALERT = 21;
const HANDSHAKE = 22;

/** DTLS 1.2, as it is written in a record. */
const DTLS_1_2 = [0xfe, 0xfd];

/**
 * The first message of a DTLS handshake (RFC 6347 section 4.2). Node speaks no DTLS, and nothing is to be negotiated here:
 * whatever handshake or alert comes back, DTLS is spoken there.
 */
export function dtlsHello(): Question {
  const body = Buffer.concat([
    Buffer.from(DTLS_1_2),
    randomBytes(32),
    // No session, no cookie.
    Buffer.from([0, 0]),
    // ECDHE with ECDSA or RSA, AES-128-GCM (RFC 5289), which every server of ours takes.
    vector(2, Buffer.from([0xc0, 0x2b, 0xc0, 0x2f])),
    // No compression.
    vector(1, Buffer.from([0])),
    // Curves P-256 and X25519; signatures by ECDSA and RSA with SHA-256 (RFC 8422 section 5.1, RFC 5246 section 7.4.1.4.1).
    vector(
      2,
      Buffer.concat([
        Buffer.from([0x00, 0x0a]),
        vector(2, vector(2, Buffer.from([0x00, 0x17, 0x00, 0x1d]))),
        Buffer.from([0x00, 0x0d]),
        vector(2, vector(2, Buffer.from([0x04, 0x03, 0x04, 0x01]))),
      ]),
    ),
  ]);
  const length = size(3, body.length);
  // client_hello, message 0, in one fragment.
  const handshake = Buffer.concat([Buffer.from([1]), length, size(2, 0), size(3, 0), length, body]);
  const head = Buffer.concat([Buffer.from([HANDSHAKE, ...DTLS_1_2]), Buffer.alloc(8)]);
  return {
    message: Buffer.concat([head, vector(2, handshake)]),
    isAnswer: (answer) =>
      answer.length > 13 && [ALERT, HANDSHAKE].includes(answer[0] ?? 0) && answer[1] === DTLS_1_2[0],
  };
}

/** Bytes behind their length, as TLS writes a vector (RFC 5246 section 4.3). */
function vector(bytes: number, content: Buffer): Buffer {
  return Buffer.concat([size(bytes, content.length), content]);
}

function size(bytes: number, value: number): Buffer {
  const written = Buffer.alloc(bytes);
  written.writeUIntBE(value, 0, bytes);
  return written;
}
