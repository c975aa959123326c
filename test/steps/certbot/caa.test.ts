import { describe, expect, it } from 'vitest';
import type { Allowed } from '../../../src/host/dns.js';
import { caaFindings } from '../../../src/steps/certbot/caa.js';
import { contextWith } from '../../recorded.js';

const found = (caa: Allowed, level: 'stop' | 'warn' = 'stop', directory?: string) =>
  caaFindings(
    contextWith({ laptop: { caa }, certificate: directory === undefined ? {} : { directory } }),
    level,
  );

describe('the CAA record', () => {
  it.each<[string, Allowed]>([
    ['there is none', { issuers: [] }],
    ["it names Let's Encrypt", { issuers: ['letsencrypt.org'] }],
    ["it names Let's Encrypt among others", { issuers: ['ca.example.net', 'letsencrypt.org'] }],
    ["it allows Let's Encrypt although another line allows nobody", { issuers: ['', 'letsencrypt.org'] }],
    ['DNS could not be asked', { error: 'no answer' }],
  ])('is no obstacle where %s', (_, caa) => {
    expect(found(caa)).toEqual([]);
  });

  it.each<[string[], string]>([
    [['ca.example.net'], 'ca.example.net'],
    [['ca.example.net', 'other.example.net'], 'ca.example.net, other.example.net'],
    [[''], 'nobody at all'],
    [['', 'ca.example.net'], 'ca.example.net'],
    [['notletsencrypt.org'], 'notletsencrypt.org'],
  ])('with %j is one, and says whom it allows', (issuers, whom) => {
    expect(found({ issuers })).toEqual([
      {
        id: 'certbot.caa',
        level: 'stop',
        summary: `The CAA record of mqtt.rehearsal.test lets ${whom} issue certificates, but not Let's Encrypt`,
        hint: expect.stringContaining('0 issue "letsencrypt.org"'),
      },
    ]);
  });

  it('is only worth a warning while the certificate is good', () => {
    expect(found({ issuers: [''] }, 'warn')).toMatchObject([{ level: 'warn' }]);
  });

  it('is not judged for an authority whose name is not known', () => {
    expect(found({ issuers: ['ca.example.net'] }, 'stop', 'https://ca.example.net/dir')).toEqual([]);
  });
});
