import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Remembered } from '../../src/doctor/compare.js';
import { lastCheckUp } from '../../src/doctor/memory.js';
import { settings } from '../recorded.js';

const { inside, outside } = lastCheckUp;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'state-'));
  vi.stubEnv('XDG_STATE_HOME', home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const folder = () => join(home, 'broker-setup', 'doctor');
const kept: Remembered = { version: 1, at: '2026-11-23T12:00:00.000Z', findings: [] };
const other = { ...kept, at: '2026-11-20T12:00:00.000Z' };

describe('what is kept of a check-up', () => {
  it('is found again, below XDG_STATE_HOME, and is nobody else’s business', async () => {
    expect(await inside.remember(settings, kept)).toBeUndefined();
    expect(await inside.recall(settings)).toEqual(kept);
    const [file = '', ...more] = readdirSync(folder());
    expect(more).toEqual([]);
    expect(statSync(join(folder(), file)).mode & 0o777).toBe(0o600);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
  });

  it('is undefined where there was none', async () => {
    expect(await inside.recall(settings)).toBeUndefined();
  });

  it('takes the place of what was kept before', async () => {
    await inside.remember(settings, other);
    await inside.remember(settings, kept);
    expect(await inside.recall(settings)).toEqual(kept);
    expect(readdirSync(folder())).toHaveLength(1);
  });

  it.each([
    ['empty', ''],
    ['cut off', '{"version":1,"at"'],
    ['no object', 'null'],
    ['of another version', '{"version":2,"findings":[]}'],
  ])('is passed over where it is %s', async (_, content) => {
    await inside.remember(settings, kept);
    writeFileSync(join(folder(), readdirSync(folder())[0] ?? ''), content);
    expect(await inside.recall(settings)).toBeUndefined();
  });

  it('is kept for each kind of look', async () => {
    await inside.remember(settings, kept);
    await outside.remember(settings, other);
    expect(await inside.recall(settings)).toEqual(kept);
    expect(await outside.recall(settings)).toEqual(other);
  });

  it.each([
    ['address', { server: '203.0.113.8' }],
    ['domain', { domain: 'other.example.org' }],
    ['port of SSH', { login: { port: 2222 } }],
    ['path-like address', { server: '../../etc/passwd' }],
  ])('is another one’s with another %s', async (_, changes) => {
    await inside.remember(settings, kept);
    expect(await inside.recall({ ...settings, ...changes })).toBeUndefined();
    expect(await inside.remember({ ...settings, ...changes }, other)).toBeUndefined();
    expect(await inside.recall(settings)).toEqual(kept);
    expect(readdirSync(folder())).toHaveLength(2);
  });
});

it('says in a sentence why nothing could be kept', async () => {
  writeFileSync(join(home, 'broker-setup'), 'a file where a folder should be');
  expect(await inside.remember(settings, kept)).toMatch(/^What was found could not be kept .*: \w+/);
});
