import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Listener } from '../../src/engine/broker-facts.js';
import type { Outside } from '../../src/engine/step.js';
import { portProofs } from '../../src/proofs/ports.js';
import { askUdp, coapPing, dtlsHello } from '../../src/proofs/udp.js';
import { contextWith } from '../recorded.js';
import { issueFor } from './authority.js';

/** A UDP server; undefined answers nothing. */
function speak(answer: (message: Buffer) => Buffer | undefined, address = '127.0.0.1'): Promise<number> {
  const socket = createSocket(address === '::1' ? 'udp6' : 'udp4');
  onTestFinished(() => {
    socket.close();
  });
  socket.on('message', (message, { port, address: from }) => {
    const said = answer(message);
    if (said) socket.send(said, port, from);
  });
  return new Promise((resolve) => socket.bind(0, address, () => resolve(socket.address().port)));
}

/** A UDP port on which nothing listens. */
async function nobody(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** RFC 7252 section 4.3: an empty confirmable message is answered with a reset of the same id. */
const coap = (message: Buffer): Buffer | undefined => {
  const isPing = message.length === 4 && message[0] === 0x40 && message[1] === 0;
  return isPing ? Buffer.concat([Buffer.from([0x70, 0]), message.subarray(2)]) : undefined;
};

describe('a ping of CoAP', () => {
  it('is answered by a server that speaks it, over IPv4 and IPv6', async () => {
    expect(await askUdp('127.0.0.1', await speak(coap), coapPing())).toBe('open');
    expect(await askUdp('::1', await speak(coap, '::1'), coapPing())).toBe('open');
  });

  it.each<[string, (message: Buffer) => Buffer]>([
    ['rubbish', () => Buffer.from('hello')],
    ['nothing at all, but something', () => Buffer.alloc(0)],
    ['a reset of another message', () => Buffer.from([0x70, 0, 0, 0, 0])],
    ['what was asked', (message) => message],
    ['a reset of another id', (message) => Buffer.from([0x70, 0, (message[2] ?? 0) ^ 1, message[3] ?? 0])],
  ])('that is answered with %s found something else', async (_, answer) => {
    expect(await askUdp('127.0.0.1', await speak(answer), coapPing())).toBe('wrong');
  });

  it('finds nobody where the network says so', async () => {
    expect(await askUdp('127.0.0.1', await nobody(), coapPing())).toBe('refused');
  });

  it('takes silence for a firewall, after three tries', async () => {
    const heard: string[] = [];
    const port = await speak((message) => {
      heard.push(message.toString('hex'));
      return undefined;
    });
    expect(await askUdp('127.0.0.1', port, coapPing(), 300)).toBe('filtered');
    expect(heard).toHaveLength(3);
    expect(new Set(heard).size).toBe(1);
  });

  it('survives a datagram that was lost', async () => {
    let count = 0;
    const port = await speak((message) => (++count < 3 ? undefined : coap(message)));
    expect(await askUdp('127.0.0.1', port, coapPing(), 600)).toBe('open');
  });

  it('asks nobody where a name leads nowhere, and breaks nothing', async () => {
    expect(await askUdp('nowhere.invalid', 5683, coapPing(), 3000)).toBe('unreachable');
  });
});

/** RFC 5246 sections 6.2.1 and 7.4. */
const [ALERT, HANDSHAKE, SERVER_HELLO] = [21, 22, 2];

/** Says hello, and again with the cookie that the server wants back (RFC 6347 section 4.2.1). */
async function answerToHello(port: number): Promise<{ content: number; message: number }> {
  const { message: hello } = dtlsHello();
  const request = await ask(port, hello);
  const answer = await ask(port, withCookie(hello, request.subarray(28, 28 + request.readUInt8(27))));
  return { content: answer.readUInt8(0), message: answer.readUInt8(13) };
}

const socketOf = new Map<number, ReturnType<typeof createSocket>>();
/** The next datagram that comes back, from one and the same client. */
function ask(port: number, message: Buffer): Promise<Buffer> {
  const socket = socketOf.get(port) ?? createSocket('udp4');
  if (!socketOf.has(port))
    onTestFinished(() => {
      socket.close();
    });
  socketOf.set(port, socket);
  return new Promise((resolve) => {
    socket.once('message', resolve);
    socket.send(message, port, '127.0.0.1');
  });
}

function withCookie(hello: Buffer, cookie: Buffer): Buffer {
  // Behind 13 bytes of the record and 12 of the handshake: version, random, an empty session; then the empty cookie.
  const [before, behind] = [hello.subarray(25, 60), hello.subarray(61)];
  const body = Buffer.concat([before, Buffer.from([cookie.length]), cookie, behind]);
  const head = Buffer.from(hello.subarray(0, 25));
  head.writeUInt8(1, 10);
  head.writeUInt16BE(body.length + 12, 11);
  head.writeUIntBE(body.length, 14, 3);
  head.writeUInt16BE(1, 17);
  head.writeUIntBE(body.length, 22, 3);
  return Buffer.concat([head, body]);
}

describe('the hello of DTLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dtls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(() => {
    const { cert, key } = issueFor('mqtt.rehearsal.test');
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
  });

  /** OpenSSL as a server. */
  async function openssl(...more: string[]): Promise<number> {
    const port = await nobody();
    const options = ['-accept', String(port), '-cert', 'cert.pem', '-key', 'key.pem', ...more];
    const server = spawn('openssl', ['s_server', '-4', '-dtls1_2', ...options], { cwd: folder });
    onTestFinished(() => {
      server.kill();
    });
    let said = '';
    server.stdout.on('data', (data: Buffer) => {
      said += data.toString();
    });
    await expect.poll(() => said, { timeout: 10_000 }).toContain('ACCEPT');
    return port;
  }

  it('is answered by OpenSSL', async () => {
    expect(await askUdp('127.0.0.1', await openssl(), dtlsHello())).toBe('open');
  });

  it('is a whole ClientHello to OpenSSL, which goes on with the handshake once it has its cookie back', async () => {
    expect(await answerToHello(await openssl())).toMatchObject({ content: HANDSHAKE, message: SERVER_HELLO });
  });

  it('offers what every server of ours takes, and nothing else', async () => {
    const port = await openssl('-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384');
    expect(await answerToHello(port)).toMatchObject({ content: ALERT });
  });

  it.each<[string, Buffer]>([
    ['rubbish', Buffer.from('hello, who is there?')],
    ['TLS over the wrong transport', Buffer.concat([Buffer.from([22, 3, 3]), Buffer.alloc(20)])],
    ['application data', Buffer.concat([Buffer.from([23, 0xfe, 0xfd]), Buffer.alloc(20)])],
    ['a record without content', Buffer.concat([Buffer.from([22, 0xfe, 0xfd]), Buffer.alloc(10)])],
  ])('that is answered with %s found something else', async (_, answer) => {
    expect(await askUdp('127.0.0.1', await speak(() => answer), dtlsHello())).toBe('wrong');
  });

  it('is never the same twice', () => {
    expect(dtlsHello().message.equals(dtlsHello().message)).toBe(false);
  });
});

describe('the proof', () => {
  const listener = (port: number, tls: boolean): Listener => ({
    ...{ id: 'coap', title: 'CoAP', transport: 'udp', mqtt: undefined, reach: 'world' },
    port,
    tls,
  });
  const prove = (port: number, tls: boolean) => {
    const context = contextWith();
    const broker = { ...context.broker, listeners: () => [listener(port, tls)] };
    const proof = portProofs({ ...context, broker }).find(({ id }) => id === 'ports.udp');
    return proof?.run({
      addresses: ['127.0.0.1'],
      inside: Promise.resolve({ facts: [], inventory: {}, addresses: ['127.0.0.1'] }),
    } as unknown as Outside);
  };

  it('asks in the language of the port', async () => {
    const port = await speak(coap);
    expect(await prove(port, false)).toMatchObject({ ok: true, detail: `${port} open` });
  });

  it('says that another service answers, and where to look', async () => {
    const port = await speak(() => Buffer.from('hello, who is there?'));
    expect(await prove(port, true)).toMatchObject({
      ok: false,
      detail: `${port} wrong`,
      hint: expect.stringContaining('ss -l'),
    });
  });
});
