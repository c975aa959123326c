import { replacedIn, whyOutOfDate } from '../engine/facts/services.js';
import { together } from '../engine/facts.js';
import { isAsWanted, type SeenFile } from '../engine/seen-files.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { sh } from '../sh.js';
import { FAIL2BAN_JAIL, fail2banJail, JAIL } from '../templates/fail2ban-jail.js';
import { type Evidence, evidenceFindings, parseEvidence, tellEvidence } from './fail2ban/evidence.js';
import { leniency, parseStrictness, type Strictness, tooWide } from './fail2ban/leniency.js';
import { FAIL2BAN } from './fail2ban/not-banned.js';
import { tellWatching, watches } from './fail2ban/watching.js';
import { SSH_PORTS, sshPorts } from './ssh-ports.js';

/** The first OpenSSH that shuts guessers out by itself, unless told otherwise: release notes of 9.8, PerSourcePenalties. */
const WITH_PENALTIES = 908;

const UNIT = `${FAIL2BAN}.service`;

/** Written at each start. */
const FAIL2BAN_PID = '/run/fail2ban/fail2ban.pid';

interface State {
  /** Whether sshd shuts out by itself; only where it can. */
  penalties: boolean;
  /** Networks that sshd never shuts out. */
  exempt: readonly string[];
  jail: SeenFile | undefined;
  sshPorts: number[];
  /** The administrator's files that have a section for this jail. */
  own: string[];
  /** Runs now and after a restart, and the jail works. */
  enabled: boolean;
  works: boolean;
  /** Its program and libraries that were replaced on disk while it runs. */
  replaced: readonly string[];
  /** Files that the jail reads; none: the journal, of which it chooses lines. */
  files: string;
  matches: string;
  strictness: Strictness | undefined;
  /** Whether it sees what it needs. */
  evidence: Evidence;
  logLevel: string;
}

/** Whoever guesses is shut out for a while: by sshd itself where it can, otherwise by fail2ban. */
export const fail2ban = defineStep<State>({
  id: 'fail2ban',
  title: 'Ban who guesses passwords',
  packages: (_, server) => (server && hasPenalties(server) ? [] : [FAIL2BAN, 'python3-systemd']),
  needs: () =>
    together([SSH_PORTS, { units: [UNIT], files: [FAIL2BAN_JAIL], sshd: ['root'], services: true }]),
  probe: () => sh`
for file in /etc/fail2ban/jail.local /etc/fail2ban/jail.d/*.conf /etc/fail2ban/jail.d/*.local; do
  case "$file" in ${FAIL2BAN_JAIL}|*/defaults-debian.conf) ;; *) grep -qs ${`^\\[${JAIL}\\]`} "$file" && printf 'own %s\n' "$file" ;; esac
done
if [ /var/lib/dpkg/info/${FAIL2BAN}.list -nt ${FAIL2BAN_PID} ]; then echo package=newer; fi
watching=$(${tellWatching})
[ -z "$watching" ] || printf '%s\n' "$watching"
${tellEvidence}`,
  parse: ({ stdout, facts }) => ({
    penalties: punishes(facts.sshd('root').get('persourcepenalties')?.join(' ') ?? ''),
    exempt: tooWide(
      (facts.sshd('root').get('persourcepenaltyexemptlist') ?? []).flatMap((one) => one.split(/[\s,]+/)),
    ),
    jail: facts.file(FAIL2BAN_JAIL),
    sshPorts: sshPorts(facts).listening,
    own: [...stdout.matchAll(/^own (.+)$/gm)].map(([, file = '']) => file),
    enabled: facts.unit(UNIT).enabled === 'enabled',
    works: watches(stdout),
    replaced: [
      // Its own code is Python's, which is read once and never mapped.
      ...(/^package=newer$/m.test(stdout) && facts.unit(UNIT).active === 'active' ? [FAIL2BAN] : []),
      ...replacedIn(facts.services(), UNIT),
    ],
    files: /^status=File list:\s*(\S.*)$/m.exec(stdout)?.[1] ?? '',
    matches: /^status=Journal matches:\s*(\S.*)$/m.exec(stdout)?.[1] ?? '',
    strictness: parseStrictness(stdout),
    evidence: parseEvidence(stdout),
    logLevel: facts.sshd('root').get('loglevel')?.[0] ?? '',
  }),
  check: (state, context) => (hasPenalties(context.server) ? bySshd(state) : byFail2ban(state)),
});

function hasPenalties({ openssh }: Context['server']): boolean {
  return openssh >= WITH_PENALTIES;
}

/** sshd -T prints each penalty, `authfail:5`, or `no` (sshd_config(5), PerSourcePenalties); a sshd that is older prints nothing. */
function punishes(penalties: string): boolean {
  return penalties !== 'no' && Number(/\bauthfail:([\d.]+)/.exec(penalties)?.[1] ?? 1) > 0;
}

function bySshd({ penalties, exempt }: State): Finding[] {
  if (penalties && exempt.length === 0) return [];
  if (penalties)
    return [
      {
        id: 'fail2ban.lenient',
        level: 'warn',
        summary: `The SSH server is told not to shut out who guesses from ${exempt.join(', ')} (PerSourcePenaltyExemptList).`,
        hint: 'Name single addresses there, in /etc/ssh/sshd_config or /etc/ssh/sshd_config.d, then: sudo systemctl restart ssh',
      },
    ];
  return [
    {
      id: 'fail2ban.penalties',
      level: 'warn',
      summary:
        'The SSH server is told not to shut out who fails to log in again and again (PerSourcePenalties).',
      hint: 'Remove that line from /etc/ssh/sshd_config or /etc/ssh/sshd_config.d, then: sudo systemctl restart ssh',
    },
  ];
}

function byFail2ban(state: State): Finding[] {
  const { jail, own, enabled, works, sshPorts, replaced } = state;
  const [ownFile] = own;
  const blind = evidenceFindings(state.evidence, state.logLevel, state.files, state.matches);
  const sound = [...afresh(replaced), ...blind, ...lenient(state)];
  if (ownFile !== undefined) return works ? sound : [ownJail(ownFile)];
  if (sshPorts.length === 0)
    throw new Error('The port on which the SSH server listens could not be found out.');
  const file = {
    path: FAIL2BAN_JAIL,
    content: fail2banJail(sshPorts),
    mode: '0644',
    owner: 'root:root',
    before: jail?.content,
  };
  if (!isAsWanted(jail, file))
    return [
      {
        id: 'fail2ban.jail',
        level: 'change',
        summary: `Shut out who fails to log in over SSH again and again, for ten minutes and longer (${FAIL2BAN_JAIL})`,
        change: { kind: 'write', files: [file], activate: start, undo: restartIfItCan },
      },
      ...blind,
    ];
  if (enabled && works) return sound;
  return [
    ...blind,
    {
      id: 'fail2ban.service',
      level: 'change',
      summary: 'Start fail2ban, now and whenever the server starts',
      change: {
        kind: 'run',
        script: start,
        undo: { stays: 'fail2ban goes on running.' },
      },
    },
  ];
}

function afresh(replaced: readonly string[]): Finding[] {
  const reason = whyOutOfDate(replaced);
  if (reason === undefined) return [];
  return [
    {
      id: 'fail2ban.running',
      level: 'change',
      summary: `Restart fail2ban: ${reason}`,
      change: { kind: 'run', script: start, undo: 'nothing' },
    },
  ];
}

/** What the running jail does counts, in whichever file that is written. */
function lenient({ strictness }: State): Finding[] {
  const why = strictness && leniency(strictness);
  if (why === undefined) return [];
  return [
    {
      id: 'fail2ban.lenient',
      level: 'warn',
      summary: `fail2ban hardly bans anybody who guesses over SSH: ${why}.`,
      hint: 'Correct it in /etc/fail2ban/jail.local or /etc/fail2ban/jail.d (sections [DEFAULT] and [sshd]), then: sudo systemctl restart fail2ban',
    },
  ];
}

function ownJail(file: string): Finding {
  return {
    id: 'fail2ban.own-jail',
    level: 'warn',
    summary: `fail2ban does not watch SSH: ${file} has settings of your own for it, with which it does not work.`,
    hint: `See why with "sudo fail2ban-client -t". On servers without /var/log/auth.log the section [${JAIL}] there needs the line: backend = systemd`,
  };
}

/** Debian's package has an init script as well, so enabling the unit reloads systemd twice. */
const enable = sh`[ "$(systemctl is-enabled ${FAIL2BAN} 2>/dev/null)" = enabled ] || systemctl -q enable ${FAIL2BAN}`;

/** Bans in force outlive the restart, in fail2ban's database; who is spared is told to the new one by fail2ban/not-banned.ts. */
const start = sh`${enable}
systemctl restart ${FAIL2BAN}
n=0
until fail2ban-client status ${JAIL} >/dev/null 2>&1; do
  n=$((n + 1))
  if [ "$n" -gt 50 ] || ! systemctl -q is-active ${FAIL2BAN}; then fail2ban-client -t >&2 || journalctl -q -o cat -n 5 -u ${FAIL2BAN} >&2; exit 1; fi
  sleep 0.1
done`;

/** With the files as they were it may not start at all, as Debian 12 ships it; an undo that is taken back runs this once more, with ours. */
const restartIfItCan = sh`if fail2ban-client -t >/dev/null 2>&1; then ${enable}; systemctl restart ${FAIL2BAN}; else systemctl -q disable --now ${FAIL2BAN}; systemctl reset-failed ${FAIL2BAN} 2>/dev/null || true; fi`;
