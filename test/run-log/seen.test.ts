import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, appendChanged } from '../../src/run-log/log.js';
import type { Entry } from '../../src/run-log/log-entry.js';
import { parseLock, parseRuns, runsProbe } from '../../src/run-log/seen.js';
import { lines, sh } from '../../src/sh.js';
import { base64 } from '../context.js';
import { type Server, serverFolders } from './server.js';

const ID = '20261124-143005-1a2b';
const RUN: Entry = {
  type: 'run',
  version: 1,
  login: 'root',
  tool: '1',
  by: 'me@laptop',
  machine: 'm',
  pid: 7,
  command: 'init',
};
const change = (n: number, summary: string): Entry => ({
  type: 'change',
  n,
  step: 'ufw',
  title: 'Firewall',
  id: 'ufw.rules',
  summary,
});
const guard = (state: 'armed' | 'confirmed' | 'restored'): Entry => ({
  type: 'guard',
  state,
  title: 'Firewall',
});

let server: Server;
beforeEach(() => {
  server = serverFolders();
  mkdirSync(join(server.root, 'log'));
});
const runs = () => parseRuns({ code: 0, ...server.run(runsProbe) });
const write = (...entries: Entry[]) => server.run(lines(...entries.map((entry) => append(ID, entry))));
const NOTHING = {
  holder: undefined,
  busy: false,
  guardArmed: false,
  newest: undefined,
  cutOff: undefined,
  unproved: [],
};

describe('what a server tells of runs', () => {
  it('is nothing before the first', () => {
    expect(runs()).toEqual(NOTHING);
  });

  it('is that the newest was cut off, and where', () => {
    write(RUN, change(1, 'first'));
    server.run(lines(sh`code=0`, appendChanged(ID, 1)));
    write(guard('armed'), change(2, 'second'), { type: 'detail', n: 2, script: 'long' });
    expect(runs()).toMatchObject({
      newest: ID,
      cutOff: {
        id: ID,
        runner: { by: 'me@laptop', command: 'init' },
        last: { title: 'Firewall', summary: 'second', code: undefined },
        guard: { state: 'armed', title: 'Firewall' },
        told: false,
      },
    });
    server.run(lines(sh`code=4`, appendChanged(ID, 2)));
    write(guard('restored'), { type: 'told' });
    expect(runs().cutOff).toMatchObject({ last: { code: 4 }, guard: { state: 'restored' }, told: true });
    write({ type: 'end', outcome: 'failed' });
    expect(runs()).toEqual({ ...NOTHING, newest: ID });
  });

  it('is not that it has ended because a message says so', () => {
    write(RUN, change(1, '"type":"end"'));
    expect(runs().cutOff).toMatchObject({ last: { summary: '"type":"end"' } });
  });

  it('is that a run was cut off whose log is empty, or was lost in a power cut', () => {
    writeFileSync(join(server.root, 'log', `${ID}.jsonl`), '\0\0{"at":');
    expect(runs().cutOff).toEqual({
      id: ID,
      runner: expect.objectContaining({ by: 'somebody' }),
      at: '',
      last: undefined,
      guard: undefined,
      told: false,
    });
  });

  it('leaves long details out', () => {
    write(RUN, { type: 'detail', n: 1, script: 'x'.repeat(100_000) });
    expect(server.run(runsProbe).stdout.length).toBeLessThan(2000);
  });

  it('is that a change to the way in was not confirmed', () => {
    mkdirSync(join(server.root, 'state/guard'), { recursive: true });
    writeFileSync(join(server.root, 'state/guard/restore'), '');
    expect(runs().guardArmed).toBe(true);
  });
});

describe('what a server forges', () => {
  it.each([
    ['another name for a run', `newest=../../etc/passwd\nlog=${base64('{}')}\n`],
    ['a log without a run', `log=${base64('{"at":"x","type":"told"}')}\n`],
    ['other words', 'busy=maybe\nguard=ARMED\nlock-alive=yes\n'],
  ])('%s counts for nothing', (_, stdout) => {
    expect(parseRuns({ code: 0, stdout })).toEqual(NOTHING);
  });

  it.each(['', 'null', '[]', '{', '7', '"x"', '{"by":{"toString":1}}'])('a holder who is %s', (json) => {
    const holder = parseLock(`lock-run=${ID}\nlock-runner=${json}\n`);
    expect(holder).toMatchObject({ run: ID, from: '', since: '', step: undefined, alive: false });
    expect(typeof holder?.by).toBe('string');
  });

  it('never makes it throw', () => {
    const name = fc.constantFrom('lock-run', 'lock-runner', 'newest', 'log', 'busy', 'guard');
    const value = fc.oneof(fc.string(), fc.json(), fc.base64String(), fc.constant(ID));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const stdout = pairs.map(([one, two]) => `${one}=${two}\n`).join('');
        expect(parseRuns({ code: 0, stdout })).toHaveProperty('busy');
      }),
    );
  });
});
