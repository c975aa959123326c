import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { self } from '../../src/run-log/lock.js';
import { append, parseLog } from '../../src/run-log/log.js';
import { type Holder, parseRuns, runsProbe } from '../../src/run-log/seen.js';
import { isAlive, openingOf, type Sighted, settle } from '../../src/session/finish-interrupted-run.js';
import { lines } from '../../src/sh.js';
import { type Connection, type Server, serverFolders } from '../run-log/server.js';

const ID = '20261124-143005-1a2b';
const { by: me, machine } = self('');
/** Above what Linux hands out (proc(5), pid_max). */
const NO_PROCESS = 2 ** 22 + 1;
const runner = { tool: '1', by: 'me@laptop', machine: 'm', pid: 7, command: 'init' };
const holder: Holder = { ...runner, run: ID, from: '', since: '', step: 'Firewall', alive: true };

let server: Server;
let host: Connection;
beforeEach(() => {
  server = serverFolders();
  host = server.connect();
  mkdirSync(join(server.root, 'log'));
  server.stub('systemctl', `[ "$1" != start ] || exec sh '${server.root}/state/guard/restore'`);
});

const look = (more: Partial<Sighted['runs']> = {}): Sighted =>
  ({
    looks: [],
    runs: { ...parseRuns({ code: 0, ...server.run(runsProbe) }), ...more },
  }) as unknown as Sighted;
async function settled(more: Partial<Sighted['runs']> = {}) {
  const said: string[] = [];
  const first = look(more);
  const now = await settle(host, first, async () => look(), {
    say: (text) => said.push(text),
    unlock: 'unlock it',
  });
  return { said: said.join('\n').replace(/\n(?! )/g, ' '), again: now !== first, now };
}
const cutOffRun = () =>
  server.run(
    lines(
      append(ID, { type: 'run', version: 1, login: 'root', ...runner }),
      append(ID, { type: 'change', n: 1, step: 'ufw', title: 'Firewall', id: 'ufw', summary: 'Close' }),
    ),
  );
const guard = (script: string) => {
  mkdirSync(join(server.root, 'state/guard'), { recursive: true });
  writeFileSync(join(server.root, 'state/guard/restore'), script);
};

describe('whether a holder lives', () => {
  it.each<[string, Partial<Holder>, boolean]>([
    ['somebody elsewhere', {}, true],
    ['somebody elsewhere whose connection is gone', { alive: false }, false],
    ['another process of this computer', { by: me, machine, pid: process.pid }, true],
    ['a process of this computer that is gone', { by: me, machine, pid: NO_PROCESS }, false],
    ['a process of this computer that is another’s', { by: me, machine, pid: 1 }, true],
    ['the number of a process that is gone, elsewhere', { pid: NO_PROCESS }, true],
  ])('%s', (_, other, alive) => {
    expect(isAlive({ ...holder, ...other })).toBe(alive);
    const { dead } = openingOf({ ...look().runs, holder: { ...holder, ...other } }, 'init', '');
    expect(dead).toBe(alive ? undefined : ID);
  });
});

describe('before anything is judged', () => {
  it('nothing is done where nothing was left behind', async () => {
    expect(await settled()).toMatchObject({ said: '', again: false });
  });

  it('a run that is at work is left alone, whatever else there is', async () => {
    cutOffRun();
    guard('exit 1');
    await expect(settled({ holder, busy: true })).rejects.toMatchObject({
      code: 'locked',
      hint: expect.stringContaining('unlock it'),
    });
    expect(existsSync(join(server.root, 'state/guard/restore'))).toBe(true);
    expect(look().runs.cutOff?.told).toBe(false);
  });

  it('a run that was cut off is told once', async () => {
    cutOffRun();
    const { said, again } = await settled({ holder: { ...holder, alive: false } });
    expect([said, again]).toEqual([
      expect.stringMatching(/^The run of me@laptop .* was cut off at “Firewall” \(Close\)\.$/),
      false,
    ]);
    expect((await settled()).said).toBe('');
  });

  it('also where a power cut has left half a line', async () => {
    cutOffRun();
    const log = join(server.root, 'log', `${ID}.jsonl`);
    writeFileSync(log, `${readFileSync(log, 'utf8')}{"at":"2026-`);
    await settled();
    expect(parseLog(readFileSync(log, 'utf8')).at(-1)?.type).toBe('told');
    expect((await settled()).said).toBe('');
  });

  it('a change that goes on is waited for, and what it says is shown, made harmless', async () => {
    mkdirSync(join(server.root, 'run/change'), { recursive: true });
    const done = join(server.root, 'done');
    const out = `cd ${server.root}/run/change; exec 9>>alive; flock 9; echo $$ >pid; printf 'Unpacking\\033[2J\\n' >out; : >err; echo held; sleep 1; : >${done}`;
    const change = spawn('sh', ['-c', out]);
    await new Promise((resolve) => change.stdout.once('data', resolve));
    // The stand-in for a connection hands over what was said at the end; a real one line by line.
    const heard = {
      ...host,
      run: async (job: Parameters<typeof host.run>[0]) => {
        const result = await host.run(job);
        for (const line of result.stdout.split('\n').filter(Boolean)) job.onLine?.(line);
        return result;
      },
    };
    const said: string[] = [];
    const first = look({ holder: { ...holder, alive: false } });
    expect(first.runs.busy).toBe(true);
    const now = await settle(heard, first, async () => look(), {
      say: (text) => said.push(text),
      unlock: '',
    });
    expect([existsSync(done), now.runs.busy]).toEqual([true, false]);
    expect(said.join('\n')).toMatch(
      /goes on by itself on the server\s\(“Firewall”\); waiting for it \.\.\.\n {4}Unpacking$/,
    );
  });

  it('a change that was not confirmed is taken back, and the server looked at anew', async () => {
    guard(`rm -rf '${server.root}/state/guard'`);
    const { said, again, now } = await settled();
    expect([said, again, now.runs.guardArmed]).toEqual([
      expect.stringContaining('taken back first'),
      true,
      false,
    ]);
  });

  it('nothing goes on where it cannot be taken back: its copy must not be lost', async () => {
    guard('exit 1');
    await expect(settled()).rejects.toMatchObject({ code: 'not-restored' });
  });
});

it('hands on to the next run which it has seen', () => {
  expect(openingOf({ ...look().runs, newest: ID }, 'undo', 'unlock it')).toMatchObject({
    runner: { by: me, machine, pid: process.pid, command: 'undo' },
    seen: ID,
    dead: undefined,
    unlock: 'unlock it',
  });
  expect(openingOf(look().runs, 'init', '')).toMatchObject({ seen: undefined });
});
