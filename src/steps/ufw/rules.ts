import type { PortRule } from './ports.js';

/** Rules with this comment are ours: made and removed here. Others are left alone. */
export const OURS = 'broker-setup';

/** A rule as ufw keeps it in user.rules and user6.rules. */
export interface UfwRule {
  family: 4 | 6;
  action: string;
  transport: string;
  port: string;
  /** Allowed from every address, in this family. */
  fromAnywhere: boolean;
  /** ` over tailscale0` or ` from 192.0.2.0/24`, where it is not for everybody. */
  only: string;
  comment: string;
  /** The rule is one of an application (`ufw allow OpenSSH`), which is removed by its name. */
  application: boolean;
}

/**
 * Pure. The rules for what comes in. Lines `rule4|rule6 ACTION TRANSPORT DPORT DST SPORT SRC [DAPP SAPP] DIRECTION [comment=HEX]`, as ufw writes them behind
 * `### tuple ###` (ufw, src/backend_iptables.py, _write_rules).
 */
export function parseRules(output: string): UfwRule[] {
  return [...output.matchAll(/^rule([46]) (.+)$/gm)].flatMap(([, family, tuple = '']) => {
    // Rules of an application name it, twice, before the direction.
    const words = tuple.split(' ').filter((word) => !word.startsWith('comment='));
    const [action = '', transport = '', port = '', destination, , source] = words;
    const direction = words.at(-1) ?? '';
    // `out` or `out_eth0`: of no concern here.
    if (direction.startsWith('out')) return [];
    const comment = /\bcomment=([0-9a-f]+)/.exec(tuple)?.[1] ?? '';
    const anywhere = ['0.0.0.0/0', '::/0'];
    return {
      family: family === '6' ? 6 : 4,
      action,
      transport,
      port,
      fromAnywhere:
        ['allow', 'limit'].includes(action) &&
        direction === 'in' &&
        anywhere.includes(source ?? '') &&
        anywhere.includes(destination ?? ''),
      only: [
        direction.startsWith('in_') ? ` over ${direction.slice('in_'.length)}` : '',
        anywhere.includes(source ?? '') ? '' : ` from ${source}`,
        anywhere.includes(destination ?? '') ? '' : ` to ${destination}`,
      ].join(''),
      // ACTION TRANSPORT DPORT DST SPORT SRC DIRECTION, and two names before the last.
      application: words.length > 7,
      comment: Buffer.from(comment, 'hex').toString('utf8'),
    };
  });
}

/** Pure. Whether a rule is about just this port. */
export function same(rule: UfwRule, { port, transport }: Pick<PortRule, 'port' | 'transport'>): boolean {
  return rule.port === String(port) && rule.transport === transport;
}
