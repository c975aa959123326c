import { describe, expect, it } from 'vitest';
import { block } from '../../../../src/brokers/emqx/block.js';
import { FILES } from '../../../../src/brokers/emqx/v5/settings.js';
import { begun, complete, contextFor, findings, ids, installed } from '../node.js';
import { shipped } from '../shipped.js';
import { said } from '../spoil.js';
import { effective } from './effective.js';
import { leaves } from './hocon.js';

const VERSION = '5.8.9';
const context = contextFor(VERSION);
const done = complete(installed(shipped(VERSION)), context);

describe('a node that others are to find', () => {
  const named = (lines: string, version = VERSION) => {
    const files = shipped(version);
    files.set(FILES.conf, `${(files.get(FILES.conf) ?? '').replace(/node \{[^}]*\}/, '')}${lines}\n`);
    return installed(files);
  };

  it.each([
    ['node.name = "emqx@127.0.0.1"', true],
    ['node { name = "emqx@127.0.0.1", cookie = "mine" }', true],
    ['node { name: emqx@127.0.0.1 }', true],
    ['node {}', true],
    ['# node.name = "emqx@10.0.0.7"', true],
    ['node.name = "emqx@10.0.0.7"\nnode.name = "emqx@127.0.0.1"', true],
    ['node {\n  name = "emqx@10.0.0.7"\n}', false],
    ['node { cookie = "mine", name = "emqx@broker.example.org" }', false],
    ['node.name = emqx@10.0.0.7', false],
    ['node.name = "emqx@127.0.0.1"\nnode.name = "emqx@10.0.0.7"', false],
    ['node.name = "my-emqx@10.0.0.7"', false],
    ['node.name = "emqx.a@10.0.0.7"', false],
    ['node { name = emqx@127.0.0.1, cookie = mine }', true],
    // Names that are about something else.
    ['node.name = "emqx@127.0.0.1"\ncluster.name = emqxcl', true],
    ['node.name = "emqx@127.0.0.1"\nauthentication.username = "me@example.org"', true],
    ['cluster.discovery_strategy = manual', true],
    ['cluster { name = emqxcl, discovery_strategy = singleton }', true],
    ['cluster { discovery_strategy = "static" }', false],
    ['cluster.discovery_strategy = dns', false],
    ['# cluster.discovery_strategy = dns', true],
  ])('%j: it is alone: %s', (lines, alone) => {
    const after = complete(named(lines), context);
    expect(ids(after, context)).toEqual(alone ? [] : ['by-firewall']);
    expect(leaves(effective(after)).some(([path]) => path === 'rpc.listen_address')).toBe(alone);
  });

  it.each([VERSION, '5.3.0', '6.2.2'])('%s is told of no inner port, and says who closes them', (version) => {
    const chosen = contextFor(version, { dashboard: 'tunnel' });
    const node = named('node { name = "emqx@10.0.0.7", cookie = "mine" }', version);
    const after = complete(node, chosen);
    expect(ids(node, chosen)).not.toContain('inner-ports');
    expect(after.files.get(FILES.vm)).toEqual(node.files.get(FILES.vm));
    const [finding, ...more] = findings(after, chosen);
    expect([finding?.level, more]).toEqual(['warn', []]);
    expect(finding?.summary).toBe(
      `EMQX ${version} cannot keep the inner ports (4370, 5370) of a node that is not alone to the server itself: only the firewall does.`,
    );
  });

  it('gets the inner ports back that were closed while it was alone', () => {
    const joined = said(FILES.conf, 'emqx@127.0.0.1', 'emqx@10.0.0.7')(done);
    expect(ids(joined, context)).toEqual(['config', 'by-firewall']);
    const after = begun(joined, context);
    expect(block(after.files.get(FILES.vm)?.content ?? '')).toBeUndefined();
    expect(JSON.stringify(effective(after))).not.toContain('listen_address');
  });
});
