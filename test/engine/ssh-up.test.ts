import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { keepSshUp } from '../../src/engine/ssh-up.js';

const folder = mkdtempSync(join(tmpdir(), 'ssh-up-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What it calls of systemctl to change something, where this unit has failed. */
function calls(failed: string): string[] {
  writeFileSync(join(folder, 'calls'), '');
  writeFileSync(
    join(folder, 'systemctl'),
    `#!/bin/sh
case "$*" in
"-q is-failed ${failed}") exit 0 ;;
*is-failed*) exit 1 ;;
show*) echo start-limit-hit ;;
*) echo "$*" >>'${folder}/calls' ;;
esac`,
    { mode: 0o755 },
  );
  const { status } = spawnSync('sh', ['-eu', '-c', keepSshUp.run], {
    env: { PATH: `${folder}:/usr/bin:/bin` },
  });
  expect(status).toBe(0);
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').filter(Boolean);
}

it('case 232: starts an SSH server again that systemd has given up, and touches no other', () => {
  expect(calls('ssh.service')).toEqual(['reset-failed ssh.service', 'start ssh.service']);
  expect(calls('ssh.socket')).toEqual(['reset-failed ssh.socket', 'start ssh.socket']);
  expect(calls('mosquitto.service')).toEqual([]);
});
