import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answers } from '../../../src/engine/answers.js';
import { type Memory, parseMemory, printMemory, swapSize } from '../../../src/engine/memory.js';
import { swapFindings } from '../../../src/steps/update/swap.js';

/** As a virtual server of the smallest size tells it. */
const SMALL: Memory = {
  memoryMb: 460,
  swapMb: 0,
  container: false,
  fileSystem: 'ext4',
  freeMb: 8200,
  file: 'none',
  refused: false,
};

describe('case 20: whether a server gets a swap file', () => {
  it.each<[string, Partial<Memory>, number | undefined]>([
    ['of 512 MB of memory', {}, 1024],
    ['of 1 GB of memory', { memoryMb: 957 }, 1024],
    ['with xfs', { fileSystem: 'xfs' }, 1024],
    ['with some room on its disk', { freeMb: 2000 }, 512],
    ['with little room on its disk', { freeMb: 1900 }, undefined],
    ['of 2 GB of memory', { memoryMb: 1967 }, undefined],
    ['that has swap', { swapMb: 128 }, undefined],
    ['that is a container', { container: true }, undefined],
    ['with btrfs', { fileSystem: 'btrfs' }, undefined],
    ['with zfs', { fileSystem: 'zfs' }, undefined],
    ['whose file system is not known', { fileSystem: '' }, undefined],
    ['with a file of that name of somebody else', { file: 'foreign' }, undefined],
    ['with a file that an earlier run has left off, and no room', { file: 'ours', freeMb: 100 }, 1024],
    ['whose kernel has refused one', { refused: true }, undefined],
    ['that did not say how much memory it has', { memoryMb: Number.NaN }, undefined],
  ])('one %s', (_, more, size) => {
    expect(swapSize({ ...SMALL, ...more })).toBe(size);
    expect(swapFindings({ ...SMALL, ...more }).map(({ id }) => id)).toEqual(size ? ['update.swap'] : []);
  });
});

describe('the swap file', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'swap-'));
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'fstab'), 'UUID=1 / ext4 defaults 0 1');
    stub('swapon', `echo "$@" >>'${root}/swapon'`);
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const stub = (name: string, script: string) =>
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  /** Runs it in a folder of the test's, which stands for / and /etc; swapon(8) alone is a stand-in. */
  function run(script: string) {
    const here = script
      .replaceAll('/swapfile', join(root, 'swapfile'))
      .replaceAll('/etc/fstab', join(root, 'fstab'))
      .replaceAll('/var/lib/broker-setup', join(root, 'state'));
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}:/usr/sbin:/sbin` };
    return spawnSync('sh', ['-c', here], { env, encoding: 'utf8' });
  }
  const make = (more: Partial<Memory> = {}) => {
    const change = swapFindings({ ...SMALL, freeMb: 2000, ...more })[0]?.change;
    return run(
      `set -eu\n${change?.kind === 'run' ? change.script.run.replace('count=512', 'count=2') : 'false'}`,
    );
  };
  const seen = () => parseMemory(answers(run(printMemory.run).stdout));

  it('case 20: is made for root alone, switched on, and named once for the next start', () => {
    expect(seen().file).toBe('none');
    expect(make()).toMatchObject({ status: 0, stdout: '' });
    expect(statSync(join(root, 'swapfile'))).toMatchObject({ size: 2 * 1024 * 1024, mode: 0o100600 });
    expect(readFileSync(join(root, 'swapon'), 'utf8')).toBe(`${join(root, 'swapfile')}\n`);
    const table = `UUID=1 / ext4 defaults 0 1\n# Written by broker-setup.\n${join(root, 'swapfile')} none swap sw 0 0\n`;
    expect(readFileSync(join(root, 'fstab'), 'utf8')).toBe(table);
    expect(seen().file).toBe('ours');
    expect(make({ file: 'ours' }).status).toBe(0);
    expect(readFileSync(join(root, 'fstab'), 'utf8')).toBe(table);
    writeFileSync(join(root, 'swapfile'), 'of somebody else');
    expect(seen().file).toBe('foreign');
  });

  it('case 20: is gone again where the kernel does not take it, and is not tried a second time', () => {
    stub('swapon', 'echo "swapon failed: Operation not permitted" >&2; exit 255');
    expect(make()).toMatchObject({ status: 0, stdout: expect.stringContaining('takes no swap file') });
    expect(existsSync(join(root, 'swapfile'))).toBe(false);
    expect(readFileSync(join(root, 'fstab'), 'utf8')).toBe('UUID=1 / ext4 defaults 0 1');
    expect(seen().refused).toBe(true);
  });

  it('case 20: leaves nothing behind where the disk is full half-way', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is shell
    stub('dd', 'for word; do case $word in of=*) echo half >"${word#of=}";; esac; done; exit 1');
    expect(make().status).toBe(1);
    expect([existsSync(join(root, 'swapfile')), existsSync(join(root, 'swapfile.broker-setup'))]).toEqual([
      false,
      false,
    ]);
  });
});
