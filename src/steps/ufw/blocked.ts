import type { Passage } from '../../engine/inventory.js';
import type { Context, Finding } from '../../engine/step.js';
import { type Kernel, passage } from './kernel/hooks.js';
import type { Hook } from './kernel/walk.js';
import type { PortRule } from './ports.js';
import type { Shutter } from './provider-reject-rules.js';

interface Seen {
  kernel: Kernel;
  kernel6: boolean;
  enabled: boolean;
  shutters: readonly Shutter[];
}

/** Rules of ufw's that stand for its policy. */
const POLICY = /^ip6?tables -A ufw6?-(?:reject|skip-to-policy|after)-input /;

/** Pure. What the kernel's rules do with connections to these ports, for each family; nothing where no rules were read. */
export function passages(
  seen: Pick<Seen, 'kernel' | 'kernel6'>,
  ports: readonly PortRule[],
  context: Context,
): { passages?: Passage[] } {
  const found = each(seen, ports, context);
  return found.length > 0 ? { passages: found } : {};
}

function each(
  { kernel, kernel6 }: Pick<Seen, 'kernel' | 'kernel6'>,
  ports: readonly PortRule[],
  context: Context,
): Passage[] {
  const families = kernel6 ? ([4, 6] as const) : ([4] as const);
  return ports.flatMap(({ port, transport }) =>
    families.flatMap((family): Passage[] => {
      const outcome = passage(kernel, { port, transport }, family, context);
      if (outcome === undefined) return [];
      const { passes, rule = policyOf(outcome.by), some, unclear } = outcome;
      const named = rule === undefined || POLICY.test(rule) ? {} : { rule };
      return [{ port, transport, family, passes, ...named, some, unclear }];
    }),
  );
}

/** The policy of ufw's chain is ufw's own. */
const policyOf = (hook: string | undefined): string | undefined =>
  hook === undefined || /^ip6?tables, table filter, chain INPUT$/.test(hook)
    ? undefined
    : `the policy of ${hook}`;

/**
 * Pure. Rules beside ufw's that close what is needed: no rule of ufw's opens that again, and a certificate authority would be
 * asked in vain. What this set-up takes out itself is left out.
 */
export function blockedFindings(seen: Seen, ports: readonly PortRule[], context: Context): Finding[] {
  const kernel = { ...seen.kernel, hooks: seen.kernel.hooks.map((hook) => once(hook, seen)) };
  const all = each({ ...seen, kernel }, ports, context);
  const closed = all.filter(({ passes, rule }) => !passes && rule !== undefined);
  const sure = closed.filter(({ unclear }) => unclear.length === 0);
  const unclear = [...new Set(all.flatMap((one) => one.unclear))];
  return [...(sure.length > 0 ? [blocked(sure, ports)] : []), ...unread(unclear, seen.kernel.more)];
}

/** As the chain of ufw's will be when ufw is on, and without the rules that are taken out. */
function once(hook: Hook, { enabled, shutters }: Seen): Hook {
  if (hook.ufw !== true) return hook;
  return {
    ...hook,
    policy: enabled ? hook.policy : 'accept',
    rules: hook.rules.filter(({ text }) => !shutters.some(({ rule }) => text.endsWith(` -A INPUT ${rule}`))),
  };
}

function blocked(closed: readonly Passage[], ports: readonly PortRule[]): Finding {
  const rules = [...new Set(closed.flatMap(({ rule }) => rule ?? []))];
  const needed = ports.filter(({ port, transport }) =>
    closed.some((one) => one.port === port && one.transport === transport),
  );
  const both = closed.some(({ family }) => family === 4);
  return {
    id: 'ufw.blocked',
    level: 'stop',
    summary: `A firewall rule on this server, not of ufw, closes ${needed.map(({ port, title }) => `${port} (${title})`).join(', ')}${both ? '' : ' over IPv6'}, which ${needed.length === 1 ? 'is' : 'are'} needed: ${rules.join('; ')}.`,
    hint: `If it is no longer meant, remove it on the server: ${rules.map(removal).join('; ')}. Remove it as well from the file that loads it at each start, such as /etc/nftables.conf or /etc/iptables/rules.v4.`,
  };
}

/** How a person removes a rule, or the policy of a chain. @param rule as the walk through the kernel's rules names it */
function removal(rule: string): string {
  const [, program, table = '', rest] = /^(\S+)( -t \S+)? -A (.+)$/.exec(rule) ?? [];
  if (rest !== undefined) return `sudo ${program}${table} -D ${rest}`;
  const [, policy, family = '', name = '', chain = ''] =
    /^(the policy of )?nft table (\S+) (\S+), chain ([^:]+)/.exec(rule) ?? [];
  const where = `${family} ${name} ${chain}`;
  if (policy !== undefined) return `sudo nft 'chain ${where} { policy accept; }'`;
  if (chain !== '')
    return `sudo nft -a list chain ${where}, then sudo nft delete rule ${where} handle NUMBER`;
  return rule.replace(/^the policy of (\S+), table (\S+), chain (\S+)$/, 'sudo $1 -t $2 -P $3 ACCEPT');
}

function unread(rules: readonly string[], more: boolean): Finding[] {
  if (rules.length === 0 && !more) return [];
  const named = rules.slice(0, 3).join('; ');
  return [
    {
      id: 'ufw.unread',
      level: 'warn',
      summary:
        rules.length > 0
          ? `The server has further firewall rules that were not understood, and that may close ports: ${named}${rules.length > 3 ? `; and ${rules.length - 3} more` : ''}.`
          : 'The server has more firewall rules than this program reads, and one of them may close ports.',
      hint: 'Nothing to do if devices can connect. See all rules with: sudo nft list ruleset, and sudo iptables-save.',
    },
  ];
}
