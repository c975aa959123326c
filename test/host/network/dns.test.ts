import { describe, expect, it } from 'vitest';
import { allowedIssuers, pointsAt } from '../../../src/host/network/dns.js';
import { type DnsRecord, startDns, type Zone } from '../dns-server.js';

const NAME = 'mqtt.example.org';
const issue = (value: string, tag = 'issue'): DnsRecord => ({ type: 'CAA', tag, value });
const allowed = async (zone: Zone) => allowedIssuers(NAME, (await startDns(zone)).server);

describe('who may issue certificates', () => {
  it.each<[string, Zone, string[]]>([
    ['nobody says: no name has such a record', { [NAME]: [], 'example.org': [] }, []],
    ['nobody says: the names do not exist', {}, []],
    ['the name itself says', { [NAME]: [issue('letsencrypt.org')] }, ['letsencrypt.org']],
    ['a name above it says', { [NAME]: [], 'example.org': [issue('ca.example.net')] }, ['ca.example.net']],
    [
      'the nearest name says, and those above it do not count',
      { [NAME]: [issue('letsencrypt.org')], 'example.org': [issue('ca.example.net')] },
      ['letsencrypt.org'],
    ],
    [
      'several',
      { [NAME]: [issue('letsencrypt.org'), issue('ca.example.net')] },
      ['letsencrypt.org', 'ca.example.net'],
    ],
    ['nobody at all', { [NAME]: [issue(';')] }, [';']],
    [
      'one of them, in a certain way',
      { [NAME]: [issue('letsencrypt.org; validationmethods=dns-01')] },
      ['letsencrypt.org; validationmethods=dns-01'],
    ],
    // Without "issue" a certificate of this one name is not restricted (RFC 8659 section 4.2).
    [
      'only about wildcards and about complaints',
      { [NAME]: [issue('ca.example.net', 'issuewild'), issue('mailto:a@example.org', 'iodef')] },
      [],
    ],
    // Tags are matched without regard to case (RFC 8659 section 4.1).
    ['in capitals', { [NAME]: [issue('ca.example.net', 'ISSUE')] }, ['ca.example.net']],
    [
      'the name itself, while the server of a name above it is broken',
      { [NAME]: [issue('letsencrypt.org')], 'example.org': 'SERVFAIL' },
      ['letsencrypt.org'],
    ],
  ])('%s', async (_, zone, issuers) => {
    expect(await allowed(zone)).toEqual({ issuers });
  });

  it('is not known where the server of the name is broken', async () => {
    expect(await allowed({ [NAME]: 'SERVFAIL' })).toEqual({ error: expect.stringMatching(/SERVFAIL/) });
  });

  it('is not known where the server of a name above it is broken', async () => {
    expect(await allowed({ [NAME]: [], 'example.org': 'SERVFAIL' })).toHaveProperty('error');
  });

  it('is not known where nobody can be asked', async () => {
    expect(await allowedIssuers(NAME, 'no address')).toHaveProperty('error');
  });

  it('is asked of the name and of those above it', async () => {
    const { server, asked } = await startDns({});
    await allowedIssuers('a.b.example.org', server);
    expect(new Set(asked)).toEqual(new Set(['a.b.example.org', 'b.example.org', 'example.org']));
  });
});

describe('where a domain points', () => {
  it('is what DNS says, and nothing is no error', async () => {
    const { server } = await startDns({ [NAME]: [{ type: 'A', address: '203.0.113.7' }] });
    expect(await pointsAt(NAME, server)).toEqual({ a: ['203.0.113.7'], aaaa: [] });
    expect(await pointsAt('other.example.org', server)).toEqual({ a: [], aaaa: [] });
  });

  it('is not known where DNS is broken', async () => {
    const { server } = await startDns({ [NAME]: 'SERVFAIL' });
    expect(await pointsAt(NAME, server)).toHaveProperty('error');
  });
});
