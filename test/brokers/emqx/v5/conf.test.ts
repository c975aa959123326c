import { describe, expect, it } from 'vitest';
import { login } from '../../../../src/brokers/emqx/v5/conf.js';
import { FILES } from '../../../../src/brokers/emqx/v5/settings.js';
import { brokerFor } from '../../../../src/brokers/index.js';
import type { Settings } from '../../../../src/settings/schema.js';
import {
  begun,
  complete,
  contextFor,
  findings,
  ids,
  installed,
  type Node,
  withFile,
  written,
} from '../node.js';
import { shipped } from '../shipped.js';
import { owned, said } from '../spoil.js';
import { ACCOUNTS, CERTIFICATE, effective } from './effective.js';
import { leaves } from './hocon.js';

const VERSION = '5.8.9';
const COOKIE = 'node.cookie = "a cookie"\n';
const context = contextFor(VERSION);
const done = complete(installed(shipped(VERSION)), context);

describe('what is chosen otherwise', () => {
  it.each([
    [
      { exposure: 'guide' as const },
      'plain',
      {
        listeners: { tcp: { default: { bind: '0.0.0.0:1883' } }, ws: { default: { bind: '0.0.0.0:8083' } } },
      },
    ],
    [
      { dashboard: 'tunnel' as const },
      'dashboard',
      { dashboard: { listeners: { https: { bind: '127.0.0.1:18084' } } } },
    ],
    [
      { protocols: ['mqtt' as const, 'coap' as const] },
      'coap',
      {
        gateway: {
          coap: {
            connection_required: true,
            authentication: ACCOUNTS,
            listeners: {
              dtls: {
                default: { bind: '0.0.0.0:5684', dtls_options: { ...CERTIFICATE, versions: ['dtlsv1.2'] } },
              },
            },
          },
        },
      },
    ],
    [
      { protocols: ['mqtt' as const, 'lwm2m' as const] },
      'lwm2m',
      {
        gateway: {
          lwm2m: {
            authentication: ACCOUNTS,
            translators: { command: { topic: 'dn/#' }, register: { topic: 'up/register' } },
            listeners: { dtls: { default: { bind: '0.0.0.0:5784', dtls_options: CERTIFICATE } } },
          },
        },
      },
    ],
  ])('%j', (other, name, expected) => {
    const chosen = contextFor(VERSION, other);
    const after = complete(done, chosen);
    expect(ids({ ...done, listening: after.listening }, chosen)).toEqual([name, 'config']);
    expect(effective(after)).toMatchObject(expected);
    expect(ids(after, chosen)).toEqual([]);
    // And back again.
    expect(complete(after, context).files).toEqual(done.files);
  });

  it('CoAP for a device that has its account for MQTT only', () => {
    const chosen = contextFor(VERSION, { protocols: ['mqtt', 'coap'] });
    const node = { ...complete(done, chosen), accounts: 'own,true,false,false' };
    expect(ids(node, chosen)).toEqual(['gateway-account']);
  });
});

describe('what a version cannot', () => {
  const warned = (version: string, other: Partial<Settings>) => {
    const chosen = contextFor(version, other);
    const all = findings(complete(installed(shipped(version)), chosen), chosen);
    for (const { level, summary } of all) {
      expect(level).toBe('warn');
      expect(summary).toContain(`EMQX ${version} `);
    }
    return all.map(({ id }) => id.replace('conf-edits.', ''));
  };

  it.each([
    ['5.0.26', ['metrics-open']],
    ['5.3.2', ['metrics-open']],
    ['5.4.0', []],
    ['6.3.1', []],
  ])('%s: metrics without a login, where the dashboard is for everybody: %j', (version, expected) => {
    expect(warned(version, {})).toEqual(expected);
    expect(warned(version, { dashboard: 'tunnel' })).toEqual([]);
  });

  it.each([
    ['5.4.0', ['gateway-accounts']],
    ['5.8.7', ['gateway-accounts']],
    ['5.8.8', []],
    ['5.9.0', ['gateway-accounts']],
    ['5.10.3', ['gateway-accounts']],
    ['5.10.4', []],
    ['6.0.0', []],
  ])('%s: accounts for CoAP and LwM2M that outlive a start: %j', (version, expected) => {
    expect(warned(version, { protocols: ['mqtt', 'coap'] })).toEqual(expected);
    expect(warned(version, { protocols: ['coap'] })).toEqual(expected);
    expect(warned(version, { protocols: ['mqtt', 'lwm2m'] })).toEqual(expected);
    expect(warned(version, {})).toEqual([]);
  });
});

it('what an older version needed for its start is emptied by an upgrade, and then left alone', () => {
  const chosen = contextFor('6.1.0');
  const files = shipped('6.1.0');
  files.set(FILES.unit, done.files.get(FILES.unit)?.content ?? '');
  const after = complete(installed(files), chosen);
  expect(done.files.get(FILES.unit)?.content).toContain('kick_session');
  expect(after.files.get(FILES.unit)).toMatchObject({ owner: 'root:root' });
  expect(after.files.get(FILES.unit)?.content).not.toContain('[Service]');
  expect(ids(after, chosen)).toEqual([]);
});

describe('its dashboard', () => {
  it.each([
    ['5.8.9', undefined],
    ['5.9.0', 'dashboardPassword'],
    ['6.3.1', 'dashboardPassword'],
  ])(
    '%s, where it locks the account, is tried with a wrong password only in a run that knows the right one',
    (version, needs) => {
      const chosen = contextFor(version);
      expect(
        brokerFor(chosen.settings)
          .conf.proofs(chosen)
          .map((proof) => [proof.id, proof.needs]),
      ).toEqual([
        ['dashboard.login', 'dashboardPassword'],
        ['dashboard.shipped-password', needs],
      ]);
      const tunnel = contextFor(version, { dashboard: 'tunnel' });
      expect(brokerFor(tunnel.settings).conf.proofs(tunnel)).toEqual([]);
    },
  );

  it.each([
    [200, '{"token":"eyJ"}', true],
    [401, '{"code":"BAD_USERNAME_OR_PWD","message":"Auth failed"}', false],
    // Whoever is locked out is refused with any password: that proves nothing.
    [401, '{"code":"LOGIN_LOCKED","message":"Login is locked"}', undefined],
    [503, '', undefined],
  ])('says with HTTP %s %s whether it lets in: %s', (status, body, expected) => {
    expect(login.let(status, body)).toBe(expected);
  });
});

describe('the cookie', () => {
  const withOwn = (lines: string) => {
    const files = shipped(VERSION);
    files.set(FILES.conf, (files.get(FILES.conf) ?? '').replace(/node \{[^}]*\}/, lines));
    return installed(files);
  };
  const cookie = (node: Node) => new Map(leaves(effective(node))).get('node.cookie');

  it.each([
    'node {\n  cookie = "mine"\n}',
    'node.cookie = mine',
    'node { name = "emqx@127.0.0.1", cookie = "mine" }',
    'node { cookie = "emqxsecretcookie" }\nnode.cookie = "mine"',
  ])('of the owner stays: %j', (lines) => {
    expect(ids(withOwn(lines), context)).not.toContain('cookie');
    const after = complete(withOwn(lines), context);
    expect(cookie(after)).toBe('mine');
    expect(after.files.has(FILES.cookie)).toBe(false);
  });

  it.each([
    'node {\n  cookie = "emqx50elixir"\n}',
    '# node.cookie = "mine"',
    'node { cookie = "mine" }\nnode.cookie = "emqxsecretcookie"',
  ])('that everybody knows does not: %j', (lines) => {
    expect(ids(withOwn(lines), context)).toContain('cookie');
    expect(cookie(complete(withOwn(lines), context))).toBe('a cookie');
  });

  it('of this set-up stays from run to run', () => {
    const kept = withFile(done, FILES.cookie, () => 'node.cookie = "of-the-first-run"\n');
    expect(ids(kept, context)).toEqual([]);
    const again = said(FILES.conf, 'telemetry.enable = false', '')(kept);
    expect(begun(again, context).files.get(FILES.cookie)?.content).toBe('node.cookie = "of-the-first-run"\n');
  });

  it.each([
    ['at first', installed(shipped(VERSION))],
    ['where anyone may read it', owned(FILES.cookie, { mode: '0644' })(done)],
    ['where it is the owner’s', withOwn('node.cookie = "a cookie"')],
  ])('is in no preview %s', (_, node) => {
    expect(JSON.stringify(written(node, context))).not.toContain('a cookie');
  });

  it('lies in a file for EMQX alone, in a folder that the package leaves alone', () => {
    expect(done.files.get(FILES.cookie)).toEqual({ content: COOKIE, mode: '0600', owner: 'emqx:emqx' });
    expect(FILES.cookie).toMatch(/^\/etc\/emqx\/[\w-]+\/[\w.-]+$/);
  });
});

it('no password is in any file', () => {
  expect([...done.files.values()].map(({ content }) => content).join()).not.toMatch(
    /open dashboard|open sesame/,
  );
});
