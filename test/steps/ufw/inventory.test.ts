import { describe, expect, it } from 'vitest';
import { portMap } from '../../../src/doctor/port-map.js';
import type { Firewall, Listening } from '../../../src/engine/inventory.js';
import { ufw } from '../../../src/steps/ufw.js';
import { contextFor, fixture } from '../../context.js';
import { probed, withOwn } from '../../facts.js';

const done = fixture('ufw', 'bookworm-done');
const firewall = (stdout: string): Firewall | undefined =>
  ufw.see(probed(stdout), contextFor()).inventory.firewall;
const OPEN = ['22/tcp', '80/tcp', '8883/tcp', '8084/tcp'];
/** A rule as ufw writes it behind `### tuple ###` (backend_iptables.py, _write_rules). */
const withRule = (rule: string) =>
  firewall(withOwn(done, `rule4 ${rule}`))?.open.filter((port) => !OPEN.includes(port));

describe('what the firewall does', () => {
  it('is read from a real server', () => {
    expect(firewall(done)).toEqual({ on: true, open: OPEN, published: [], others: [], rejectsBefore: false });
  });

  it('knows whether it counts connections to SSH', () => {
    const limited = (stdout: string) => ufw.see(probed(stdout), contextFor()).inventory.sshLimited;
    const limit = fixture('ufw', 'bookworm-limit');
    expect(limited(limit)).toBe(true);
    expect(limited(done)).toBe(false);
    expect(limited(limit.replace('enabled=yes', 'enabled=no'))).toBe(false);
    expect(limited(withOwn(done, 'rule4 limit tcp 9000 0.0.0.0/0 any 0.0.0.0/0 in'))).toBe(false);
    // sudo ufw limit OpenSSH
    expect(limited(withOwn(done, 'rule4 limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 OpenSSH - in'))).toBe(true);
  });

  it.each([
    ['enabled=yes', 'enabled=no'],
    ['input=DROP', 'input=ACCEPT'],
    ['live4=-P INPUT DROP', 'live4=-P INPUT ACCEPT'],
  ])('is nothing after %s has become %s', (from, to) => {
    expect(firewall(done.replace(from, to))?.on).toBe(false);
  });

  it.each<[string, string, string[]]>([
    ['a port', 'allow tcp 9000 0.0.0.0/0 any 0.0.0.0/0 in', ['9000/tcp']],
    ['a port of both transports', 'allow any 53 0.0.0.0/0 any 0.0.0.0/0 in', ['53/tcp', '53/udp']],
    ['a port, but not too often', 'limit tcp 9000 0.0.0.0/0 any 0.0.0.0/0 in', ['9000/tcp']],
    ['nothing to the world', 'allow tcp 9000 0.0.0.0/0 any 198.51.100.0/24 in', []],
    ['nothing that is denied', 'deny tcp 9000 0.0.0.0/0 any 0.0.0.0/0 in', []],
    ['nothing that goes out', 'allow tcp 9000 0.0.0.0/0 any 0.0.0.0/0 out', []],
  ])('is to open %s', (_, rule, open) => {
    expect(withRule(rule)).toEqual(open);
  });

  it.each<[string, string]>([
    ['several ports', 'allow tcp 443,9001 0.0.0.0/0 any 0.0.0.0/0 in'],
    ['a range of ports', 'allow tcp 9000:9002 0.0.0.0/0 any 0.0.0.0/0 in'],
    // sudo ufw allow 'Nginx Full'
    ['the ports of an application', 'allow tcp 443,9001 0.0.0.0/0 any 0.0.0.0/0 Nginx%20Full - in'],
  ])('opens each of %s', (_, rule) => {
    const listeners = [9001, 9999].map(
      (port): Listening => ({ port, transport: 'tcp', program: 'nginx', world: true }),
    );
    const inventory = { listeners, firewall: firewall(withOwn(done, `rule4 ${rule}`)) as Firewall };
    const at = (port: number) =>
      portMap(contextFor(), inventory, []).find((entry) => entry.port === port)?.firewall;
    expect([at(9001), at(9999)]).toEqual(['open', 'closed']);
  });
});
