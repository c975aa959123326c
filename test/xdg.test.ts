import { homedir } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { cacheFolder, stateFolder } from '../src/xdg.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  ['XDG_STATE_HOME', stateFolder, '.local/state'],
  ['XDG_CACHE_HOME', cacheFolder, '.cache'],
] as const)('%s says where, and without it there is a place below the home folder', (name, folder, below) => {
  vi.stubEnv(name, '/somewhere/else');
  expect(folder()).toBe('/somewhere/else/broker-setup');
  vi.stubEnv(name, '');
  expect(folder()).toBe(`${homedir()}/${below}/broker-setup`);
  vi.stubEnv(name, undefined);
  expect(folder()).toBe(`${homedir()}/${below}/broker-setup`);
});
