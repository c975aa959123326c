import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judgeEnd, UNTRIED } from '../../../src/brokers/mosquitto/trial.js';

/** What a Mosquitto that ended in a trial is judged by: its words, and its configuration. */
function judged(words: string, configuration: string) {
  const folder = mkdtempSync(join(tmpdir(), 'trial-'));
  try {
    const [said, conf] = [join(folder, 'said'), join(folder, 'conf')];
    writeFileSync(said, words);
    writeFileSync(conf, configuration);
    const script = `said=${said} logs= files=${conf}\n${judgeEnd.run}`;
    const { status, stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    return [status, stdout.trim()];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As 2.0.11 said it. */
const UNKNOWN =
  'Error: Unknown configuration variable "nonsense".\nError found at /etc/mosquitto/conf.d/mine.conf:1.';
const PLUGIN = 'Error: Unable to load plugin.';

it('case 317: is wrong where Mosquitto says so, and the trial has what it needs', () => {
  expect(judged(UNKNOWN, 'nonsense 1\nplugin /a.so\n')).toEqual([1, UNKNOWN]);
  expect(
    judged('Error: Unable to open acl_file "/none".', 'listener 1883 127.0.0.1\nacl_file /none\n'),
  ).toEqual([1, 'Error: Unable to open acl_file "/none".']);
});

it.each([
  'plugin /usr/lib/db.so',
  'auth_plugin /usr/lib/db.so',
  'listener 1883 name.example.org',
  'listener 1883 cafe',
  'listener 1883 fe80::1%eth0',
  'listener 1883\nbind_interface eth0',
  'bind_address broker.example.org',
])('case 317: is not judged where the trial lacks what it needs: %s', (line) => {
  expect(judged(PLUGIN, `${line}\n`)).toEqual([UNTRIED, '']);
});

it.each([
  'listener 1883 192.0.2.1',
  'listener 1883 2001:db8::cafe',
  'listener 1883',
  'listener 0 /run/m.sock',
])('case 317: an address or a path is no name: %s', (line) => {
  expect(judged(PLUGIN, `${line}\n`)).toEqual([1, PLUGIN]);
});

it('case 317: is not judged where it ends without a word', () => {
  expect(judged('', 'listener 1883\n')).toEqual([UNTRIED, '']);
});
