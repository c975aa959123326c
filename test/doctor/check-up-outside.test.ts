import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, it } from 'vitest';
import { checkUpOutside } from '../../src/doctor/check-up-outside.js';
import { ReportSchema } from '../../src/doctor/report.js';
import { SetupError } from '../../src/errors.js';
import { NO_DOMAIN } from '../../src/session/discover.js';
import type { Settings } from '../../src/settings/schema.js';
import { startDns, type Zone } from '../host/dns-server.js';
import { settings } from '../recorded.js';

/** An address of this computer on which nothing listens. */
const NOBODY = '127.213.77.1';
const folder = mkdtempSync(join(tmpdir(), 'outside-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rules = {
  interactive: false,
  hostKey: undefined,
  knownHosts: join(folder, 'none'),
  transport: 'auto' as const,
  askHostKey: undefined,
};

async function look(zone: Zone, more: Partial<Settings> = {}, inside?: SetupError) {
  const { server: resolver } = await startDns(zone);
  const certificate = { ...settings.certificate, resolver };
  const key = { ...settings.key, file: join(folder, 'no-key') };
  const described = { settings: { ...settings, server: NOBODY, key, certificate, ...more }, known: true };
  const report = await checkUpOutside(described, rules, inside);
  const states = Object.fromEntries(report.findings.map(({ id, state }) => [id, state]));
  return { report, states };
}
const here: Zone = { [settings.domain]: [{ type: 'A', address: NOBODY }] };

describe('a look from outside at a server where nothing listens', () => {
  it('finds what does not answer, and says nothing of what it could not see', async () => {
    const { report, states } = await look(here);
    expect(states).toEqual({
      'certbot.dns': 'ok',
      'ports.open': 'problem',
      'ports.closed': 'ok',
      'ports.renewals': 'ok',
      'ports.ipv6': 'ok',
      'tls.8883': 'unknown',
      'tls.8084': 'unknown',
      'mqtt.mqtts-anonymous': 'unknown',
      'mqtt.mqtts-wrong-password': 'unknown',
      'mqtt.wss-anonymous': 'unknown',
      'mqtt.wss-wrong-password': 'unknown',
    });
    expect(report.exitCode).toBe(1);
    expect(v.is(ReportSchema, JSON.parse(JSON.stringify(report)))).toBe(true);
  });

  it('says why it was not looked at from inside, where somebody wanted that', async () => {
    const refused = new SetupError('The server refused the login.', { code: 'x', hint: 'Name a key.' });
    const { report } = await look(here, {}, refused);
    expect(report.findings.find(({ id }) => id === 'doctor.inside')).toMatchObject({
      state: 'unknown',
      detail: 'The server refused the login',
      mend: 'Name a key.',
    });
    expect(report).toMatchObject({ ok: false, exitCode: 3 });
  });

  it('tells that DNS sends devices nowhere, and how to mend it', async () => {
    const { report } = await look({});
    expect(report.findings.find(({ id }) => id === 'certbot.dns')).toMatchObject({
      ...{ state: 'problem', seen: 'outside', detail: 'there is no record' },
      mend: expect.stringContaining('A record of mqtt.rehearsal.test'),
    });
  });

  it('says nothing of IPv6 where the name does not exist, or DNS gave no answer', async () => {
    const nowhere = await look({}, { server: 'nosuch.invalid' });
    expect(nowhere.states).not.toHaveProperty('ports.ipv6');
    expect((await look({ [settings.domain]: 'SERVFAIL' })).states).not.toHaveProperty('ports.ipv6');
    expect((await look({})).states).toHaveProperty('ports.ipv6');
  });

  it('calls nothing wrong with the records where DNS gave no answer', async () => {
    const { states } = await look({ [settings.domain]: 'SERVFAIL' });
    expect(states['certbot.dns']).toBe('unknown');
  });

  it('tells whom a CAA record allows', async () => {
    const { states, report } = await look({
      ...here,
      'rehearsal.test': [{ type: 'CAA', tag: 'issue', value: 'ca.example.net' }],
    });
    expect(states['certbot.caa']).toBe('warning');
    expect(report.findings.find(({ id }) => id === 'certbot.caa')?.seen).toBe('outside');
  });
});

it('a name that leads nowhere was not looked at: nothing holds, and nothing is wrong with ports', async () => {
  const { report, states } = await look({}, { server: 'nowhere.invalid', domain: 'nowhere.invalid' });
  expect(states).toMatchObject({
    'ports.open': 'unknown',
    'ports.closed': 'unknown',
    'ports.renewals': 'unknown',
  });
  // That the name has no record is a problem all the same.
  expect([states['certbot.dns'], report.exitCode]).toEqual(['problem', 1]);
});

it('says nothing of a domain that nobody has named', async () => {
  const { report, states } = await look({}, { domain: NO_DOMAIN });
  expect(Object.keys(states).filter((id) => /^(certbot|tls|mqtt|fingerprint)\./.test(id))).toEqual([]);
  expect(JSON.stringify(report)).not.toContain(NO_DOMAIN);
});
