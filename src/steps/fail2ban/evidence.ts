import { servedFunction } from '../../engine/served.js';
import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/** Whether what sshd logs reaches what a jail reads, by the login of this very run. */
export interface Evidence {
  /** Undefined where this connection is not one of sshd, or nothing is known of what the jail reads. */
  seen: boolean | undefined;
  /** It is logged, but not among the lines that the jail chooses. */
  elsewhere: boolean;
  /** Lines of journald's files that may be the cause, `FILE:LINE`. */
  journald: string[];
}

/**
 * Shell that prints `login=seen`, `login=missing` or `login=elsewhere`: the process of sshd that serves this connection has logged that it accepted the
 * login, before anything else could run. It is found by its number and this start of the server, not by time: clocks jump after a
 * start. What was logged just now may take a moment to arrive. sshd of its own accord says it at LogLevel INFO, as all that fail2ban reads.
 */
export const tellEvidence: Sh = sh`${servedFunction}
sshd=$(served $$)
# A login of a limited user has two processes: the upper one logs.
above=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/\${sshd:-none}/status" 2>/dev/null)
accepted() {
  case $paths in
  '') journalctl -q -b -o cat _PID="$sshd" _PID="$above" 2>/dev/null | grep '^Accepted ' >/dev/null ;;
  *) for path in $paths; do tail -q -c 2000000 "$path.1" "$path" 2>/dev/null; done | grep -aF -e "[$sshd]: Accepted " -e "[$above]: Accepted " >/dev/null ;;
  esac
}
# What the jail chooses from the journal, of these two processes and of the one above, which every connection comes from: to which
# unit a line is counted may change while it is written. A jail that takes all lines of sshd needs no such look.
chosen() {
  matches=$(printf '%s\\n' "$watching" | sed -n 's/^status=Journal matches:[[:space:]]*//p')
  case " + $matches + " in *' + _COMM=sshd + '*) return 0 ;; esac
  printf '%s\\n' "$matches" | grep -qE '^[A-Z0-9_]+=[^ ]*( (\\+ )?[A-Z0-9_]+=[^ ]*)*$' || return 0
  listener=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/\${above:-none}/status" 2>/dev/null)
  them="_PID=$sshd _PID=$above"
  [ "\${listener:-0}" -le 1 ] || them="$them _PID=$listener"
  [ -n "$(journalctl -q -b -o cat $(printf '%s' "$matches" | sed "s/ + / $them + /g") $them 2>/dev/null | head -n 1)" ]
}
if [ -n "$sshd" ]; then
  paths=$(printf '%s\\n' "$watching" | sed -n 's/^status=File list:[[:space:]]*//p')
  n=0
  until accepted || [ "$n" -ge 10 ]; do
    [ "$n" -gt 0 ] || timeout 5 journalctl --sync 2>/dev/null || true
    n=$((n + 1))
    sleep 0.2
  done
  if [ "$n" -lt 10 ]; then
    if [ -n "$paths" ] || chosen; then echo login=seen; else echo login=elsewhere; fi
  else
    echo login=missing
    grep -sE '^[[:space:]]*(Storage|MaxLevelStore)[[:space:]]*=' /etc/systemd/journald.conf /etc/systemd/journald.conf.d/*.conf /run/systemd/journald.conf.d/*.conf /usr/lib/systemd/journald.conf.d/*.conf | sed 's/^/journald=/'
  fi
fi`;

/** Pure. */
export const parseEvidence = (stdout: string): Evidence => ({
  seen: /^login=seen$/m.test(stdout) ? true : /^login=(missing|elsewhere)$/m.test(stdout) ? false : undefined,
  elsewhere: /^login=elsewhere$/m.test(stdout),
  journald: [...stdout.matchAll(/^journald=(.+)$/gm)].map(([, line = '']) => line),
});

/** Levels at which sshd does not say who logged in or failed to, sshd_config(5). */
const SILENT = ['QUIET', 'FATAL', 'ERROR'];

/** Pure. @param logLevel of sshd, as sshd -T prints it @param files the files that the jail reads; none: the journal */
export function evidenceFindings(
  { seen, elsewhere, journald }: Evidence,
  logLevel: string,
  files: string,
  matches = '',
): Finding[] {
  if (seen !== false) return [];
  if (elsewhere)
    return [
      {
        id: 'fail2ban.blind',
        level: 'warn',
        summary: `fail2ban sees no login over SSH, so it bans nobody: the SSH server logs to the journal, but not with what the jail looks for (journalmatch = ${matches}).`,
        hint: 'Remove journalmatch from the section for SSH in /etc/fail2ban/jail.local, jail.d or filter.d, then: sudo systemctl restart fail2ban',
      },
    ];
  const where = files === '' ? 'the journal' : files;
  return [
    {
      id: 'fail2ban.blind',
      level: 'warn',
      summary: `fail2ban sees no login over SSH, so it bans nobody: ${where} has no line about the login of this very run${cause(journald, logLevel, files)}.`,
      hint: hint(journald, logLevel, files),
    },
  ];
}

const silencing = (journald: readonly string[]): string | undefined =>
  journald.findLast((line) => /=\s*(none|emerg|alert|crit|err|warning|notice)\b/i.test(line));

function cause(journald: readonly string[], logLevel: string, files: string): string {
  if (SILENT.includes(logLevel.toUpperCase()))
    return `, as the SSH server logs nothing of that kind (LogLevel ${logLevel})`;
  const line = files === '' ? silencing(journald) : undefined;
  return line === undefined ? '' : `; journald is told not to keep it (${line})`;
}

function hint(journald: readonly string[], logLevel: string, files: string): string {
  if (SILENT.includes(logLevel.toUpperCase()))
    return 'Remove LogLevel from /etc/ssh/sshd_config and /etc/ssh/sshd_config.d, then: sudo systemctl restart ssh';
  const [file] = (files === '' ? silencing(journald) : undefined)?.split(':') ?? [];
  if (file !== undefined)
    return `Remove that line from ${file}, then: sudo systemctl restart systemd-journald`;
  return files === ''
    ? 'See what arrives with: sudo journalctl -t sshd -n 5; and whether the journal works with: systemctl status systemd-journald'
    : 'See whether it is still written with: systemctl status rsyslog';
}
