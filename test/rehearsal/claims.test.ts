import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Claim, type Claims, claimsIn } from '../../src/rehearsal/claims.js';
import { withLock } from '../../src/rehearsal/lock.js';

let top: string;
let claims: Claims;

/** A claim of a rehearsal in one of several homes, with its state where it has come so far. */
async function claim(home: string, name: string, slot: number, state = true): Promise<Claim> {
  const folder = join(top, home, name);
  await mkdir(folder, { recursive: true });
  if (state) await writeFile(join(folder, 'state.json'), '{}');
  return { name, way: 'nspawn', slot, cgroups: [`/sys/fs/cgroup/bsr-${slot}`], folder };
}

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'bsr-claims-'));
  claims = claimsIn(join(top, 'run'), withLock);
});
afterEach(() => rm(top, { recursive: true }));

it('is seen from every home, and is gone with the last', async () => {
  const [one, two] = [await claim('alice', 'bsr-one', 1), await claim('bob', 'bsr-two', 2)];
  await claims.add(one);
  await claims.add(two);
  expect((await claims.all()).map(({ slot }) => slot)).toEqual([1, 2]);
  await claims.drop(one);
  expect(await claims.all()).toEqual([two]);
  await claims.drop(two);
  expect(await readdir(top)).toEqual(['alice', 'bob']);
});

it('of another home is neither cleared nor dropped, not even under the same name', async () => {
  const old = await claim('alice', 'bsr-one', 1);
  // After a restart of the machine nobody has a slot, and what is left of an old rehearsal may be cleared away.
  expect(await claims.mayClear(old)).toBe(true);
  const taken = await claim('bob', 'bsr-one', 1);
  await claims.add(taken);
  expect(await claims.mayClear(old)).toBe(false);
  await expect(claims.mustHold(old)).rejects.toThrow('The rehearsal bsr-one was removed.');
  await claims.drop(old);
  expect(await claims.all()).toEqual([taken]);
  expect(await claims.mayClear(taken)).toBe(true);
  await claims.mustHold(taken);
});

it('is abandoned where the process was killed before it wrote its state, or the home was deleted', async () => {
  const killed = await claim('alice', 'bsr-killed', 1, false);
  const deleted = await claim('bob', 'bsr-deleted', 2);
  const lives = await claim('carol', 'bsr-lives', 3);
  for (const one of [killed, deleted, lives]) await claims.add(one);
  await rm(join(top, 'bob'), { recursive: true });
  expect(await claims.abandoned()).toEqual([killed, deleted]);
});

it('counts as none where a process was killed while it wrote the claim', async () => {
  await mkdir(join(top, 'run'));
  await writeFile(join(top, 'run', '1.json'), '{"name":');
  expect(await claims.all()).toEqual([]);
  const next = await claim('alice', 'bsr-next', 1);
  await claims.add(next);
  expect(await claims.all()).toEqual([next]);
});
