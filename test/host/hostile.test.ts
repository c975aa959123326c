import { createServer } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/host/ssh/stream.js';
import { failure, later, open, raw, server, withPassword } from './connected.js';

const ECHO = raw('echo out');
const fine = { code: 0, stdout: 'out\n', stderr: '' };

/** The mark that our own shell says first. */
const markIn = (command: string) => /echo ([0-9a-f]{16}); echo/.exec(command)?.[1] ?? '';

/** Prints without end, as fast as it is read; the second command is answered as it should be. */
function endless(begin: (command: string) => string) {
  let first = true;
  return (channel: ServerChannel, command: string) => {
    channel.resume();
    if (!first) {
      channel.stderr.write(`${markIn(command)}\n`);
      channel.write(`${markIn(command)}\nout\n`);
      channel.exit(0);
      channel.end();
      return;
    }
    first = false;
    const piece = Buffer.alloc(30_000, 'spam ');
    const go = (): void => {
      while (channel.writable && channel.write(piece));
    };
    channel.on('drain', go);
    channel.write(begin(command));
    go();
  };
}

describe('case 118: a server that prints without end', { timeout: 30_000 }, () => {
  it.each([
    [
      'in its login shell',
      () => 'Welcome\n',
      /^The login shell of root on box prints without end: more than 1 MB/,
    ],
    ['in a script', (command: string) => `${markIn(command)}\n`, /^box answers without end: more than 64 MB/],
  ])('%s is cut off, and the connection goes on', async (_, begin, message) => {
    const host = await open(await server({ hostile: endless(begin) }));
    const before = process.memoryUsage().rss;
    const seen: string[] = [];
    const error = await failure(host.run({ script: ECHO, onLine: (line) => seen.push(line) }));
    expect(error).toMatchObject({ code: 'too-much-output', message: expect.stringMatching(message) });
    expect(error.hint).toBeTruthy();
    expect(process.memoryUsage().rss - before).toBeLessThan(8 * LIMITS.output);
    expect(await host.run({ script: ECHO })).toMatchObject({ stdout: 'out\n' });
  });

  it('before it speaks SSH is no SSH server', async () => {
    const spam = createServer((socket) => {
      socket.on('error', () => undefined);
      const go = (): void => {
        while (socket.writable && socket.write('spam spam spam\r\n'));
      };
      socket.on('drain', go);
      go();
    });
    await new Promise<void>((resolve) => spam.listen(0, '127.0.0.1', resolve));
    later(spam, () => spam.close());
    const { port } = spam.address() as { port: number };
    const error = await failure(open(await server(), { target: { port } }));
    expect(['handshake-failed', 'connection-closed']).toContain(error.code);
  });
});

describe('what comes before our own shell', () => {
  const forged = [
    'deadbeefdeadbeef',
    'deadbeefdeadbeef begin hostname',
    'now=evil',
    'deadbeefdeadbeef end hostname 0',
    'sudo: a password is required',
    '[sudo] password for root: ',
    '\u001b]0;title\u0007\u001b[2J\u001b[31mred\r\u0007',
  ].join('\n');

  it.each([
    ['frames, answers and prompts of others', Buffer.from(`${forged}\n`)],
    ['bytes that are no text', Buffer.from([0, 255, 254, 128, 10, 192, 13, 10])],
    ['a long greeting', Buffer.alloc(900_000, 'Welcome\n')],
  ])('case 118: is passed over: %s', async (_, noise) => {
    const printf = `printf '%s' '${noise.toString('base64')}' | base64 -d`;
    const rc = noise.length > 90_000 ? `yes Welcome | head -c ${noise.length}; echo` : printf;
    const host = await open(await server({ rc: `${rc}; { ${rc}; } >&2` }));
    const seen: string[] = [];
    expect(await host.run({ script: ECHO, onLine: (line) => seen.push(line) })).toEqual(fine);
    expect(seen).toEqual(['out']);
  });
});

describe('what a script prints', () => {
  it('may be no text at all', async () => {
    const host = await open(await server());
    const script = raw("printf '\\377\\376a\\000\\200\\nb\\n'");
    const seen: string[] = [];
    const { code, stdout } = await host.run({ script, onLine: (line) => seen.push(line) });
    expect([code, stdout]).toEqual([0, '\ufffd\ufffda\0\ufffd\nb\n']);
    expect(seen).toHaveLength(2);
  });

  it('may be one line of 30 MB', { timeout: 30_000 }, async () => {
    const host = await open(await server());
    const script = raw("head -c 30000000 /dev/zero | tr '\\0' x; echo; echo end");
    const seen: string[] = [];
    const { stdout } = await host.run({ script, onLine: (line) => seen.push(line) });
    expect(stdout).toHaveLength(30_000_005);
    expect(seen.map((line) => line.length)).toEqual([LIMITS.line, 3]);
  });

  it('counts for nothing where no exit code comes, and the connection goes on', async () => {
    let first = true;
    const hostile = (channel: ServerChannel, command: string) => {
      channel.resume();
      channel.write(`${markIn(command)}\nout\n`);
      if (!first) channel.exit(0);
      first = false;
      channel.end();
    };
    const host = await open(await server({ hostile }));
    expect(await failure(host.run({ script: ECHO }))).toMatchObject({ code: 'connection-lost' });
    expect(await host.run({ script: ECHO })).toMatchObject({ code: 0, stdout: 'out\n' });
  });
});

it('a question in other words than ours is not answered, and is told', async () => {
  const prompt = '\u001b[2J\u001b]0;x\u0007Token:\r\n';
  const box = await server({
    methods: ['keyboard-interactive'],
    questions: [{ prompt, echo: true }],
  });
  const error = await failure(open(box, { credentials: withPassword() }));
  expect(error.code).toBe('login-refused');
  expect(error.message).toContain('It asked: "Token:", which');
  expect(error.message).not.toMatch(/\p{Cc}/u);
});
