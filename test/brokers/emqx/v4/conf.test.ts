import { describe, expect, it } from 'vitest';
import { block } from '../../../../src/brokers/emqx/block.js';
import { EMQX } from '../../../../src/brokers/emqx/facts.js';
import { read } from '../../../../src/brokers/emqx/v4/key-value.js';
import { FILES } from '../../../../src/brokers/emqx/v4/settings.js';
import { brokerFor } from '../../../../src/brokers/index.js';
import type { Settings } from '../../../../src/settings/schema.js';
import { probed, withUnit } from '../../../facts.js';
import {
  begun,
  complete,
  contextFor,
  findings,
  ids,
  installed,
  type Node,
  text,
  withFile,
  written,
} from '../node.js';
import { shipped } from '../shipped.js';
import { owned, said } from '../spoil.js';

const VERSION = '4.4.19';
const context = contextFor(VERSION);
const done = complete(installed(shipped(VERSION)), context);

describe('what is chosen otherwise', () => {
  const node = (version: string, other: Parameters<typeof contextFor>[1]) => {
    const chosen = contextFor(version, other);
    return { chosen, node: complete(installed(shipped(version)), chosen) };
  };
  const told = ({ files }: Node, path: string) => read(files.get(path)?.content ?? '');

  it.each<[Partial<Settings>, string[], string[]]>([
    [{ exposure: 'guide' }, ['plain', 'limits'], []],
    [{ dashboard: 'tunnel' }, ['dashboard'], []],
    [{ protocols: ['mqtt', 'coap'] }, ['coap'], []],
    [{ protocols: ['mqtt', 'coap', 'lwm2m'] }, ['coap', 'lwm2m'], ['lwm2m-accounts']],
  ])('%j is found missing, and is in place after the change', (other, lacking, warned) => {
    const { chosen, node: after } = node(VERSION, other);
    expect(ids(after, chosen)).toEqual(warned);
    expect(ids({ ...done, listening: after.listening }, chosen)).toEqual([...lacking, 'config', ...warned]);
  });

  it('LwM2M devices cannot say who they are: told, as it stops nothing', () => {
    const { chosen, node: after } = node(VERSION, { protocols: ['mqtt', 'lwm2m'] });
    const [finding, ...more] = findings(after, chosen);
    expect([finding?.id, finding?.level, more]).toEqual(['conf-edits.lwm2m-accounts', 'warn', []]);
    expect(finding?.summary).toContain('lets none in');
    expect(finding?.hint).toContain('EMQX 5');
  });

  it('one account is for all protocols', () => {
    const { chosen } = node(VERSION, { protocols: ['mqtt', 'coap'] });
    // The node is not even asked, and nothing is copied.
    expect(brokerFor(chosen.settings).conf.probe(chosen).run).toMatch(/<<"public">>, true, list_to_atom/);
    expect(brokerFor(chosen.settings).conf.probe(chosen).run).not.toMatch(/:global/);
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
    ['4.3.5', '18084', ['by-firewall']],
    ['4.3.19', '18084', ['by-firewall']],
    ['4.3.20', '127.0.0.1:18084', []],
    ['4.3.22', '127.0.0.1:18084', []],
    ['4.4.8', '18084', ['by-firewall']],
    ['4.4.9', '127.0.0.1:18084', []],
    [VERSION, '127.0.0.1:18084', []],
  ])('a dashboard for the tunnel alone, as far as %s can', (version, bind, warned) => {
    const { chosen, node: after } = node(version, { dashboard: 'tunnel' });
    expect(told(after, FILES.dashboard).get('dashboard.listener.https')).toBe(bind);
    expect(ids(after, chosen)).toEqual(warned);
    for (const { level, summary } of findings(after, chosen)) {
      expect(level).toBe('warn');
      expect(summary).toBe(
        `EMQX ${version} cannot keep the dashboard (18084) to the server itself: only the firewall does.`,
      );
    }
    // It is no shortcoming where everybody may reach it.
    const open = node(version, {});
    expect(ids(open.node, open.chosen)).toEqual([]);
  });

  it('CoAP and LwM2M only encrypted, on ports of their own', () => {
    const { node: after } = node(VERSION, { protocols: ['mqtt', 'coap', 'lwm2m'] });
    const [coap, lwm2m] = [told(after, FILES.coap), told(after, FILES.lwm2m)];
    expect([coap.get('coap.bind.dtls.1'), lwm2m.get('lwm2m.bind.dtls.1')]).toEqual([
      '0.0.0.0:5684',
      '0.0.0.0:5784',
    ]);
    expect([coap.has('coap.bind.udp.1'), lwm2m.has('lwm2m.bind.udp.1')]).toEqual([false, false]);
    expect(coap.get('coap.dtls.keyfile')).toBe('/etc/broker-setup/certificate/privkey.pem');
  });

  it('a cookie of the owner stays', () => {
    const files = shipped(VERSION);
    files.set(FILES.conf, (files.get(FILES.conf) ?? '').replace('emqxsecretcookie', 'mine'));
    const after = complete(installed(files), context);
    expect(told(after, FILES.conf).get('node.cookie')).toBe('mine');
    expect(ids(installed(files), context)).not.toContain('cookie');
  });

  it.each([VERSION, '4.3.5'])(
    'a node that others are to find keeps its inner ports open, and says who closes them (%s)',
    (version) => {
      const chosen = contextFor(version);
      const files = shipped(version);
      files.set(FILES.conf, (files.get(FILES.conf) ?? '').replace('emqx@127.0.0.1', 'emqx@10.0.0.7'));
      const after = complete(installed(files), chosen);
      const before = read(files.get(FILES.conf) ?? '');
      for (const key of ['node.dist_use_interface', 'rpc.tcp_server_ip'])
        expect(told(after, FILES.conf).get(key)).toBe(before.get(key));
      expect(after.files.get(EMQX.vm)?.content).toBe(files.get(EMQX.vm));
      const [finding, ...more] = findings(after, chosen);
      expect([finding?.id, finding?.level, more]).toEqual(['conf-edits.by-firewall', 'warn', []]);
      expect(finding?.summary).toContain('the inner ports (4370, 5370) of a node that is not alone');
      const tunnel = contextFor(version, { dashboard: 'tunnel' });
      const both = findings(complete(installed(files), tunnel), tunnel)[0]?.summary;
      expect(both?.includes('the dashboard (18084) and the inner ports')).toBe(version === '4.3.5');
    },
  );

  it('a node that has joined others gets its inner ports back', () => {
    const old = contextFor('4.3.5');
    const alone = complete(installed(shipped('4.3.5')), old);
    const joined = said(FILES.conf, 'emqx@127.0.0.1', 'emqx@10.0.0.7')(alone);
    expect(ids(joined, old)).toEqual(['config', 'by-firewall']);
    expect(block(begun(joined, old).files.get(EMQX.vm)?.content ?? '')).toBeUndefined();
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
    const { findings: found } = brokerFor(context.settings).conf.see(
      probed(withUnit('', EMQX.unit, { LoadState: 'not-found' })),
      context,
    );
    expect(found.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'conf-edits.encrypted',
        'conf-edits.rules',
        'conf-edits.config',
        'conf-edits.device',
      ]),
    );
    // Only once all of this holds is it started with the server.
    expect(found.at(-1)?.id).toBe('conf-edits.service');
    expect(found.find(({ id }) => id === 'conf-edits.config')?.change).toBeUndefined();
  });
});

it.each([
  ['public', ['dashboard.login', 'dashboard.shipped-password']],
  ['tunnel', []],
] as const)('is proved from outside where the dashboard is %s', (dashboard, expected) => {
  const chosen = contextFor(VERSION, { dashboard });
  expect(
    brokerFor(chosen.settings)
      .conf.proofs(chosen)
      .map(({ id }) => id),
  ).toEqual(expected);
});
