import { describe, expect, it } from 'vitest';
import { read } from '../../../../src/brokers/emqx/v4/key-value.js';
import { FILES } from '../../../../src/brokers/emqx/v4/settings.js';
import { complete, contextFor, ids, installed, type Node, text, withFile, written } from '../node.js';
import { shipped } from '../shipped.js';
import { owned } from '../spoil.js';

const VERSION = '4.4.19';
const context = contextFor(VERSION);
const done = complete(installed(shipped(VERSION)), context);

describe('what is chosen otherwise', () => {
  const node = (version: string, other: Parameters<typeof contextFor>[1]) => {
    const chosen = contextFor(version, other);
    return { chosen, node: complete(installed(shipped(version)), chosen) };
  };
  const told = ({ files }: Node, path: string) => read(files.get(path)?.content ?? '');

  it.each([
    { exposure: 'guide' as const },
    { dashboard: 'tunnel' as const },
    { protocols: ['mqtt' as const, 'coap' as const, 'lwm2m' as const] },
  ])('%j is found missing, and is in place after the change', (other) => {
    const { chosen, node: after } = node(VERSION, other);
    expect(ids(after, chosen)).toEqual([]);
    const name = { exposure: ['plain'], dashboard: ['dashboard'], protocols: ['coap', 'lwm2m'] };
    expect(ids({ ...done, listening: after.listening }, chosen)).toEqual([
      ...name[Object.keys(other)[0] as keyof typeof name],
      'config',
    ]);
  });

  it('the plain ports of the guide', () => {
    const { node: after } = node(VERSION, { exposure: 'guide' });
    const conf = told(after, FILES.conf);
    expect([conf.get('listener.tcp.external'), conf.get('listener.ws.external')]).toEqual([
      '0.0.0.0:1883',
      '8083',
    ]);
  });

  it.each([
    [VERSION, '127.0.0.1:18084', []],
    ['4.3.22', '127.0.0.1:18084', []],
    ['4.3.5', '18084', ['by-firewall']],
  ])('a dashboard for the tunnel alone, as far as %s can', (version, bind, warned) => {
    const { chosen, node: after } = node(version, { dashboard: 'tunnel' });
    expect(told(after, FILES.dashboard).get('dashboard.listener.https')).toBe(bind);
    expect(ids(after, chosen)).toEqual(warned);
  });

  it('CoAP and LwM2M only encrypted, on ports of their own', () => {
    const { node: after } = node(VERSION, { protocols: ['mqtt', 'coap', 'lwm2m'] });
    const [coap, lwm2m] = [told(after, FILES.coap), told(after, FILES.lwm2m)];
    expect([coap.get('coap.bind.dtls.1'), lwm2m.get('lwm2m.bind.dtls.1')]).toEqual([
      '0.0.0.0:5684',
      '0.0.0.0:5784',
    ]);
    expect([coap.has('coap.bind.udp.1'), lwm2m.has('lwm2m.bind.udp.1')]).toEqual([false, false]);
    expect(coap.get('coap.dtls.keyfile')).toBe('/etc/emqx/certs/broker-setup/privkey.pem');
  });

  it('a cookie of the owner stays', () => {
    const files = shipped(VERSION);
    files.set(FILES.conf, (files.get(FILES.conf) ?? '').replace('emqxsecretcookie', 'mine'));
    const after = complete(installed(files), context);
    expect(told(after, FILES.conf).get('node.cookie')).toBe('mine');
    expect(ids(installed(files), context)).not.toContain('cookie');
  });

  it('a node that others are to find keeps its inner ports open', () => {
    const files = shipped(VERSION);
    files.set(FILES.conf, (files.get(FILES.conf) ?? '').replace('emqx@127.0.0.1', 'emqx@10.0.0.7'));
    expect(told(complete(installed(files), context), FILES.conf).get('node.dist_use_interface')).toBe(
      '0.0.0.0',
    );
  });
});

describe('secrets', () => {
  it.each([
    ['the cookie of this set-up', installed(shipped(VERSION))],
    [
      'a cookie of the owner',
      withFile(owned(FILES.conf, { mode: '0644' })(done), FILES.conf, (text) =>
        text.replace('a cookie', 'mine-own'),
      ),
    ],
    [
      'one of two cookies',
      withFile(done, FILES.conf, (text) =>
        `node.cookie = mine-own\n${text}`
          .replace('= disc', '= ram')
          .replace('acl_nomatch = deny', 'acl_nomatch = allow'),
      ),
    ],
  ])('%s is in no preview', (_, node) => {
    const files = written(node, context);
    expect(files.some((file) => file.path === FILES.conf && /a cookie|mine-own/.test(text(file)))).toBe(true);
    expect(JSON.stringify(files)).not.toMatch(/a cookie|mine-own|emqxsecretcookie/);
    expect(JSON.stringify(files)).toContain('node.cookie = <secret>');
    expect(files.find(({ path }) => path === FILES.conf)).toMatchObject({ mode: '0640', owner: 'emqx:emqx' });
  });

  it('no password is in any file', () => {
    const all = [...complete(installed(shipped(VERSION)), context).files.values()].map(
      ({ content }) => content,
    );
    expect(all.join()).not.toMatch(/open dashboard|open sesame/);
  });
});

describe('before the package is there', () => {
  it('the plan names what will hold', () => {
    const { findings: found } = context.broker.conf.see({ code: 0, stdout: '' }, context);
    expect(found.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'conf-edits.encrypted',
        'conf-edits.rules',
        'conf-edits.config',
        'conf-edits.device',
      ]),
    );
    expect(found.find(({ id }) => id === 'conf-edits.config')?.change).toBeUndefined();
  });
});

it.each([
  ['public', ['dashboard.login', 'dashboard.shipped-password']],
  ['tunnel', []],
] as const)('is proved from outside where the dashboard is %s', (dashboard, expected) => {
  const chosen = contextFor(VERSION, { dashboard });
  expect(chosen.broker.conf.proofs(chosen).map(({ id }) => id)).toEqual(expected);
});
