import { describe, expect, it } from 'vitest';
import type { PointsAt } from '../../../src/host/network/dns.js';
import { LETS_ENCRYPT } from '../../../src/settings/schema.js';
import { dnsFindings } from '../../../src/steps/certbot/reachable.js';
import { contextWith } from '../../recorded.js';

type Dns = PointsAt;
const found = (
  dns: Dns,
  server: { addresses?: string[]; reached?: string[] } = {},
  level: 'stop' | 'warn' = 'stop',
  { directory = 'https://ca.lan/dir', ipv6Out = true } = {},
) => dnsFindings(contextWith({ laptop: { dns }, server, certificate: { directory } }), level, { ipv6Out });
const ids = (...args: Parameters<typeof found>) => found(...args).map(({ id, level }) => `${id} ${level}`);

describe('where the domain points', () => {
  it.each<[string, Dns, { addresses?: string[]; reached?: string[] }, string[]]>([
    ['here, in both families', { a: ['203.0.113.7'], aaaa: ['2001:db8::7'] }, {}, []],
    ['here, spelled otherwise', { a: ['203.0.113.7'], aaaa: ['2001:0DB8:0:0::0007'] }, {}, []],
    ['here by IPv4 alone', { a: ['203.0.113.7'], aaaa: [] }, {}, []],
    ['here by IPv6 alone', { a: [], aaaa: ['2001:db8::7'] }, {}, []],
    [
      'case 66: here, by the address that was reached (NAT)',
      { a: ['203.0.113.9'], aaaa: [] },
      { addresses: ['10.0.0.5'], reached: ['203.0.113.9'] },
      [],
    ],
    ['nowhere', { a: [], aaaa: [] }, {}, ['certbot.dns-a stop']],
    ['elsewhere', { a: ['198.51.100.1'], aaaa: [] }, {}, ['certbot.dns-a stop']],
    ['here and elsewhere', { a: ['203.0.113.7', '198.51.100.1'], aaaa: [] }, {}, ['certbot.dns-a stop']],
    [
      'case 48: elsewhere by IPv6',
      { a: ['203.0.113.7'], aaaa: ['2001:db8::bad'] },
      {},
      ['certbot.dns-aaaa stop'],
    ],
    [
      'elsewhere in both',
      { a: ['198.51.100.1'], aaaa: ['2001:db8::bad'] },
      {},
      ['certbot.dns-a stop', 'certbot.dns-aaaa stop'],
    ],
    [
      'case 66: to a public address that the server cannot know',
      { a: ['198.51.100.1'], aaaa: [] },
      { addresses: ['10.0.0.5'], reached: ['192.168.1.5'] },
      ['certbot.dns-a warn'],
    ],
    [
      'to a private address of another machine',
      { a: ['10.0.0.6'], aaaa: [] },
      { addresses: ['10.0.0.5'], reached: ['10.0.0.5'] },
      ['certbot.dns-a stop'],
    ],
    ['nobody knows where', { error: 'no answer from 192.0.2.53' }, {}, ['certbot.dns stop']],
  ])('%s', (_, dns, server, expected) => {
    expect(ids(dns, server)).toEqual(expected);
  });

  it.each<[string, Dns]>([
    ['by IPv4', { a: ['104.21.33.44', '172.67.1.2'], aaaa: [] }],
    ['by IPv6 as well', { a: ['104.21.33.44'], aaaa: ['2606:4700:3030::6815:2b2c'] }],
    ['by IPv6 alone', { a: ['203.0.113.7'], aaaa: ['2606:4700:3030::6815:2b2c'] }],
  ])('case 168: behind Cloudflare %s: named as such, once, with the switch', (_, dns) => {
    const [finding, ...more] = found(dns);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'certbot.dns-a', level: 'stop' });
    expect(finding?.summary).toContain("points to Cloudflare's proxy");
    expect(finding?.hint).toMatch(/"DNS only".*must be 203\.0\.113\.7\./);
  });

  it('case 168: behind Cloudflare it is no translation by a provider', () => {
    const translated = { addresses: ['10.0.0.5'], reached: ['192.168.1.5'] };
    const [finding, ...more] = found({ a: ['104.21.33.44'], aaaa: [] }, translated);
    expect([finding?.level, more]).toEqual(['stop', []]);
    expect(finding?.hint).toContain('The address in it must be the public one of this server.');
  });

  it.each<[string, Dns, string]>([
    ['elsewhere', { a: ['198.51.100.1'], aaaa: [] }, 'alias (CNAME record), delete that first'],
    [
      'here and elsewhere',
      { a: ['203.0.113.7', '198.51.100.1'], aaaa: [] },
      'delete the A record with 198.51.100.1: the authority and the devices take any of them',
    ],
    ['nowhere yet', { a: [], aaaa: [] }, 'may remember for an hour that there was none'],
    [
      'nowhere, as signatures are broken',
      { error: 'x', code: 'ESERVFAIL' },
      'dnsviz.net/d/mqtt.rehearsal.test',
    ],
  ])('case 169: what to do where it points %s', (_, dns, hint) => {
    expect(found(dns)[0]?.hint).toContain(hint);
  });

  it('is only worth a warning while the certificate is good', () => {
    expect(ids({ a: ['198.51.100.1'], aaaa: ['2001:db8::bad'] }, {}, 'warn')).toEqual([
      'certbot.dns-a warn',
      'certbot.dns-aaaa warn',
    ]);
  });
});

describe('case 48: IPv6 that leads nowhere', () => {
  const both = { a: ['203.0.113.7'], aaaa: ['2001:db8::7'] };
  it('is found where the record is right, but the server has no way out over IPv6', () => {
    expect(found(both, {}, 'stop', { ipv6Out: false })).toMatchObject([
      { id: 'certbot.dns-aaaa', level: 'stop', hint: expect.stringContaining('Delete the AAAA record') },
    ]);
    expect(found(both, {}, 'stop', { ipv6Out: true })).toEqual([]);
  });

  it('is no matter where DNS names no IPv6 address, or one of a private network', () => {
    expect(found({ ...both, aaaa: [] }, {}, 'stop', { ipv6Out: false })).toEqual([]);
    const ula = { a: ['203.0.113.7'], aaaa: ['fd00::7'] };
    expect(found(ula, { addresses: ['203.0.113.7', 'fd00::7'] }, 'stop', { ipv6Out: false })).toEqual([]);
  });
});

describe('cases 48, 66: a record with an address that no stranger reaches', () => {
  const directory = LETS_ENCRYPT;
  const inside = { addresses: ['192.168.1.5', 'fd00::7'], reached: ['192.168.1.5'] };
  it('is one that Let’s Encrypt cannot ask, even where it is this server’s own', () => {
    const seen = found({ a: ['192.168.1.5'], aaaa: ['fd00::7'] }, inside, 'stop', { directory });
    expect(seen.map(({ id, level }) => `${id} ${level}`)).toEqual([
      'certbot.dns-a stop',
      'certbot.dns-aaaa stop',
    ]);
    expect(seen[0]?.hint).toContain('the public address of your router or provider');
  });

  it('is named once, without the advice to point to another such address', () => {
    const [one, ...more] = found({ a: ['192.168.1.6'], aaaa: [] }, inside, 'stop', { directory });
    expect(more).toEqual([]);
    expect(one?.summary).toContain("Let's Encrypt asks from the internet");
  });

  it('is none of a private authority in the same network', () => {
    expect(found({ a: ['192.168.1.5'], aaaa: ['fd00::7'] }, inside)).toEqual([]);
  });
});

describe('the hint', () => {
  it('says which record to set to which value', () => {
    expect(found({ a: ['198.51.100.1'], aaaa: [] })[0]).toMatchObject({
      summary: 'mqtt.rehearsal.test points to 198.51.100.1, but this server is 203.0.113.7, 2001:db8::7',
      hint: 'Where mqtt.rehearsal.test is an alias (CNAME record), delete that first. At your domain provider, set the A record of mqtt.rehearsal.test to 203.0.113.7, and wait until it is known.',
    });
  });

  it('says to delete an IPv6 record that cannot be right', () => {
    expect(
      found({ a: ['203.0.113.7'], aaaa: ['2001:db8::bad'] }, { addresses: ['203.0.113.7', 'fd00::7'] })[0]
        ?.hint,
    ).toContain('Delete the AAAA record');
  });
});
