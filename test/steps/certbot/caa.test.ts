import { describe, expect, it } from 'vitest';
import type { Allowed } from '../../../src/host/network/dns.js';
import { caaFindings, namesAccounts } from '../../../src/steps/certbot/caa.js';
import { contextWith } from '../../recorded.js';

const found = (
  caa: Allowed,
  level: 'stop' | 'warn' = 'stop',
  directory?: string,
  accounts: string[] | undefined = [],
) =>
  caaFindings(
    contextWith({ laptop: { caa }, certificate: directory === undefined ? {} : { directory } }),
    level,
    accounts,
  );

const ACCOUNT = 'https://acme-v02.api.letsencrypt.org/acme/acct/1234567';

describe('the CAA record', () => {
  it.each<[string, Allowed]>([
    ['there is none', { issuers: [] }],
    ["it names Let's Encrypt", { issuers: ['letsencrypt.org'] }],
    ["it names Let's Encrypt among others", { issuers: ['ca.example.net', 'letsencrypt.org'] }],
    ["it allows Let's Encrypt although another line allows nobody", { issuers: [';', 'letsencrypt.org'] }],
    ['there are spaces, capitals and other parameters', { issuers: ['  LetsEncrypt.org ; a=b '] }],
    ['it asks for our method', { issuers: ['letsencrypt.org; validationmethods=http-01'] }],
    ['it asks for one of several methods', { issuers: ['letsencrypt.org;validationmethods=dns-01,http-01'] }],
    [
      'only one of its lines asks for another method',
      { issuers: ['letsencrypt.org; validationmethods=dns-01', 'letsencrypt.org'] },
    ],
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

  it.each([
    'letsencrypt.org; validationmethods=dns-01',
    'letsencrypt.org ;ValidationMethods = dns-01 ',
    `letsencrypt.org; accounturi=${ACCOUNT}; validationmethods=dns-01`,
  ])('case 290: %j asks for another way to prove the domain', (issuer) => {
    expect(found({ issuers: [issuer] }, 'stop', undefined, [ACCOUNT])).toEqual([
      expect.objectContaining({
        summary: expect.stringContaining('only where the domain is proved by dns-01'),
        hint: expect.stringContaining('validationmethods=http-01'),
      }),
    ]);
  });

  it('case 290: allows one account, and the server has another one or none', () => {
    const caa = { issuers: [`letsencrypt.org; accounturi=${ACCOUNT}`, 'ca.example.net'] };
    expect(found(caa, 'stop', undefined, [ACCOUNT])).toEqual([]);
    expect(found(caa, 'stop', undefined, [`${ACCOUNT}8`])).toMatchObject([
      { summary: expect.stringMatching(/only to \S+\/1234567; .* has the account \S+\/12345678$/) },
    ]);
    expect(found(caa)).toMatchObject([{ hint: expect.stringContaining('Take accounturi out') }]);
    expect(namesAccounts(caa)).toBe(true);
  });

  it('case 290: says nothing of accounts where nobody has looked at the server', () => {
    const issuers = [`letsencrypt.org; accounturi=${ACCOUNT}`];
    const context = contextWith({ laptop: { caa: { issuers } } });
    expect(caaFindings(context, 'warn', undefined)).toEqual([]);
  });

  it('is only worth a warning while the certificate is good', () => {
    expect(found({ issuers: [''] }, 'warn')).toMatchObject([{ level: 'warn' }]);
  });

  it('is not judged for an authority whose name is not known', () => {
    expect(found({ issuers: ['ca.example.net'] }, 'stop', 'https://ca.example.net/dir')).toEqual([]);
  });
});
