import type { Finding } from '../../engine/step.js';
import { lines, type Sh, sh } from '../../sh.js';

/** A rule that stands before ufw's own and says no to everybody, so that none of ufw's is ever asked. */
export interface Shutter {
  family: 4 | 6;
  /** As `iptables -S` prints it, without `-A INPUT `. */
  rule: string;
}

/** Where netfilter-persistent keeps rules, by family. Oracle's images bring the first. */
const SAVED = { 4: '/etc/iptables/rules.v4', 6: '/etc/iptables/rules.v6' } as const;
export const SAVED_RULES = Object.values(SAVED);

/**
 * For awk, which gets what `iptables -S` prints, with the number of its family in `family`: prints `before4 RULE` or `before6 RULE`
 * for each rule of INPUT that refuses everybody before ufw is asked. Rules for some senders are many where addresses are banned, and left out.
 */
export const SHUTTERS = `/^-A INPUT .*-j ufw6?-before/ {past[family] = 1}
/^-A INPUT / && / -j (REJECT|DROP)( |$)/ && !/ -s / && !past[family] && found[family]++ < 20 {print "before" family " " substr($0, length("-A INPUT ") + 1)}`;

/**
 * Only what is said to all, or to all new connections, counts: a rule for one port or one state of packets is somebody's wish.
 * The comment is free text, which iptables quotes where it has to.
 */
const TO_ALL =
  /^(?:-i (?!lo\b)\S+ )?(?:-m (?:state|conntrack) --(?:ct)?state NEW )?(?:-m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+) )?-j (?:REJECT|DROP)(?: --reject-with [a-z0-9-]+)?$/;

/** Pure. */
export function toldShutters(stdout: string): Shutter[] {
  return [...stdout.matchAll(/^before([46]) (.+)$/gm)]
    .map(([, family, rule = '']): Shutter => ({ family: family === '6' ? 6 : 4, rule }))
    .filter(({ rule }) => TO_ALL.test(rule));
}

/**
 * Takes these rules out, one by one and no other: the images' own rules for the provider's addresses stay, and so nothing is flushed.
 * The files in which they are kept are copied by the run, as for every change.
 */
export function shutterFinding(shutters: readonly Shutter[]): Finding {
  const rules = [...new Set(shutters.map(({ rule }) => rule))].join(' and ');
  return {
    id: 'ufw.reject-first',
    level: 'change',
    summary: `Take out the rule of the provider's image that says no to all before this firewall is asked (INPUT ${rules}); its other rules stay`,
    change: {
      kind: 'run',
      script: lines(...shutters.map(takeOut)),
      undo: {
        stays:
          'The rule that was taken out of the running firewall comes back only with its file, at the next start.',
        files: SAVED_RULES,
      },
    },
  };
}

/** The rule is handed on as iptables itself has printed it, to the shell's own splitting: xargs undoes its quotes. */
function takeOut({ family, rule }: Shutter): Sh {
  const tables = family === 4 ? 'iptables' : 'ip6tables';
  const saved = SAVED[family];
  return sh`printf '%s\n' ${rule} | xargs ${tables} -D INPUT
if grep -qsxF -e ${`-A INPUT ${rule}`} ${saved}; then
  new=$(mktemp ${`${saved}.XXXXXX`})
  # With nothing left to print grep exits with 1.
  grep -vxF -e ${`-A INPUT ${rule}`} ${saved} >"$new" || [ $? = 1 ]
  cat "$new" >${saved}; rm "$new"
fi`;
}
