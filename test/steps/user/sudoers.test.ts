import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tellIncluded } from '../../../src/steps/user/sudoers.js';

let etc: string;
beforeEach(() => {
  etc = mkdtempSync(join(tmpdir(), 'broker-setup-'));
});
afterEach(() => rmSync(etc, { recursive: true }));

const asked = () => execFileSync('sh', ['-c', tellIncluded(etc).run], { encoding: 'utf8' }).trim();

it.each([
  ['as Debian has it', '%sudo ALL=(ALL:ALL) ALL\n\n@includedir /etc/sudoers.d\n', 'read'],
  ['as older ones have it', '#includedir /etc/sudoers.d\n', 'read'],
  ['as a folder beside the file', '  @includedir "sudoers.d/"\n', 'read'],
  ['in another file that is read', 'Defaults env_reset\n@include "local rules"\n', 'read'],
  ['not', '%sudo ALL=(ALL:ALL) ALL\n', 'passed-over'],
  ['in a comment', '# @includedir /etc/sudoers.d\n## includedir /etc/sudoers.d\n', 'passed-over'],
  ['another folder', '@includedir /etc/sudoers.d.off\n@include missing\n', 'passed-over'],
])('case 125: the folder is read %s', (_, content, found) => {
  writeFileSync(join(etc, 'sudoers'), content);
  writeFileSync(join(etc, 'local rules'), '@includedir /etc/sudoers.d\n');
  expect(asked()).toBe(`drop-ins=${found}`);
});

it('case 125: nothing is said where there is no sudo yet', () => {
  expect(asked()).toBe('');
});
