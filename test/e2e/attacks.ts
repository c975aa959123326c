import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as secure } from 'node:tls';
import type { Ground } from './ground.js';

/** What a stranger on the network does to a server, without an account. */
export interface Stranger {
  /** Own address of the stranger, in the network of the server. */
  from: string;
  /** Address of the server. */
  to: string;
}

const MB = 1_000_000;

/** An MQTT CONNECT with this many bytes still to come, mqtt-v3.1.1 section 2.2.3. */
const announcing = (bytes: number): Buffer => {
  const length: number[] = [];
  for (let left = bytes; length.length === 0 || left > 0; left = Math.floor(left / 128))
    length.push((left % 128) | (left >= 128 ? 0x80 : 0));
  return Buffer.from([0x10, ...length]);
};

/** The head of a masked binary frame, RFC 6455 section 5.2. */
const frame = (bytes: number): Buffer => {
  const head = Buffer.alloc(14);
  head.set([0x82, 0xff]);
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
};

const UPGRADE = [
  'GET /mqtt HTTP/1.1',
  'Host: x',
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  'Sec-WebSocket-Protocol: mqtt',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');

/**
 * Announces a large CONNECT over TLS and sends as much of it as the server takes.
 * @returns bytes sent until the server closed the connection, or until the time was up
 */
export async function oversize(
  { from, to }: Stranger,
  port: number,
  { websocket = false, bytes = 200 * MB, seconds = 8 } = {},
): Promise<number> {
  const raw = connect({ host: to, port, localAddress: from });
  const socket = secure({ socket: raw, rejectUnauthorized: false });
  let sent = 0;
  let closed = false;
  for (const one of [raw, socket]) one.on('error', () => (closed = true)).on('close', () => (closed = true));
  const start = announcing(bytes - 5);
  const filler = Buffer.alloc(1 << 16);
  const end = Date.now() + seconds * 1000;
  await until(() => closed || socket.getProtocol() !== null, seconds);
  if (websocket) {
    socket.write(UPGRADE);
    await until(() => closed || socket.bytesRead > 0, seconds);
    socket.write(frame(bytes));
  }
  socket.write(start);
  while (!closed && sent < bytes && Date.now() < end) {
    const more = socket.write(filler);
    sent += filler.length;
    if (!more) await until(() => closed || !socket.writableNeedDrain, (end - Date.now()) / 1000);
  }
  await sleep(500);
  socket.destroy();
  raw.destroy();
  return sent;
}

/** Opens connections and says nothing over them; those that the server refuses are counted. */
export async function silent(
  { from, to }: Stranger,
  port: number,
  many: number,
): Promise<{ open(): number; end(): void }> {
  const sockets: Socket[] = [];
  for (let left = many; left > 0; left -= 100) {
    for (let n = Math.min(left, 100); n > 0; n--) {
      const socket = connect({ host: to, port, localAddress: from });
      socket.on('error', () => socket.destroy());
      socket.resume();
      sockets.push(socket);
    }
    await sleep(50);
  }
  await sleep(1500);
  return {
    open: () => sockets.filter(({ destroyed, connecting }) => !destroyed && !connecting).length,
    end: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Speaks HTTP to a port for TLS, again and again. @returns how often */
export async function wrongProtocol({ from, to }: Stranger, port: number, seconds: number): Promise<number> {
  const end = Date.now() + seconds * 1000;
  let done = 0;
  const one = async (): Promise<void> => {
    while (Date.now() < end) {
      await new Promise<void>((resolve) => {
        const socket = connect({ host: to, port, localAddress: from }, () =>
          socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
        );
        socket.setTimeout(2000, () => socket.destroy());
        socket.resume();
        socket.on('error', () => undefined).on('close', () => resolve());
      });
      done++;
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  return done;
}

/** Whether the broker still answers a client, within five seconds: with anything at all, as this one has no account. */
export async function isServed({ to, from }: { to: string; from?: string }, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const raw = connect({ host: to, port, ...(from ? { localAddress: from } : {}) });
    const socket = secure({ socket: raw, rejectUnauthorized: false }, () =>
      socket.write(
        Buffer.from([0x10, 18, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 6, ...Buffer.from('client')]),
      ),
    );
    const over = (answered: boolean) => {
      clearTimeout(limit);
      socket.destroy();
      raw.destroy();
      resolve(answered);
    };
    const limit = setTimeout(() => over(false), 5000);
    socket.on('data', ([first]) => over(first === 0x20)).on('error', () => over(false));
    raw.on('error', () => over(false)).on('close', () => over(false));
  });
}

/** Memory of the broker in MB, as the kernel counts it: its main process's RSS. */
export async function memoryOf({ inside }: Pick<Ground, 'inside'>, unit: string): Promise<number> {
  const kb = await inside(
    `awk '/^VmRSS/ {print $2}' /proc/$(systemctl show -P MainPID ${unit})/status 2>/dev/null || echo 0`,
  );
  return Math.round(Number(kb) / 1024);
}

async function until(holds: () => boolean, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!holds() && Date.now() < end) await sleep(20);
}
