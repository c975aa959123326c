import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { putBackSafely } from '../../src/commands/put-back.js';
import type { Login, LoginOutcome } from '../../src/engine/step.js';
import { parseHistory, type RecordedRun, tellRun } from '../../src/run-log/history.js';
import { type OpenRun, openRun } from '../../src/run-log/open.js';
import { parseRuns, runsProbe } from '../../src/run-log/seen.js';
import { type Kept, parseKept, tellKept } from '../../src/run-log/undo.js';
import type { Session } from '../../src/session/session.js';
import { type Sh, sh } from '../../src/sh.js';
import { contextWith } from '../recorded.js';
import { type Connection, type Server, serverFolders } from '../run-log/server.js';

const runner = { tool: '1', by: 'me@laptop', machine: 'm', pid: 1, command: 'init' };
let server: Server;
let host: Connection;
beforeEach(() => {
  server = serverFolders();
  server.stub('systemctl', `[ "$1" != start ] || exec sh '${server.root}/state/guard/restore'`);
  server.stub('systemd-run', '[ "$2" != --scope ] || exit 1');
  host = server.connect();
  mkdirSync(join(server.root, 'etc'));
  writeFileSync(conf(), 'old');
});
const conf = () => join(server.root, 'etc/conf');
const read = () => readFileSync(conf(), 'utf8');
const begin = (command: string) => {
  const seen = parseRuns({ code: 0, ...server.run(runsProbe) }).newest;
  return openRun(host, { runner: { ...runner, command }, seen, dead: undefined, unlock: '' });
};

/** A run that has changed the file, and then a session in which logins are answered so. */
async function changed(answer: (login: Login) => Partial<LoginOutcome> | Error, activate: Sh = sh`:`) {
  const first = await begin('init');
  const change = { kind: 'run', script: sh`:`, undo: { files: [conf()], activate } } as const;
  const script = first.recorded(
    { id: 's', title: 'S' },
    { summary: 'Change it', change },
    sh`printf new >${conf()}`,
  );
  await host.run({ script });
  await first.close();
  const opened: Connection[] = [];
  const session = {
    host,
    context: contextWith(),
    outside: {
      keyLogin: { user: 'researcher', credentials: { keys: [], agent: false } },
      login: async (login: Login) => {
        const seen = answer(login);
        if (seen instanceof Error) throw seen;
        return { ok: true, offered: [], sudo: true, detail: '', ...seen };
      },
    },
    connectAs: async () => {
      const next = server.connect('203.0.113.9');
      opened.push(next);
      return next;
    },
  } as unknown as Session;
  const kept = parseKept(server.run(tellKept(first.id)).stdout);
  const record = await begin('undo');
  return { session, opened, record, run: told(first.id), kept: kept as Kept };
}
const told = (id: string) => parseHistory(server.run(tellRun(id)).stdout)[0] as RecordedRun;
const entries = ({ id }: OpenRun) =>
  told(id).entries.map((one) => (one.type === 'guard' ? `guard ${one.state}` : one.type));

async function undo({ session, record, run, kept }: Awaited<ReturnType<typeof changed>>) {
  const said: string[] = [];
  const error = await putBackSafely(session, record, run, kept, (text) => said.push(text)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, said: said.join('\n').replace(/\s+/g, ' ') };
}

describe('an undo', () => {
  it('is confirmed by a login that works afterwards, and goes on over its connection', async () => {
    const all = await changed(() => ({}));
    expect(await undo(all)).toEqual({ error: undefined, said: '' });
    expect(read()).toBe('old');
    expect(entries(all.record)).toEqual([
      'run',
      'guard armed',
      'change',
      'detail',
      'changed',
      'guard confirmed',
    ]);
    expect(parseRuns({ code: 0, ...server.run(runsProbe) }).holder).toMatchObject({
      from: '203.0.113.9',
      alive: true,
    });
    await all.record.close();
    expect(entries(all.record).at(-1)).toBe('end');
    expect(existsSync(join(server.root, 'state/guard'))).toBe(false);
  });

  it('takes the first login where the key does not get in any more', async () => {
    const all = await changed(({ user }) => (user === 'researcher' ? { ok: false } : {}));
    expect((await undo(all)).error).toBeUndefined();
    expect([read(), all.opened.length]).toEqual(['old', 1]);
  });

  it.each<[string, Partial<LoginOutcome> | Error]>([
    ['nobody gets in', { ok: false, sudo: undefined }],
    ['sudo does not let anybody become root', { sudo: false }],
    ['only a forced command answers', { sudo: undefined }],
    ['the server is silent', new Error('unreachable')],
  ])('is itself taken back where %s', async (_, answer) => {
    const all = await changed(() => answer);
    expect((await undo(all)).error).toMatchObject({ code: 'no-way-in' });
    expect([read(), entries(all.record).at(-1)]).toEqual(['new', 'guard restored']);
  });

  it('leaves everything where a file cannot be put back', async () => {
    const all = await changed(() => ({}));
    server.stub(
      'cp',
      'case $2 in --) case $3 in */before/*) echo full >&2; exit 1;; esac;; esac; exec /bin/cp "$@"',
    );
    expect((await undo(all)).error).toMatchObject({
      code: 'undo-failed',
      message: expect.stringContaining('full'),
    });
    expect(read()).toBe('new');
  });

  it('names what did not take its files', async () => {
    const all = await changed(() => ({}), sh`exit 1`);
    const { error, said } = await undo(all);
    expect([error, read()]).toEqual([undefined, 'old']);
    expect(said).toContain('what uses them did not take them: Change it.');
  });

  it('that came too late is not called done, and leaves no connection open', async () => {
    const all = await changed(() => {
      server.run(sh`sh ${join(server.root, 'state/guard/restore')}`);
      return {};
    });
    expect((await undo(all)).error).toMatchObject({ code: 'guard-fired' });
    expect(read()).toBe('new');
    await expect(all.opened[0]?.run({ script: sh`:` })).rejects.toThrow();
  });
});
