import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { hold, lockFunctions, release, self, stillMine, tellLock } from '../../src/run-log/lock.js';
import { parseLock } from '../../src/run-log/seen.js';
import { lines, sh } from '../../src/sh.js';
import { type Connection, type Server, serverFolders } from './server.js';

const ID = '20261124-143005-1a2b';
const runner = { tool: '1.0.0', by: "o'neill@lap top", machine: 'm', pid: 42, command: 'init' };
let server: Server;
let connection: Connection;
beforeEach(() => {
  server = serverFolders();
  connection = server.connect();
});

const take = (by = connection) =>
  by.run({ script: lines(sh`set -eu; id=${ID}`, lockFunctions, hold(runner)) });
const seen = () => parseLock(server.run(tellLock).stdout);
const file = (name: string) => join(server.root, 'run/lock', name);

describe('a lock', () => {
  it('tells who has it, from where, and since when', async () => {
    expect(await take()).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(file('step'), 'Set the hostname\n');
    expect(seen()).toEqual({
      ...runner,
      run: ID,
      from: '198.51.100.7',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      step: 'Set the hostname',
      alive: true,
    });
  });

  it.each([
    ['[2001:db8::7]', '2001:db8::7'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
    ['[::ffff:198.51.100.7]', '198.51.100.7'],
  ])('knows a connection from %s', async (from, address) => {
    const other = server.connect(from);
    await take(other);
    expect(seen()).toMatchObject({ from: address, alive: true });
  });

  it('case 68: dies with its connection', async () => {
    await take();
    connection.drop();
    expect(seen()).toMatchObject({ run: ID, alive: false });
  });

  it.each([
    [21_499, true],
    [21_500, false],
    [3_600_000, false],
  ])('of a connection from which nothing was heard for %i ms: alive is %s', async (ms, alive) => {
    await take();
    connection.quiet(ms);
    expect(seen()).toMatchObject({ alive });
  });

  it('is dead where another process has got the number of its connection', async () => {
    await take();
    const [pid] = readFileSync(file('connection'), 'utf8').split(' ');
    writeFileSync(file('connection'), `${pid} 1\n`);
    expect(seen()).toMatchObject({ alive: false });
  });

  it.each(['', 'x y\n', '1\n', '$(id) 1\n'])('is dead where it says of its connection %j', async (text) => {
    await take();
    writeFileSync(file('connection'), text);
    expect(seen()).toMatchObject({ alive: false });
  });

  it('that was taken without any sshd holds nobody up', () => {
    server.run(lines(sh`id=${ID}`, lockFunctions, hold(runner)));
    expect(seen()).toMatchObject({ run: ID, alive: false });
  });

  it('is nobody’s where there is none', () => {
    expect(server.run(tellLock)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(seen()).toBeUndefined();
  });
});

describe('giving it back', () => {
  it('takes off one’s own, and no other', async () => {
    await take();
    server.run(release('20261124-143005-ffff'));
    expect(existsSync(file('run'))).toBe(true);
    server.run(release(ID));
    expect(existsSync(join(server.root, 'run/lock'))).toBe(false);
    expect(server.run(release(ID)).status).toBe(0);
  });

  it('stops the run that has lost it before its next change', async () => {
    await take();
    expect(server.run(lines(stillMine(ID), sh`echo changed`)).stdout).toBe('changed\n');
    server.run(release(ID));
    const { status, stdout, stderr } = server.run(lines(stillMine(ID), sh`echo changed`));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^broker-setup: This run has lost its lock[\s\S]*Run the same command again\.\n$/);
  });

  it('finds no lock of its own in an empty one', () => {
    mkdirSync(join(server.root, 'run/lock'), { recursive: true });
    writeFileSync(file('run'), '');
    expect(server.run(stillMine(ID)).status).toBe(1);
  });
});

it('names this very process', () => {
  expect(self('undo')).toMatchObject({ pid: process.pid, command: 'undo', by: expect.stringMatching(/.@./) });
});
