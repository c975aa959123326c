import { describe, expect, it } from 'vitest';
import { EMQX } from '../../../src/brokers/emqx/facts.js';
import { nodeNameFindings } from '../../../src/brokers/emqx/node-name.js';
import { complete, contextFor, findings, ids, installed, type Node } from './node.js';
import { shipped } from './shipped.js';

/** The shipped file with what it says of the node in other words. */
function node(version: string, change: (conf: string) => string, nodes: readonly string[] = []): Node {
  const files = shipped(version);
  const before = files.get(EMQX.conf) ?? '';
  files.set(EMQX.conf, change(before));
  return { ...installed(files), nodes, used: nodes.length > 0 };
}
const named = (name: string) => (conf: string) => conf.replace(/emqx@127\.0\.0\.1/, name);
const unnamed = (conf: string) => conf.replace(/^.*emqx@127\.0\.0\.1.*$/m, '');
const HERE = 'emqx@127.0.0.1';

describe.each(['4.4.19', '5.8.9', '6.2.2'])('case 25: the node of EMQX %s', (version) => {
  const context = contextFor(version);

  it('is named before its first start, whatever the server is called', () => {
    const bare = node(version, unnamed);
    expect(bare.files.get(EMQX.conf)?.content).not.toContain(HERE);
    expect(ids(bare, context)).toContain('node-name');
    const after = complete(bare, context);
    expect(after.files.get(EMQX.conf)?.content).toMatch(/^node\.name = "?emqx@127\.0\.0\.1"?$/m);
    expect(ids(after, context)).not.toContain('node-name');
    expect(
      ids(
        node(version, (conf) => conf),
        context,
      ),
    ).not.toContain('node-name');
  });

  it('is not renamed: its data would be left behind', () => {
    const [finding, ...more] = findings(node(version, named('emqx@10.0.0.7'), [HERE]), context);
    expect([finding?.id, finding?.level, more]).toEqual(['conf-edits.node-name', 'stop', []]);
    expect(finding?.summary).toContain(`belong to the node ${HERE}, but ${EMQX.conf} names it emqx@10.0.0.7`);
    expect(finding?.hint).toContain(`Set node.name to ${HERE}`);
  });

  it('keeps the name that its owner has chosen, and that of its data', () => {
    const own = node(version, named('mine@10.0.0.7'), ['mine@10.0.0.7']);
    expect(ids(own, context)).not.toContain('node-name');
    expect(complete(own, context).files.get(EMQX.conf)?.content).toContain('mine@10.0.0.7');
  });
});

it.each([
  [undefined, [], 0],
  [undefined, [HERE], 0],
  [undefined, ['emqx@old.example.org'], 1],
  ['emqx@new.example.org', ['emqx@old.example.org', 'emqx@new.example.org'], 0],
  ['emqx@new.example.org', [], 0],
])('case 25: named %s, with data of %j', (name, nodes, found) => {
  expect(nodeNameFindings(name, nodes)).toHaveLength(found);
});
