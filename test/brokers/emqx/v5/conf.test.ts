import { describe, expect, it } from 'vitest';
import { FILES } from '../../../../src/brokers/emqx/v5/settings.js';
import { begun, complete, contextFor, ids, installed, type Node, withFile, written } from '../node.js';
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
    'node {\n  cookie = "EMQXSECRETCOOKIE"\n}',
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
