import { answers } from '../engine/answers.js';
import { isAsWanted, type SeenFile, tellSeenFile, toldSeenFile } from '../engine/seen-files.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { newUserLogin, passwordRefused, rootRefused } from '../proofs/login.js';
import { sh } from '../sh.js';
import {
  OLD_NAMES,
  SSHD_DROP_IN,
  type SshAlgorithms,
  sshdDropIn,
  sshdSettings,
} from '../templates/sshd-drop-in.js';
import { effectiveSettings } from './sshd-config/effective.js';

interface State {
  dropIn: SeenFile | undefined;
  /** Effective settings of sshd for the limited user and for root, names in lower case. */
  effective: ReadonlyMap<string, string>[];
  known: SshAlgorithms;
  ed25519HostKey: boolean;
  /** Match blocks of the user's: they may say otherwise for others than the two that are looked at. */
  matches: string;
  /** When the running sshd read its configuration, and when the drop-in was last changed, in seconds. */
  startedAt: number;
  changedAt: number;
}

/** What is judged of all that sshd -T prints: the whole of it would be a third of what a check-up has to fetch. */
const JUDGED = [...sshdSettings({ kex: [], ciphers: [], macs: [] }).keys(), ...Object.values(OLD_NAMES)].join(
  '|',
);

/** No root, no passwords, today's algorithms; validated, proved over a second connection, taken back if that fails. */
export const sshdConfig = defineStep<State>({
  id: 'sshd-config',
  title: 'Harden the SSH server',
  packages: () => ['openssh-server'],
  requires: (context) => [newUserLogin(context)],
  proofs: (context) => [newUserLogin(context), rootRefused(context), passwordRefused(context)],
  guard: () => ({ paths: ['/etc/ssh/sshd_config.d'], reload: restartSshd }),
  probe: ({ settings: { user } }) => sh`
${tellSeenFile('drop-in', SSHD_DROP_IN)}
for user in ${user.name} root; do
  ${effectiveSettings(sh`"$user"`)} | sed -n -E ${`s/^(${JUDGED}) /effective-`}"$user"${'=&/Ip'}
done | base64 -w0 | sed 's/^/effective=/'; echo
printf 'kex=%s\nciphers=%s\nmacs=%s\n' "$(echo $(ssh -Q kex))" "$(echo $(ssh -Q cipher))" "$(echo $(ssh -Q mac))"
if [ -e /etc/ssh/ssh_host_ed25519_key ]; then echo ed25519=present; fi
printf 'matches=%s\n' "$(cat /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf | grep -iE '^[[:space:]]*match[[:space:]]' | tr -s '[:space:]' ' ')"
printf 'started=%s\n' "$(stat -c %Y /run/sshd.pid || { pid=$(pgrep -o -x sshd) && stat -c %Y "/proc/$pid"; })"
printf 'changed=%s\n' "$(stat -c %Y ${SSHD_DROP_IN})"`,
  parse: ({ stdout }) => {
    const told = answers(stdout);
    const effective = Buffer.from(told.get('effective') ?? '', 'base64')
      .toString()
      .split('\n');
    if (effective.length < 10)
      throw new Error('sshd did not tell its settings (sshd -T); "sudo sshd -t" on the server shows why.');
    const list = (name: string) => (told.get(name) ?? '').split(' ');
    const owners = [...new Set(effective.map((line) => line.split('=')[0] ?? ''))].filter(Boolean);
    return {
      dropIn: toldSeenFile(told, 'drop-in'),
      effective: owners.map((owner) => settingsOf(effective.filter((line) => line.startsWith(`${owner}=`)))),
      known: { kex: list('kex'), ciphers: list('ciphers'), macs: list('macs') },
      ed25519HostKey: told.get('ed25519') === 'present',
      matches: (told.get('matches') ?? '').trim(),
      startedAt: Number(told.get('started') || Number.NaN),
      changedAt: Number(told.get('changed') || 0),
    };
  },
  check: (state, context) => findings(state, context),
  inventory: (state, context) => ({
    sshd: { started: state.startedAt, asSet: findings(state, context).length === 0 },
  }),
});

/** Validates before anything is live; a restart by systemd returns when the new sshd listens, and running sessions go on. */
const restartSshd = sh`mkdir -p -m 0755 /run/sshd
sshd -t
unit=$(systemctl list-unit-files --no-legend ssh.service sshd.service | awk '$2 != "alias" {print $1; exit}')
systemctl daemon-reload
if systemctl -q is-active ssh.socket && ! systemctl -q is-active "$unit"; then systemctl restart ssh.socket; else systemctl restart "$unit"; fi`;

function settingsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const pairs = lines.map((line) => line.slice(line.indexOf('=') + 1).split(' '));
  return new Map(pairs.map(([name = '', ...value]) => [name.toLowerCase(), value.join(' ')]));
}

function findings(state: State, { settings, server }: Context): Finding[] {
  if (!state.ed25519HostKey) {
    const script = sh`ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key`;
    return [
      {
        id: 'sshd-config.host-key',
        level: 'change',
        summary: 'Make the host key of type ed25519',
        change: { kind: 'run', script, undo: { stays: 'The new host key of the server stays.' } },
      },
    ];
  }
  const wanted = sshdSettings(state.known);
  const content = sshdDropIn(wanted, server.openssh);
  const file = {
    path: SSHD_DROP_IN,
    content,
    before: state.dropIn?.content,
    mode: '0644',
    owner: 'root:root',
  };
  if (!isAsWanted(state.dropIn, file)) {
    return [
      {
        id: 'sshd-config.drop-in',
        level: 'change',
        summary: `Refuse root and passwords, allow keys only (${SSHD_DROP_IN})`,
        change: { kind: 'write', files: [file], activate: restartSshd },
      },
    ];
  }
  const overruled = [...wanted].filter(([name, value]) =>
    state.effective.some((effective) => !agrees(effective, name, value)),
  );
  if (overruled.length > 0)
    return [
      overruledFinding(
        overruled.map(([name]) => name),
        settings.user.name,
      ),
    ];
  if (state.startedAt < state.changedAt) {
    return [
      {
        id: 'sshd-config.running',
        level: 'change',
        summary: 'Restart the SSH server, which still runs with older settings',
        change: { kind: 'run', script: restartSshd, undo: 'nothing' },
      },
    ];
  }
  return state.matches === '' ? [] : [matchFinding(state.matches)];
}

function agrees(effective: ReadonlyMap<string, string>, name: string, value: string): boolean {
  const key = name.toLowerCase();
  // OpenSSH before 8.7 prints the old names.
  const old = OLD_NAMES[name]?.toLowerCase();
  return (effective.get(key) ?? (old === undefined ? undefined : effective.get(old))) === value;
}

function overruledFinding(names: readonly string[], user: string): Finding {
  return {
    id: 'sshd-config.overruled',
    level: 'stop',
    summary: `Another file overrules the SSH settings ${names.join(', ')} (seen with “sshd -T” for ${user} and root).`,
    hint: `Look for them in /etc/ssh/sshd_config and /etc/ssh/sshd_config.d: the line “Include /etc/ssh/sshd_config.d/*.conf” must come first in sshd_config, and no Match block may set them. Then run the same command again.`,
  };
}

function matchFinding(matches: string): Finding {
  return {
    id: 'sshd-config.match',
    level: 'warn',
    summary: `The SSH server has rules of its own for some logins (${matches}); what they allow is not looked at here.`,
    hint: 'See them in /etc/ssh/sshd_config and /etc/ssh/sshd_config.d, and what is in force with: sudo sshd -T -C user=NAME,host=x,addr=ADDRESS',
  };
}
