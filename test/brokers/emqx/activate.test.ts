import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activate } from '../../../src/brokers/emqx/activate.js';
import { sh } from '../../../src/sh.js';
import { type Stubs, stubs } from './stubs.js';

let server: Stubs;
beforeEach(() => {
  server = stubs('systemctl', 'sleep', 'journalctl');
  server.stub('timeout', '[ "$1" != -k ] || shift 2; shift; "$@"');
  server.stub('pgrep', 'exit 1');
  server.stub('su', 'echo "Node emqx@127.0.0.1 5.8.9 is started"');
  sockets({});
  mkdirSync(join(server.root, 'var/log/emqx'), { recursive: true });
});
afterEach(() => server.remove());

const BEAM = 'users:(("beam.smp",pid=53,fd=33))';

/** Who has which port, in the words of ss(8); undefined: nobody. */
function sockets(other: Record<string, string | undefined>): void {
  const all = { 't:8883': BEAM, 't:18084': BEAM, 'u:5684': BEAM, ...other };
  const cases = Object.entries(all).flatMap(([socket, users]) => {
    if (users === undefined) return [];
    const [transport, port] = socket.split(':');
    const short = transport === 't' ? `'-ltnH sport = :${port}'|` : '';
    return [
      `${short}'-H -n -p -${transport} -l sport = :${port}') echo 'X 0 0 0.0.0.0:${port} 0.0.0.0:* ${users}' ;;`,
    ];
  });
  server.stub('ss', `case "$*" in\n${cases.join('\n')}\nesac`);
}

const run = (validate = sh`true`) =>
  server.run(activate(validate, { tcp: [8883, 18084], udp: [5684] }).run, '/var/log/emqx');
const told = () => server.calls().filter((call) => call.startsWith('systemctl '));
const RESTART = 'systemctl restart emqx.service';

it('starts EMQX anew, and waits until it answers and its ports are open', () => {
  expect(run()).toEqual({ status: 0, stdout: '', stderr: '' });
  // A unit or a drop-in may have been written just now.
  expect(told()).toEqual(['systemctl daemon-reload', 'systemctl reset-failed emqx.service', RESTART]);
  const asked = server.calls().filter((call) => call.startsWith('ss -H'));
  expect(asked).toEqual([
    'ss -H -n -p -t -l sport = :8883',
    'ss -H -n -p -t -l sport = :18084',
    'ss -H -n -p -u -l sport = :5684',
  ]);
});

it('does not touch what runs where EMQX does not accept its files, and passes on what it says', () => {
  const { status, stderr } = run(sh`echo 'unknown key: nonsense'
return 1`);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^broker-setup: EMQX does not accept its configuration\.\nbroker-setup: .*\nunknown key: nonsense\n$/,
  );
  expect(told()).toEqual([]);
});

describe('where systemctl calls the start a failure', () => {
  beforeEach(() => server.stub('systemctl', '[ "$1" != restart ]'));

  it('and nothing of EMQX runs, passes on its last words', () => {
    const log = 'fine\n[error] listen failed: eaddrinuse\n\0\n[alert] no licence\n';
    writeFileSync(join(server.root, 'var/log/emqx/emqx.log.1'), log);
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('broker-setup: EMQX does not start with this configuration.\n');
    expect(stderr).toContain('[error] listen failed: eaddrinuse\n[alert] no licence\n');
    expect(stderr).not.toContain('fine');
    expect(server.calls()).toContain('pgrep -u emqx -x beam.smp');
  });

  it('but EMQX is starting all the same, waits for it', () => {
    server.stub('pgrep', 'echo 53');
    expect(run()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(told()).toContain(RESTART);
  });

  it('and EMQX runs, but never answers, says so', () => {
    server.stub('pgrep', 'echo 53');
    server.stub('su', 'echo "Node is not running!"');
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('broker-setup: EMQX does not come up with this configuration.\n');
  });
});

it('does not believe a unit that is active while the node does not answer', () => {
  server.stub('su', 'echo "Node is not running!"');
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('broker-setup: EMQX does not come up with this configuration.\n');
});

describe('a port', () => {
  it.each<[string, Record<string, string | undefined>, number]>([
    ['that stays closed', { 't:18084': undefined }, 18084],
    ['for UDP that stays closed, whoever has it for TCP', { 'u:5684': undefined, 't:5684': BEAM }, 5684],
    ['that another program has', { 't:18084': 'users:(("nginx",pid=9,fd=3))' }, 18084],
    ['for UDP that another program has', { 'u:5684': 'users:(("coapd",pid=9,fd=3))' }, 5684],
  ])('%s is given up on, and named', (_, other, port) => {
    sockets(other);
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain(`broker-setup: EMQX does not open port ${port}.\n`);
  });

  it('is taken for EMQX’s where the server does not say whose it is', () => {
    sockets({ 't:8883': '', 't:18084': '', 'u:5684': '' });
    expect(run().status).toBe(0);
  });

  it('is waited for', () => {
    const late = `grep -c '^ss -H -n -p -t -l sport = :18084' '${server.root}/calls'`;
    server.stub(
      'ss',
      `[ "$*" != '-H -n -p -t -l sport = :18084' ] || [ "$(${late})" -gt 3 ] || exit 0
echo '${BEAM}'`,
    );
    expect(run().status).toBe(0);
    expect(server.calls().filter((call) => call === 'sleep 1')).toHaveLength(3);
  });
});

it('needs no UDP port where there is none', () => {
  sockets({ 'u:5684': undefined });
  expect(server.run(activate(sh`true`, { tcp: [8883], udp: [] }).run, '/var/log/emqx').status).toBe(0);
});
