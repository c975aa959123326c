import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAIL2BAN_SOCKET } from '../../../src/steps/fail2ban/not-banned.js';
import { tellWatching, watches } from '../../../src/steps/fail2ban/watching.js';

const END = '<F2B_END_COMMAND>';

/** A reply of fail2ban, as its own library makes it; `value` is Python. */
const pickled = (value: string): Buffer =>
  execFileSync('python3', ['-c', `import pickle, sys; sys.stdout.buffer.write(pickle.dumps(${value}))`]);

describe('over a stand-in for the socket of fail2ban', () => {
  let folder: string;
  let server: Server;
  let asked: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f2b-'));
    asked = '';
  });
  afterEach(() => {
    server?.close();
    rmSync(folder, { recursive: true });
  });

  async function look(reply: Buffer): Promise<string> {
    const socket = join(folder, 's');
    server = createServer((connection) => {
      connection.on('data', (data) => {
        asked += data.toString('latin1');
        if (!asked.endsWith(END)) return;
        // In two pieces, the end mark cut in the middle.
        connection.write(Buffer.concat([reply, Buffer.from(END.slice(0, 5))]));
        setTimeout(() => connection.write(END.slice(5)), 20);
      });
      connection.on('error', () => undefined);
    }).listen(socket);
    await once(server, 'listening');
    const script = tellWatching.run.replaceAll(FAIL2BAN_SOCKET, socket);
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (data) => {
      said += String(data);
    });
    await once(child, 'close');
    return said;
  }

  it.each([
    [
      'a journal',
      "(0, [('Filter', [('Total failed', 0), ('Journal matches', ['a=b'])]), ('Actions', [])])",
      true,
    ],
    ['a file', "(0, [('Filter', [('File list', ['/var/log/auth.log'])]), ('Actions', [])])", true],
    ['no file', "(0, [('Filter', [('File list', [])]), ('Actions', [])])", false],
    ['nothing: there is no such jail', "(1, 'Sorry but the jail does not exist')", false],
  ])('a jail that watches %s', async (_, reply, expected) => {
    expect(watches(await look(pickled(reply)))).toBe(expected);
    expect(asked).toContain('status');
    expect(asked).toContain('sshd');
  });
});

it('is nothing where no fail2ban runs', () => {
  const script = tellWatching.run.replaceAll(FAIL2BAN_SOCKET, '/nowhere/at/all');
  expect(execFileSync('sh', ['-c', script]).toString()).toBe('');
});
