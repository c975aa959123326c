import { describe, expect, it } from 'vitest';
import { EMQX } from '../../../src/brokers/emqx/facts.js';
import { brokerFor } from '../../../src/brokers/index.js';
import type { Finding } from '../../../src/engine/step.js';
import type { Settings } from '../../../src/settings/schema.js';
import { probed, withUnit } from '../../facts.js';
import { begun, complete, contextFor, findings, ids, installed, type Node, withFile } from './node.js';
import { shipped } from './shipped.js';
import { owned } from './spoil.js';

const VERSIONS = ['4.4.19', '5.8.9'];
const of = (version: string, other: Partial<Settings> = {}) => {
  const context = contextFor(version, other);
  const fresh = installed(shipped(version));
  return { context, fresh, done: complete(fresh, context) };
};
const one = (all: Finding[], id: string): Finding | undefined =>
  all.find((finding) => finding.id === `conf-edits.${id}`);

describe.each(VERSIONS)('where %s does not come up with its files', (version) => {
  const { context, fresh, done } = of(version);
  const spoilt = owned('/etc/emqx/emqx.conf', { owner: 'root:root' });
  const writing = (node: Node) => {
    const change = one(findings(node, context), 'config')?.change;
    if (change?.kind !== 'write') throw new Error('nothing to write');
    return change;
  };

  it.each<[string, Node]>([
    ['was only installed', fresh],
    ['was stopped', { ...spoilt(done), started: undefined, accounts: undefined }],
  ])('one that %s does not run, as it would be open', (_, node) => {
    expect(writing(node).fallback?.run).toBe('systemctl stop emqx.service');
  });

  it('one that ran goes on with the files that it had', () => {
    expect(writing(spoilt(done)).fallback).toBeUndefined();
    expect(writing(spoilt(done)).activate?.run).toContain('systemctl restart emqx.service');
  });
});

describe.each(VERSIONS)('starting %s with the server', (version) => {
  const { context, fresh, done } = of(version);

  it('comes last: until then a restart of the server opens nothing', () => {
    const all = findings(fresh, context).filter(({ level }) => level === 'change');
    expect(all.at(-1)).toMatchObject({ id: 'conf-edits.service', change: { kind: 'run' } });
    const { change } = all.at(-1) ?? {};
    expect(change?.kind === 'run' && change.script.run).toMatch(/^systemctl enable emqx\.service\b/);
    for (const { change: other } of all.slice(0, -1))
      expect(JSON.stringify(other ?? {})).not.toContain('systemctl enable');
  });

  it('is asked for where that is all', () => {
    expect(ids({ ...done, enabled: false }, context)).toEqual(['service']);
    expect(ids(done, context)).toEqual([]);
  });
});

describe('the descriptions of objects that LwM2M needs', () => {
  it.each([
    ['4.4.19', ['lwm2m-accounts']],
    ['6.2.2', []],
  ])('%s: without them nothing is touched', (version, warned) => {
    const { context, fresh, done } = of(version, { protocols: ['mqtt', 'lwm2m'] });
    for (const node of [fresh, done]) {
      const [finding, ...more] = findings({ ...node, lwm2mObjects: false }, context);
      expect([finding?.id, finding?.level, more]).toEqual(['conf-edits.lwm2m-objects', 'stop', []]);
      expect(finding?.summary).toContain('/etc/emqx/lwm2m_xml');
      expect(finding?.hint).toContain('leave lwm2m out of protocols');
    }
    expect(ids(done, context)).toEqual(warned);
  });

  it('are not missed where nobody speaks it', () => {
    for (const protocols of [['mqtt'], ['mqtt', 'coap']] satisfies Settings['protocols'][]) {
      const { context, done } = of('6.2.2', { protocols });
      expect(ids({ ...done, lwm2mObjects: false }, context)).toEqual([]);
    }
  });

  it('are not missed before the package is there', () => {
    const { context } = of('6.2.2', { protocols: ['mqtt', 'lwm2m'] });
    const found = brokerFor(context.settings).conf.see(
      probed(withUnit('', EMQX.unit, { LoadState: 'not-found' })),
      context,
    ).findings;
    expect(found.map(({ level }) => level)).not.toContain('stop');
  });
});

describe.each(VERSIONS)('a node of %s that is right but not up', (version) => {
  const { context, done } = of(version, { protocols: ['mqtt', 'coap'] });
  const restart = (other: Partial<Node>) => {
    const [finding, ...more] = findings({ ...done, ...other }, context);
    expect([finding?.id, more]).toEqual(['conf-edits.restart', []]);
    if (finding?.change?.kind !== 'run') throw new Error('no change');
    return { summary: finding.summary, script: finding.change.script.run };
  };
  const half = new Map([[8883, 'beam.smp']]);

  it.each<[string, Partial<Node>]>([
    ['it does not run', { started: undefined, accounts: undefined }],
    ['its files were changed after it was started', { changed: 2002 }],
    [
      'it still runs the previous version of files that were replaced on disk (/usr/lib/emqx/erts/bin/beam.smp)',
      { services: ['process 7 101 emqx.service', 'replaced 7 /usr/lib/emqx/erts/bin/beam.smp'] },
    ],
    ['nothing listens on 8084, 18084, 1883, which its configuration opens', { listening: half, age: 121 }],
  ])('is started anew: %s', (reason, other) => {
    const { summary, script } = restart(other);
    expect(summary).toBe(`Start EMQX anew: ${reason}`);
    expect(script).toMatch(/^explain\(\)/);
  });

  it.each<[string, Partial<Node>, RegExp]>([
    ['runs', { services: ['process 7 0 emqx.service'] }, /^EMQX serves the world as root: no file/],
    [
      'will run',
      { unit: { User: 'root', DropInPaths: '/etc/systemd/system/emqx.service.d/x.conf' } },
      /^EMQX will run as root.*emqx\.service\.d\/x\.conf says “User=root”/,
    ],
  ])('case 220: that %s as root is for a person to put right', (_, other, summary) => {
    const found = findings({ ...done, ...other }, context);
    expect(found).toMatchObject([
      { id: 'conf-edits.root', level: 'stop', summary: expect.stringMatching(summary) },
    ]);
  });

  it('is waited for where it was started just now, and started anew only where that is in vain', () => {
    const { summary, script } = restart({ listening: half, age: 120 });
    expect(summary).toMatch(/^Wait until EMQX, which was started just now, has opened 8084, 18084, 1883,/);
    expect(script).toMatch(/^\(\n[\s\S]*is started[\s\S]*for port in 8084 18084 1883;[\s\S]*\n\) \|\| \{\n/);
    const [waiting = '', anew] = script.split(') || {\n');
    expect(waiting).not.toContain('systemctl');
    expect(anew).toContain('systemctl restart emqx.service');
  });

  it('opens its ports for UDP as well', () => {
    expect(restart({ changed: 2002 }).script).toContain('for port in 5684; do opens -u "$port"; done');
  });
});

it.each(VERSIONS)('the plan of %s says what accounts may, and what not', (version) => {
  const { context, fresh } = of(version);
  expect(one(findings(fresh, context), 'rules')?.summary).toBe(
    'Let the rules in acl.conf end in a refusal; clients with an account may use all topics, but not read # and $SYS',
  );
  // That is a rule of the package, which stays before the one for accounts.
  const acl = begun(fresh, context).files.get('/etc/emqx/acl.conf')?.content ?? '';
  expect(acl).toMatch(/^\{deny, all, subscribe, \["\$SYS\/#", \{eq, "#"\}[\s\S]*^\{allow, \{user/m);
});

describe('on a server whose ports take IPv4 and IPv6 at once', () => {
  it.each(['4.3.5', '4.4.19'])('%s listens for both', (version) => {
    const { context, fresh } = of(version, { exposure: 'guide', protocols: ['mqtt', 'coap'] });
    const files = begun({ ...fresh, bothFamilies: true }, context).files;
    const conf = files.get('/etc/emqx/emqx.conf')?.content ?? '';
    for (const [kind, port] of Object.entries({ ssl: 8883, wss: 8084, tcp: 1883, ws: 8083 }))
      expect(conf).toMatch(new RegExp(`^listener\\.${kind}\\.external = :::${port}$`, 'm'));
    const dashboard = files.get('/etc/emqx/plugins/emqx_dashboard.conf')?.content;
    expect(dashboard).toMatch(
      /^dashboard\.listener\.https = 18084\ndashboard\.listener\.https\.inet6 = true$|inet6 = true/m,
    );
    expect(files.get('/etc/emqx/plugins/emqx_coap.conf')?.content).toMatch(
      /^coap\.bind\.dtls\.1 = :::5684$/m,
    );
  });

  it.each(['5.0.26', '5.8.9', '6.2.2'])('%s listens for both', (version) => {
    const { context, fresh } = of(version, { exposure: 'guide' });
    const conf = begun({ ...fresh, bothFamilies: true }, context).files.get('/etc/emqx/emqx.conf')?.content;
    for (const port of [8883, 8084, 1883, 8083]) expect(conf).toContain(`bind = "[::]:${port}"`);
    expect(conf).toMatch(/bind = "\[::\]:18084"\n\s*inet6 = true/);
  });

  it.each(['4.4.19', '6.2.2'])('%s: what is for the server itself stays there', (version) => {
    const { context, fresh } = of(version, { dashboard: 'tunnel' });
    const files = begun({ ...fresh, bothFamilies: true }, context).files;
    const all = [...files.values()].map(({ content }) => content).join('\n');
    expect(all).toContain('127.0.0.1:18084');
    expect(all).toContain('127.0.0.1:1883');
    expect(all).not.toMatch(/^[^#\n]*inet6 = true/m);
  });

  it.each(['4.4.19', '6.2.2'])('%s: rules for IPv4 addresses do not fit, which is said', (version) => {
    const { context, fresh } = of(version);
    const after = complete({ ...fresh, bothFamilies: true }, context);
    expect(ids(after, context)).toEqual([]);
    const rule = '{deny, {ipaddr, "192.0.2.1"}, all, ["#"]}.\n';
    const ruled = withFile(after, '/etc/emqx/acl.conf', (content) => `${rule}${content}`);
    expect(ids(ruled, context)).toEqual(['address-rules']);
    expect(ids({ ...ruled, bothFamilies: false }, context)).not.toContain('address-rules');
  });
});
