import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRoom, printRoom, roomFindings } from '../../../src/brokers/emqx/memory.js';
import { answers } from '../../../src/engine/answers.js';

const levels = (freeMb: number, swapToComeMb = 0, isRunning = false) =>
  roomFindings({ freeMb, swapToComeMb }, isRunning).map(({ level }) => level);

describe('case 277: room for EMQX', () => {
  it.each([
    [351, 0, ['stop']],
    [352, 0, ['warn']],
    [489, 0, ['warn']],
    [490, 0, []],
    // The swap file comes before EMQX is installed.
    [300, 1024, []],
    [300, 64, ['warn']],
  ])('%i MB left, and %i MB of swap to come: %j', (free, swap, expected) => {
    expect(levels(free, swap)).toEqual(expected);
  });

  it('one that runs has shown that it has', () => {
    expect(levels(20, 0, true)).toEqual([]);
  });

  it('both say how much there is and what would happen', () => {
    const [stop] = roomFindings({ freeMb: 300, swapToComeMb: 0 }, false);
    expect(stop?.summary).toBe(
      'The server has 300 MB of memory and swap left; EMQX needs 352 MB for itself, and the system would kill it at its start.',
    );
  });
});

describe('through a shell', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'emqx-room-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const told = (memory: number, available: number, swap: number) => {
    const kb = (name: string, mb: number) => `${name}: ${mb * 1024} kB\n`;
    writeFileSync(
      join(root, 'meminfo'),
      kb('MemTotal', memory) + kb('MemAvailable', available) + kb('SwapTotal', swap) + kb('SwapFree', swap),
    );
    const input = printRoom.run.replaceAll('/proc/meminfo', `${root}/meminfo`);
    return answers(spawnSync('sh', { input, encoding: 'utf8' }).stdout);
  };

  it('counts what is left of both', () => {
    expect(parseRoom(told(2000, 1500, 300))).toEqual({ freeMb: 1800, swapToComeMb: 0 });
  });

  it('asks about a swap file only on a small server without swap', () => {
    expect(told(460, 320, 0).has('swap-now')).toBe(true);
    expect(told(460, 320, 100).has('swap-now')).toBe(false);
    expect(told(2000, 1500, 0).has('swap-now')).toBe(false);
  });
});
