import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { activate } from '../../../src/brokers/mosquitto/activate.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'activate-'));
  mkdirSync(join(root, 'bin'));
  stub('mosquitto', 'echo "mosquitto version 2.0.11"; exit 1');
  stub('systemctl', `echo "$@" >>'${root}/calls'`);
  stub(
    'journalctl',
    '[ "$1" = --sync ] || echo "1795384783: Error: Unknown configuration variable \\"nonsense\\"."',
  );
  stub('ss', 'echo LISTEN');
  stub('sleep', ':');
  stub('unshare', 'exit 0');
  stub('timeout', 'exit 0');
});
afterEach(() => rmSync(root, { recursive: true }));

function stub(name: string, script: string): void {
  writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'bin', name), 0o755);
}

function run() {
  const { status, stderr } = spawnSync('sh', ['-eu', '-c', activate([8883, 8084]).run], {
    encoding: 'utf8',
    env: { PATH: `${root}/bin:/usr/bin:/bin` },
  });
  return { status, stderr };
}

const calls = () => readFileSync(join(root, 'calls'), 'utf8');

it('restarts the broker and finds its ports open', () => {
  expect(run()).toEqual({ status: 0, stderr: '' });
  expect(calls()).toBe(
    '-q is-active mosquitto.service\nreset-failed mosquitto.service\nrestart mosquitto.service\n',
  );
});

it('passes on what the broker says where it does not start', () => {
  stub('systemctl', '[ "$1" != restart ]');
  const { status, stderr } = run();
  expect(status).not.toBe(0);
  expect(stderr).toContain('broker-setup: Mosquitto does not start with this configuration.\n');
  expect(stderr).toContain('Unknown configuration variable "nonsense"');
});

it('gives up on a port that stays closed, and names it', () => {
  stub('ss', '[ "$2" != "sport = :8084" ] || exit 0; echo LISTEN');
  const { status, stderr } = run();
  expect(status).not.toBe(0);
  expect(stderr).toContain('broker-setup: Mosquitto does not open port 8084.\n');
});

it('asks a broker that can examine its configuration first, and does not restart it with a wrong one', () => {
  stub('mosquitto', '[ "$1" = -h ] && { echo " --test-config"; exit 1; }; exit 3');
  writeFileSync(join(root, 'calls'), '');
  const { status, stderr } = run();
  expect(status).not.toBe(0);
  expect(stderr).toContain('broker-setup: Mosquitto does not accept its configuration.\n');
  expect(calls()).toBe('');
});

it('case 216: a broker that runs is not ended for files with which it would not start again', () => {
  stub('timeout', 'echo "Error: Unable to load server key file"; exit 1');
  const { status, stderr } = run();
  expect(status).not.toBe(0);
  expect(stderr).toContain('so it was not restarted and runs with the old one.\n');
  expect(stderr).toContain('Unable to load server key file');
  expect(calls()).toBe('-q is-active mosquitto.service\n');
});

it('restarts a broker that does not run without a trial, and one where none is possible', () => {
  stub('timeout', 'exit 1');
  stub('systemctl', `echo "$@" >>'${root}/calls'; [ "$2" != is-active ]`);
  expect(run().status).toBe(0);
  stub('systemctl', `echo "$@" >>'${root}/calls'`);
  stub('unshare', 'exit 1');
  expect(run().status).toBe(0);
  expect(calls().match(/^restart/gm)).toHaveLength(2);
});
