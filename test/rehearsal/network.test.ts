import { describe, expect, it } from 'vitest';
import { chooseSlot, networkOf, overlap, rulesAbout } from '../../src/rehearsal/network.js';

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

describe('rules of the firewall', () => {
  const listing = `-P INPUT ACCEPT
-N DOCKER
-A INPUT -s 10.213.1.10/32 -p tcp -m tcp --sport 22 -m comment --comment "bsr-abcde-cut" -j DROP
-A INPUT -i bsr-br1 -m comment --comment bsr-1 -j ACCEPT
-A INPUT -i bsr-br1 -m comment --comment bsr-1 -j ACCEPT
-A INPUT -i bsr-br12 -m comment --comment bsr-12 -j ACCEPT
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A OUTPUT -d 198.51.100.1/32 -m comment --comment "case 66" -j DNAT --to-destination 10.213.1.10
-A POSTROUTING -s 10.213.12.0/24 ! -d 10.213.12.0/24 -m comment --comment bsr-12 -j MASQUERADE
-A POSTROUTING -s 10.213.0.0/16 -j ACCEPT
`;

  it('are taken away with the network they are about, whoever added them and however often', () => {
    const about = rulesAbout(networkOf(1), listing);
    expect(about.map((rule) => rule.join(' '))).toEqual([
      'INPUT -s 10.213.1.10/32 -p tcp -m tcp --sport 22 -m comment --comment bsr-abcde-cut -j DROP',
      'INPUT -i bsr-br1 -m comment --comment bsr-1 -j ACCEPT',
      'INPUT -i bsr-br1 -m comment --comment bsr-1 -j ACCEPT',
      'OUTPUT -d 198.51.100.1/32 -m comment --comment case 66 -j DNAT --to-destination 10.213.1.10',
    ]);
    expect(about[3]).toContain('case 66');
  });

  it('of others stay', () => {
    expect(rulesAbout(networkOf(12), listing)).toHaveLength(2);
    expect(rulesAbout(networkOf(2), listing)).toEqual([]);
    const six = '-A INPUT -s fd62:7372:0:1::10/128 -j DROP\n-A INPUT -s fd62:7372:0:12::10/128 -j DROP\n';
    expect(rulesAbout(networkOf(1), six)).toHaveLength(1);
  });
});
