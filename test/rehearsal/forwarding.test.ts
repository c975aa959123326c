import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { turnForwardingOff, turnForwardingOn } from '../../src/rehearsal/forwarding.js';

// What /proc/sys/net/ipv4/ip_forward stands for is a file of the test's own; only the id of the boot is the machine's.
describe.runIf(process.platform === 'linux')('forwarding of this machine', () => {
  let folder: string;
  let note: string;
  let setting: string;
  const now = async () => (await readFile(setting, 'utf8')).trim();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bsr-forwarding-'));
    note = join(folder, 'note');
    setting = join(folder, 'ip_forward');
    await writeFile(setting, '0\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is turned on by the first rehearsal and off after the last', async () => {
    await turnForwardingOn(note, setting);
    await turnForwardingOn(note, setting);
    expect(await now()).toBe('1');
    await turnForwardingOff(note, setting);
    expect(await now()).toBe('0');
    expect(await readdir(folder)).toEqual(['ip_forward']);
  });

  it('stays on where it was on before', async () => {
    await writeFile(setting, '1\n');
    await turnForwardingOn(note, setting);
    await turnForwardingOff(note, setting);
    expect(await now()).toBe('1');
  });

  it('is left as the machine has it after a restart', async () => {
    await turnForwardingOn(note, setting);
    await writeFile(note, 'of another boot\n');
    await turnForwardingOff(note, setting);
    expect(await now()).toBe('1');
    expect(await readdir(folder)).toEqual(['ip_forward']);
  });
});
