import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinct, portMap } from '../../src/doctor/port-map.js';
import type { Firewall, Inventory, Listening, PortLook, PortSeen } from '../../src/engine/inventory.js';
import { contextWith } from '../recorded.js';

const look = (port: number, seen: PortSeen, address = '203.0.113.7'): PortLook => ({
  port,
  seen,
  address,
  transport: 'tcp',
});
const hears = (port: number, program: string, more: Partial<Listening> = {}): Listening => ({
  port,
  program,
  ...{ transport: 'tcp', world: true },
  ...more,
});
const firewall: Firewall = {
  on: true,
  open: ['8883/tcp'],
  published: ['8080/tcp'],
  others: [],
  rejectsBefore: false,
};
const at = (port: number, inventory: Inventory, looks: PortLook[] = [], context = contextWith()) =>
  portMap(context, inventory, looks).find((entry) => entry.port === port);

describe('the map of ports', () => {
  it('has the doors of the broker and port 80 where nothing else is known', () => {
    expect(portMap(contextWith(), {}, [])).toEqual([
      { port: 80, transport: 'tcp', title: 'certificate renewals', wanted: true, outside: [] },
      { port: 1883, transport: 'tcp', title: 'MQTT, unencrypted', wanted: false, outside: [] },
      {
        port: 8084,
        transport: 'tcp',
        title: 'MQTT over WebSocket and TLS',
        wanted: true,
        outside: [],
      },
      { port: 8883, transport: 'tcp', title: 'MQTT over TLS', wanted: true, outside: [] },
    ]);
  });

  it('wants the unencrypted port where the settings do', () => {
    const guide = contextWith({ settings: { exposure: 'guide' } });
    expect(at(1883, {}, [], guide)?.wanted).toBe(true);
  });

  it('puts inside beside outside', () => {
    const inventory = { listeners: [hears(1883, 'mosquitto', { world: false })], firewall };
    expect(at(1883, inventory, [look(1883, 'filtered'), look(1883, 'refused', '2001:db8::7')])).toMatchObject(
      {
        program: 'mosquitto',
        local: true,
        firewall: 'closed',
        outside: [
          { address: '203.0.113.7', seen: 'filtered' },
          { address: '2001:db8::7', seen: 'refused' },
        ],
      },
    );
  });

  it('calls SSH by its name on whatever port it listens for the world', () => {
    const listeners = [hears(2222, 'sshd'), hears(6010, 'sshd', { world: false })];
    const inventory = { listeners, sshPorts: [2222] };
    expect(at(2222, inventory)).toMatchObject({ title: 'SSH', wanted: true });
    expect(at(6010, inventory)).toMatchObject({ wanted: false });
    expect(at(6010, inventory)).not.toHaveProperty('title');
  });

  it('says that a program is unknown, which is more than that there is none', () => {
    expect(at(4369, { listeners: [hears(4369, '')] })?.program).toBe('unknown');
    expect(at(80, { listeners: [] })).not.toHaveProperty('program');
  });

  it.each<[string, Firewall, number, string]>([
    ['opens by a rule', firewall, 8883, 'open'],
    ['closes', firewall, 1883, 'closed'],
    ['does not see for a container', firewall, 8080, 'bypassed'],
    ['leaves open when it is off', { ...firewall, on: false }, 1883, 'open'],
  ])('tells what the firewall %s', (_, wall, port, expected) => {
    expect(at(port, { firewall: wall, listeners: [hears(8080, 'docker-proxy')] })?.firewall).toBe(expected);
  });

  it('keeps TCP and UDP of one number apart', () => {
    const listeners = [hears(53, 'dnsmasq'), hears(53, 'systemd-resolve', { transport: 'udp' })];
    const both = portMap(contextWith(), { listeners }, []).filter(({ port }) => port === 53);
    expect(both.map(({ transport, program }) => `${transport} ${program}`)).toEqual([
      'tcp dnsmasq',
      'udp systemd-resolve',
    ]);
  });
});

describe('several looks at one port', () => {
  it.each<[PortSeen[], PortSeen]>([
    [['filtered', 'open'], 'open'],
    [['open', 'refused'], 'open'],
    [['open', 'wrong'], 'wrong'],
    [['unreachable', 'filtered'], 'filtered'],
    [['rejected', 'filtered'], 'rejected'],
  ])('of %j keep %s, in whatever order they came', (seen, expected) => {
    const looks = seen.map((one) => look(80, one));
    expect(distinct(looks)).toEqual([look(80, expected)]);
    expect(distinct(looks.reverse())).toEqual([look(80, expected)]);
  });

  it('stay apart by address and transport', () => {
    const looks = [
      look(80, 'open'),
      look(80, 'filtered', '2001:db8::7'),
      { ...look(80, 'refused'), transport: 'udp' as const },
    ];
    expect(distinct(looks)).toHaveLength(3);
  });

  it('are one for each port, transport and address, whatever was seen', () => {
    const any = fc.record({
      port: fc.integer({ min: 1, max: 3 }),
      transport: fc.constantFrom('tcp' as const, 'udp' as const),
      address: fc.constantFrom('203.0.113.7', '2001:db8::7'),
      seen: fc.constantFrom<PortSeen>('open', 'refused', 'rejected', 'filtered', 'wrong', 'unreachable'),
    });
    const names = (looks: readonly PortLook[]) =>
      looks.map(({ port, transport, address }) => `${port} ${transport} ${address}`).sort();
    fc.assert(
      fc.property(fc.array(any), (looks) => {
        expect(names(distinct(looks))).toEqual([...new Set(names(looks))]);
      }),
    );
  });
});
