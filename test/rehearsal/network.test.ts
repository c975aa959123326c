import { describe, expect, it } from 'vitest';
import { chooseSlot, networkOf, overlap } from '../../src/rehearsal/network.js';

describe('a subnet for each rehearsal', () => {
  it('knows when two networks share an address', () => {
    expect(overlap('10.213.1.0/24', '10.213.0.0/16')).toBe(true);
    expect(overlap('10.213.1.0/24', '10.213.1.77')).toBe(true);
    expect(overlap('10.213.1.0/24', '10.213.2.0/24')).toBe(false);
    expect(overlap('192.168.0.0/16', '10.0.0.0/8')).toBe(false);
    expect(overlap('10.0.0.0/8', '0.0.0.0/0')).toBe(true);
  });

  it('takes the first that no rehearsal has and that nothing here routes to', () => {
    expect(chooseSlot([], [])).toBe(1);
    expect(chooseSlot(['10.213.2.0/24', '0.0.0.0/0', 'default', '::1'], [1])).toBe(3);
  });

  it('says so when there is none', () => {
    expect(() => chooseSlot(['10.0.0.0/8'], [])).toThrow(/No private subnet/);
  });

  it('keeps interface names below 16 characters and every slot apart', () => {
    const networks = Array.from({ length: 254 }, (_, index) => networkOf(index + 1));
    for (const { bridge, veth } of networks) expect(Math.max(bridge.length, veth.length)).toBeLessThan(16);
    for (const key of ['namespace', 'bridge', 'veth', 'server', 'server6', 'mac'] as const) {
      expect(new Set(networks.map((network) => network[key])).size).toBe(254);
    }
    expect(networkOf(200)).toMatchObject({ server: '10.213.200.10', server6: 'fd62:7372:0:c8::10' });
  });
});
