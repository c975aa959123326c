import type { Finding } from '../../engine/step.js';
import { EMQX } from './facts.js';

/** What all versions take where nothing says otherwise (emqx.conf and emqx_conf_schema.erl at the tags). It does not change with the host. */
export const DEFAULT_NODE = 'emqx@127.0.0.1';

/** In the words of the plan; written out, so that no default of a later version changes it. */
export const nodeNameSummary = (name: string): string =>
  `The name of the node, ${name}, to which its data belong`;

/**
 * Pure. The data of a node lie in a folder of its name (mnesia of OTP; EMQX, "node.name"): under another name EMQX starts without them.
 * @param named in its configuration; undefined for the default
 * @param nodes those that have left data on this server
 */
export function nodeNameFindings(named: string | undefined, nodes: readonly string[]): Finding[] {
  const name = named ?? DEFAULT_NODE;
  const [first] = nodes;
  if (first === undefined || nodes.includes(name)) return [];
  const folder = `${EMQX.data}/mnesia/${first}`;
  return [
    {
      id: 'conf-edits.node-name',
      level: 'stop',
      summary: `The data of EMQX belong to the node ${nodes.join(', ')}, but ${EMQX.conf} names it ${name}: it would start without accounts and rules.`,
      hint: `Set node.name to ${first} there, and run the same command again. To begin anew under the other name, move ${folder} away first.`,
    },
  ];
}
