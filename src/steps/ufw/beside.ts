import type { Unit } from '../../engine/facts/units.js';
import { sh } from '../../sh.js';

/** A firewall that keeps its rules in tables of its own while it runs. */
export const FIREWALLD = 'firewalld.service';

/** For awk. ufw's own tables are those of iptables. */
const NFT = `$1 == "table" {table = $2 " " $3}
/hook input/ && /policy drop/ && table !~ /^ip6? filter$/ {print "other nftables, table " table}
/ dnat / && !/daddr (127\\.|::1)/ && match($0, /(tcp|udp) dport (\\{[^}]*\\}|[0-9-]+) /) {
  print "nat " substr($0, RSTART, 3) " " substr($0, RSTART + 10, RLENGTH - 11)
}`;

/**
 * Shell that prints what else decides about the ports, past ufw: `nat TRANSPORT PORTS` for each port that is handed on to
 * containers, by Docker's or Podman's rules, whether these are iptables' or nftables' own, and `other NAME` for each other firewall.
 */
export const tellBeside = sh`{ iptables -t nat -S; ip6tables -t nat -S; } | sed -n -E '/-d (127\\.|::1)/d; s/.* -p ([a-z]*) .*--dport ([0-9:]*) .*-j DNAT.*/nat \\1 \\2/p'
nft list ruleset | awk ${NFT}`;

/** Pure. `8080/tcp` of each port that is handed on, ranges as ufw writes them. */
export function toldPublished(stdout: string): string[] {
  const found = [...stdout.matchAll(/^nat (\w+) (.+)$/gm)].flatMap(([, transport = '', ports = '']) =>
    [...ports.matchAll(/\d+(?:[-:]\d+)?/g)].map(([port]) => `${port.replace('-', ':')}/${transport}`),
  );
  return [...new Set(found)];
}

/** Pure. The other firewalls, by name. */
export const otherFirewalls = (stdout: string, firewalld: Unit): string[] => [
  ...new Set([...stdout.matchAll(/^other (.+)$/gm)].map(([, name = '']) => name)),
  ...(firewalld.active === 'active' ? ['firewalld'] : []),
];
