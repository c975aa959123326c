import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseListeners } from '../../../src/engine/facts/listeners.js';
import { listening } from '../../../src/engine/listening.js';
import { closesFindings, forwardFindings, tellForward, toldForward } from '../../../src/steps/ufw/closes.js';

const OFF = { on: false, open: ['9000/tcp'], published: ['8080/tcp'], others: [], rejectsBefore: false };
const WANTED = [{ port: 8883, transport: 'tcp' as const, title: 'MQTT over TLS' }];
const closed = (line: string, firewall = OFF) =>
  closesFindings(listening(parseListeners(`${line}\n`)), firewall, WANTED).map(({ summary }) =>
    summary.replace(/.*: /, ''),
  );

const nginx = 'tcp LISTEN 0 511 0.0.0.0:443 0.0.0.0:* users:(("nginx",pid=1,fd=5))';

describe('what the world reaches before the firewall is on, and not after', () => {
  it.each([
    ['a website', nginx, ['443/tcp (nginx).']],
    ['WireGuard, which the kernel has open', 'udp UNCONN 0 0 0.0.0.0:51820 0.0.0.0:*', ['51820/udp.']],
    ['a door of the broker', 'tcp LISTEN 0 100 *:8883 *:* users:(("mosquitto",pid=1,fd=5))', []],
    ['what a rule opens', 'tcp LISTEN 0 100 *:9000 *:* users:(("x",pid=1,fd=5))', []],
    ['what goes past the firewall', 'tcp LISTEN 0 100 *:8080 *:* users:(("docker-proxy",pid=1,fd=5))', []],
    ['what only the server reaches', 'tcp LISTEN 0 100 127.0.0.1:5432 0.0.0.0:*', []],
    ['DHCP', 'udp UNCONN 0 0 0.0.0.0:68 0.0.0.0:* users:(("dhcpcd",pid=1,fd=5))', []],
    [
      'names in the network',
      'udp UNCONN 0 0 0.0.0.0:5355 0.0.0.0:* users:(("systemd-resolve",pid=1,fd=5))',
      [],
    ],
  ])('case 140: what nobody reaches any more: %s', (_, line, expected) => {
    expect(closed(line)).toEqual(expected);
  });

  it('is nothing new where the firewall is on', () => {
    expect(closed(nginx, { ...OFF, on: true })).toEqual([]);
  });

  it('is nothing new where rules of the provider’s image close the server already', () => {
    expect(closed(nginx, { ...OFF, rejectsBefore: true })).toEqual([]);
    expect(forwardFindings(true, { ...OFF, rejectsBefore: true })).toEqual([]);
    expect(forwardFindings(true, OFF)).toMatchObject([{ id: 'ufw.forward', level: 'warn' }]);
  });
});

/** A setting of the kernel that is 1 unless somebody changed it; that of forwarding is this computer's own. */
const ONE = '/proc/sys/net/ipv4/tcp_window_scaling';

it.runIf(existsSync(ONE) && readFileSync(ONE, 'utf8') === '1\n').each([
  ['DROP', true],
  ['ACCEPT', false],
])('case 140: forwarding is read from the kernel, and counts where ufw’s policy is %s', (policy, counts) => {
  const script = tellForward.run.replaceAll('/proc/sys/net/ipv4/ip_forward', ONE);
  const { stdout } = spawnSync('sh', ['-c', script], {
    env: { DEFAULT_FORWARD_POLICY: policy, rules: '-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT' },
    encoding: 'utf8',
  });
  expect(toldForward(stdout)).toBe(counts);
});
