import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { activate } from '../../../src/brokers/emqx/activate.js';
import { sh } from '../../../src/sh.js';
import { type Stubs, stubs } from './stubs.js';

let server: Stubs;
beforeEach(() => {
  server = stubs('systemctl', 'sleep', 'journalctl');
  server.stub('timeout', 'shift; "$@"');
  server.stub('ss', 'echo LISTEN');
  server.stub('su', 'echo "Node emqx@127.0.0.1 5.8.9 is started"');
  mkdirSync(join(server.root, 'var/log/emqx'), { recursive: true });
});
afterEach(() => server.remove());

const run = (validate = sh`true`) => server.run(activate(validate, [8883, 18084]).run, '/var/log/emqx');
const restarts = () => server.calls().filter((call) => call === 'systemctl restart emqx.service').length;

it('starts EMQX anew, and waits until it answers and its ports are open', () => {
  expect(run()).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(restarts()).toBe(1);
});

it('does not touch what runs where EMQX does not accept its files, and passes on what it says', () => {
  const { status, stderr } = run(sh`echo 'unknown key: nonsense'
return 1`);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^broker-setup: EMQX does not accept its configuration\.\nbroker-setup: .*\nunknown key: nonsense\n$/,
  );
  expect(restarts()).toBe(0);
});

it('passes on the last words of one that does not start', () => {
  server.stub('systemctl', '[ "$1" != restart ]');
  writeFileSync(join(server.root, 'var/log/emqx/emqx.log.1'), 'fine\n[error] listen failed: eaddrinuse\n');
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('broker-setup: EMQX does not start with this configuration.\n');
  expect(stderr).toContain('[error] listen failed: eaddrinuse\n');
  expect(stderr).not.toContain('fine');
});

it('does not believe a unit that is active while the node does not answer', () => {
  server.stub('su', 'echo "Node is not running!"');
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('broker-setup: EMQX does not come up with this configuration.\n');
});

it('gives up on a port that stays closed, and names it', () => {
  server.stub('ss', '[ "$2" != "sport = :18084" ] || exit 0; echo LISTEN');
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('broker-setup: EMQX does not open port 18084.\n');
});
