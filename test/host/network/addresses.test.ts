import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, foundAt, isPrivate, reachableAt } from '../../../src/host/network/addresses.js';

const [V4, V6] = ['203.0.113.7', '2001:db8::7'];

describe('the addresses under which a server is found', () => {
  it.each<[string, string, Parameters<typeof foundAt>[1], string[]]>([
    ['the one that was reached, and the other family as DNS says', V4, { a: [V4], aaaa: [V6] }, [V4, V6]],
    ['the one that was reached first, whatever DNS says first', V6, { a: [V4], aaaa: [V6] }, [V6, V4]],
    ['one of each family', V4, { a: [V4, '203.0.113.8'], aaaa: [V6, '2001:db8::8'] }, [V4, V6]],
    ['the one that was reached where DNS says another', '10.0.0.5', { a: [V4], aaaa: [] }, ['10.0.0.5']],
    ['the one that was reached where DNS could not be asked', V4, { error: 'no answer' }, [V4]],
    ['what DNS says of a name', 'mqtt.example.org', { a: [V4], aaaa: [V6] }, [V4, V6]],
    ['the name itself where DNS says nothing', 'mqtt.example.org', { a: [], aaaa: [] }, ['mqtt.example.org']],
    ['spelled in one way', '2001:0DB8:0:0::0007', { a: [], aaaa: [V6] }, [V6]],
    ['IPv4 where it was reached through IPv6', `::ffff:${V4}`, { a: [V4], aaaa: [] }, [V4]],
  ])('are %s', (_, reached, dns, expected) => {
    expect(foundAt(reached, dns)).toEqual(expected);
  });
});

describe('the addresses under which a server can be reached', () => {
  it.each<[string, string[], string[], string[]]>([
    ['those that are found, and one that DNS does not name', [V4], [V4, V6], [V4, V6]],
    ['those that are found, where it has none of its own', [V4], [], [V4]],
    ['not those of a network behind it', [V4], [V4, 'fd00::7', '10.0.0.5'], [V4]],
    ['not a second one of the same family', [V4], ['203.0.113.8'], [V4]],
    ['a public one where it was reached by a private one', ['10.0.0.5'], ['10.0.0.5', V6], ['10.0.0.5', V6]],
    ['not what is no address', [V4], ['garbage', ''], [V4]],
    ['an address of its own in place of a name', ['mqtt.example.org'], [V4, V6], [V4, V6]],
  ])('are %s', (_, found, own, expected) => {
    expect(reachableAt(found, own)).toEqual(expected);
  });

  it('are at most one of each family, whatever the server says', () => {
    const any = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string());
    fc.assert(
      fc.property(fc.array(any), (own) => {
        const families = reachableAt([V4], own).map((address) => isIP(address));
        expect(families[0]).toBe(4);
        expect([[4], [4, 6]]).toContainEqual(families);
      }),
    );
  });
});

describe('an address', () => {
  it.each([
    ['10.1.2.3', true],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['192.168.1.1', true],
    ['100.64.0.1', true],
    ['169.254.1.1', true],
    ['127.0.0.1', true],
    ['fd62:7372::1', true],
    ['fe80::1', true],
    ['::ffff:10.0.0.1', true],
    [V4, false],
    [V6, false],
  ])('%s is private: %s', (address, expected) => {
    expect(isPrivate(address)).toBe(expected);
  });

  it('has one spelling', () => {
    expect(canonical('2001:0DB8:0:0::0007')).toBe(V6);
    expect(canonical('fe80::1%eth0')).toBe('fe80::1');
    expect(canonical(`::FFFF:${V4}`)).toBe(V4);
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(canonical(canonical(address))).toBe(canonical(address));
      }),
    );
  });
});
