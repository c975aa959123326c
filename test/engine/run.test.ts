import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { answers } from '../../src/engine/answers.js';
import type { Event } from '../../src/engine/events.js';
import { look } from '../../src/engine/look.js';
import { type Run, run } from '../../src/engine/run.js';
import { defineStep, type Finding, type Outside, type Proof, type Step } from '../../src/engine/step.js';
import { Cancelled } from '../../src/errors.js';
import { parseLog } from '../../src/run-log/log.js';
import { type OpenRun, openRun } from '../../src/run-log/open.js';
import { parseUnproved, tellUnproved } from '../../src/run-log/unproved.js';
import { sh } from '../../src/sh.js';
import { contextWith } from '../recorded.js';
import { type Connection, type Server, serverFolders } from '../run-log/server.js';

let server: Server;
let host: Connection;
let record: OpenRun;
let stop: AbortController;
beforeEach(async () => {
  server = serverFolders();
  server.stub('systemctl', `[ "$1" != start ] || exec sh '${server.root}/state/guard/restore'`);
  server.stub('systemd-run', '[ "$2" != --scope ] || exit 1');
  host = server.connect();
  stop = new AbortController();
  const runner = { tool: '1', by: 'me@laptop', machine: 'm', pid: 1, command: 'init' };
  record = await openRun(host, { runner, seen: undefined, dead: undefined, unlock: '' });
});

const file = (name: string) => join(server.root, name);
const has = (name: string) => existsSync(file(name));
const logged = () =>
  parseLog(readFileSync(file(`log/${record.id}.jsonl`), 'utf8')).map((entry) =>
    entry.type === 'guard' ? `guard ${entry.state}` : entry.type === 'change' ? entry.summary : entry.type,
  );
const proof = (ok: boolean): Proof => ({
  id: 'login.first',
  title: 'the login works',
  run: async () => ({ ok, detail: 'seen' }),
});

/** A step that lays down files, each by a change of its own; `second` is due only once all others are there. */
function step(
  names: string[],
  more: { guarded?: boolean; proof?: Proof; second?: string; after?: string; once?: true } = {},
): Step {
  const all = [...names, ...(more.second ? [more.second] : [])];
  const make = (name: string): Finding => ({
    id: 'hostname.name',
    level: 'change',
    summary: `Make ${name}`,
    change: {
      kind: 'run',
      script: sh`echo new >${file(name)}${{ run: more.after ?? '', show: '' }}`,
      undo: 'nothing',
      ...(more.once ? { once: true } : {}),
    },
  });
  return defineStep<string[]>({
    id: names.join('-'),
    title: names.join(' and '),
    probe: () => sh`for path in ${all.map(file)}; do [ -e "$path" ] || basename "$path"; done`,
    parse: ({ stdout }) => stdout.split('\n').filter(Boolean),
    check: (missing) => {
      const now = missing.filter((name) => name !== more.second);
      return (now.length > 0 ? now : missing).map(make);
    },
    proofs: () => [more.proof ?? proof(true)],
    ...(more.guarded ? { guard: () => ({ paths: all.map(file), reload: sh`:` }) } : {}),
  });
}

async function go(
  steps: Step[],
  onEvent: (event: Event) => void = () => undefined,
  unproved: ReadonlyMap<string, string | undefined> = new Map(),
) {
  const context = contextWith();
  const outside = { made: {}, addresses: [] } as unknown as Outside;
  const hands = { generateKey: async () => undefined, addHostEntry: async () => undefined };
  const events: Event[] = [];
  const emit = (event: Event) => {
    events.push(event);
    onEvent(event);
  };
  const all: Run = {
    ...{ host, steps, context, outside, hands, emit, record },
    signal: stop.signal,
    unproved,
    refresh: async (now) => now,
  };
  const error = await run(all, await look(host, steps, context)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, ends: events.flatMap((event) => (event.type === 'step-end' ? [event.state] : [])) };
}
const atChange = (name: string, does: () => void) => (event: Event) => {
  if (event.type === 'change' && event.finding.summary === `Make ${name}`) does();
};

describe('a guarded step', () => {
  it('is armed, changed, proved and confirmed, and the log says so in this order', async () => {
    expect(await go([step(['a', 'b'], { guarded: true })])).toEqual({ error: undefined, ends: ['changed'] });
    expect(logged()).toEqual([
      ...[
        'run',
        'guard armed',
        'Make a',
        'detail',
        'changed',
        'Make b',
        'detail',
        'changed',
        'guard confirmed',
      ],
    ]);
    expect([has('a'), has('b'), has('state/guard')]).toEqual([true, true, false]);
  });

  it('is taken back where a proof does not hold', async () => {
    const { error, ends } = await go([step(['a'], { guarded: true, proof: proof(false) }), step(['later'])]);
    expect(error).toBeInstanceOf(Error);
    expect([ends, has('a'), has('later')]).toEqual([['failed'], false, false]);
    expect(logged().at(-1)).toBe('guard restored');
  });

  it('is taken back as a whole where a later change of it fails', async () => {
    const broken = step(['a', 'b'], { guarded: true, after: `; [ ! -e '${file('b')}' ]` });
    expect((await go([broken])).error).toMatchObject({ code: 'change-failed' });
    expect([has('a'), has('b'), logged().at(-1)]).toEqual([false, false, 'guard restored']);
  });

  it('goes on with nothing once the timer has taken it back, whatever was to come', async () => {
    const late = atChange('b', () => server.run(sh`sh ${file('state/guard/restore')}`));
    const { error } = await go([step(['a', 'b'], { guarded: true })], late);
    expect(error).toMatchObject({ code: 'change-failed', message: expect.stringContaining('took too long') });
    expect([has('a'), has('b')]).toEqual([false, false]);
  });
});

describe('proofs', () => {
  const noted = () =>
    Object.fromEntries(
      parseUnproved(answers(server.run(tellUnproved).stdout)).map(({ step: id, failed }) => [id, failed]),
    );
  const again = async (unproved: string[], made: Proof) =>
    go([step(['a'], { proof: made })], undefined, new Map(unproved.map((id) => [id, 'login.first'])));

  it('case 206: that do not hold are noted, and made again by a run that finds nothing to change', async () => {
    expect((await go([step(['a'], { proof: proof(false) })])).error).toMatchObject({ code: 'proof-failed' });
    await record.close(new Error('failed'));
    expect(noted()).toEqual({ a: 'login.first' });
    expect((await again(['a'], proof(false))).error).toMatchObject({ code: 'proof-failed' });
    expect((await again([], proof(false))).error).toBeUndefined();
    const unknown: Proof = { ...proof(true), run: async () => ({ ok: undefined, detail: 'not reached' }) };
    expect((await again(['a'], unknown)).error).toMatchObject({ code: 'proof-failed' });
    expect((await again(['a'], proof(true))).error).toBeUndefined();
    await record.close();
    expect(noted()).toEqual({});
  });

  it('case 206: of a run that is killed before them are noted, with those of the steps behind', async () => {
    await go([
      step(['a'], {
        proof: {
          ...proof(true),
          run: async () => {
            expect(noted()).toEqual({ a: undefined, b: undefined });
            return { ok: true, detail: '' };
          },
        },
      }),
      step(['b']),
    ]);
    await record.close();
    expect(noted()).toEqual({});
  });
});

it('case 147: what others count is done once: a certificate, by its authority', async () => {
  const { error } = await go([step(['a'], { after: `; rm '${file('a')}'`, once: true })]);
  expect(error).toMatchObject({ code: 'not-in-place' });
  expect(logged().filter((one) => one === 'Make a')).toHaveLength(1);
});

it('asks what a change has brought about, and what the next step finds, in the round trip of the change', async () => {
  const { run: real } = host;
  let roundTrips = 0;
  host.run = (job) => {
    roundTrips += 1;
    return real(job);
  };
  expect((await go([step(['a', 'b']), step(['c'])])).ends).toEqual(['changed', 'changed']);
  // The first look, and three changes.
  expect(roundTrips).toBe(4);
});

describe('a run that is stopped', () => {
  it('before a step: begins nothing', async () => {
    stop.abort();
    const { error, ends } = await go([step(['a'], { guarded: true })]);
    expect(error).toBeInstanceOf(Cancelled);
    expect([ends, has('a'), logged()]).toEqual([[], false, ['run']]);
  });

  it('inside a guarded step: finishes the change under way, then takes the step back at once', async () => {
    const { error } = await go(
      [step(['a', 'b'], { guarded: true })],
      atChange('a', () => stop.abort()),
    );
    expect(error).toBeInstanceOf(Cancelled);
    expect([has('a'), has('b'), has('state/guard')]).toEqual([false, false, false]);
    expect(logged()).toEqual(['run', 'guard armed', 'Make a', 'detail', 'changed', 'guard restored']);
  });

  it('between the rounds of a guarded step: takes it back at once as well', async () => {
    const twice = step(['a'], { guarded: true, second: 'b' });
    const { error } = await go(
      [twice],
      atChange('a', () => stop.abort()),
    );
    expect(error).toBeInstanceOf(Cancelled);
    expect([has('a'), has('b'), logged().at(-1)]).toEqual([false, false, 'guard restored']);
  });

  it('inside another step: keeps what is done, and does no more', async () => {
    const { error, ends } = await go(
      [step(['a', 'b']), step(['later'])],
      atChange('a', () => stop.abort()),
    );
    expect(error).toBeInstanceOf(Cancelled);
    expect([ends, has('a'), has('b'), has('later')]).toEqual([['stopped'], true, false, false]);
  });

  it('and is begun again ends in the same state', async () => {
    const steps = [step(['a', 'b'], { guarded: true }), step(['c'])];
    await go(
      steps,
      atChange('a', () => stop.abort()),
    );
    stop = new AbortController();
    expect(await go(steps)).toEqual({ error: undefined, ends: ['changed', 'changed'] });
    expect(['a', 'b', 'c'].map(has)).toEqual([true, true, true]);
    expect((await go(steps)).ends).toEqual(['in-place', 'in-place']);
  });
});
