import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  cacheDirectory,
  directoryOf,
  readState,
  readStates,
  removeState,
  type State,
  stateDirectory,
  writeState,
} from '../../src/rehearsal/state.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bsr-state-'));
  vi.stubEnv('XDG_STATE_HOME', join(home, 'state'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

const state = (name: string) => ({ version: 1, name, way: 'nspawn', rootPassword: 'secret' }) as State;

it('finds what another process wrote, by name', async () => {
  expect(await readStates()).toEqual([]);
  await writeState(state('two'));
  await writeState(state('one'));
  expect((await readStates()).map(({ name }) => name)).toEqual(['one', 'two']);
  expect(await readState('two')).toMatchObject({ way: 'nspawn' });
  expect(await readState('three')).toBeUndefined();
});

it('keeps the password from other users', async () => {
  await writeState(state('one'));
  expect((await stat(join(directoryOf('one'), 'state.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(directoryOf('one'))).mode & 0o777).toBe(0o700);
});

it('leaves nothing behind, twice', async () => {
  await writeState(state('one'));
  await removeState('one');
  await removeState('one');
  expect(await readdir(join(home, 'state'))).toEqual([]);
});

it('keeps images apart from rehearsals', () => {
  expect(cacheDirectory()).toBe(join(home, 'cache', 'broker-setup'));
  expect(stateDirectory()).toBe(join(home, 'state', 'broker-setup', 'rehearsals'));
});
