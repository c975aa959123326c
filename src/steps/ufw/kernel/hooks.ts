import type { Context } from '../../../engine/step.js';
import { iptablesHooks } from './iptables.js';
import { nftHooks } from './nft.js';
import { type Hook, type Outcome, type Packet, walk } from './walk.js';

/** The kernel's rules for what comes in, of all back ends. */
export interface Kernel {
  hooks: readonly Hook[];
  /** Interfaces with a default route. */
  over: readonly string[];
  /** There are more rules than were read. */
  more: boolean;
}

const PROGRAMS = ['iptables', 'ip6tables', 'iptables-legacy', 'ip6tables-legacy'] as const;

/** Pure. @param stdout what tellKernel prints */
export function toldKernel(stdout: string): Kernel {
  const told = (name: string) =>
    [...stdout.matchAll(new RegExp(`^${name} (.+)$`, 'gm'))].map(([, rest = '']) => rest);
  const of = (program: string) => told(`kernel ${program}`);
  const legacy = told('backend').filter((one) => one.endsWith(' legacy'));
  const programs = PROGRAMS.filter(
    // Where the older back end is the usual one, it has been read under its usual name.
    (name) => !name.endsWith('-legacy') || !legacy.includes(`${name.replace('-legacy', '')} legacy`),
  );
  return {
    hooks: [
      ...programs.flatMap((name) =>
        iptablesHooks(of(name), name, name.startsWith('ip6') ? 6 : 4, !name.endsWith('-legacy')),
      ),
      ...nftHooks(of('nft')),
    ],
    over: [...new Set([...stdout.matchAll(/^world=(.+)$/gm)].map(([, name = '']) => name))],
    more: /^kernel-more=yes$/m.test(stdout),
  };
}

/** Pure. What happens to the first packet of a connection from anywhere; undefined where nothing was read. */
export function passage(
  { hooks, over }: Kernel,
  { port, transport }: Pick<Packet, 'port' | 'transport'>,
  family: 4 | 6,
  { server }: Context,
): Outcome | undefined {
  if (!hooks.some(({ families }) => families.includes(family))) return undefined;
  const to = [...server.addresses, ...server.reached];
  return walk(hooks, { family, transport, port, to, over });
}
