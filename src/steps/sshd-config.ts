import { answers } from '../engine/answers.js';
import { isAsWanted, tellSeenFile, toldSeenFile } from '../engine/seen-files.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { newUserLogin, passwordRefused, rootRefused } from '../proofs/login.js';
import { sh } from '../sh.js';
import { CLOUD_SSH_DROP_IN } from '../templates/cloud-ssh-drop-in.js';
import { OLD_NAMES, SSHD_DROP_IN, sshdDropIn, sshdSettings } from '../templates/sshd-drop-in.js';
import { tellSshPorts, toldSshPorts } from './ssh-ports.js';
import { cloudFindings } from './sshd-config/cloud.js';
import { effectiveSettings, privilegeFolder, tellMatched } from './sshd-config/effective.js';
import { matchedFinding, matchFinding, NOT_INCLUDED, overruledFinding } from './sshd-config/findings.js';
import { hiddenKeyFinding, tellHiddenKey } from './sshd-config/hidden-key.js';
import { configLines, placesOf, tellConfig } from './sshd-config/lines.js';
import { type InForce, othersFindings, tellOthers, toldOthers } from './sshd-config/others.js';
import { DOORS } from './sshd-config/shut-out.js';
import type { State } from './sshd-config/state.js';
import { stops } from './sshd-config/stops.js';
import { restartSshd, sshUnit, tellConfigured } from './sshd-config/units.js';

/** What is judged of all that sshd -T prints: the whole of it would be a third of what a check-up has to fetch. */
const JUDGED = [
  ...sshdSettings({ kex: [], ciphers: [], macs: [] }, { strict: true }).keys(),
  ...Object.values(OLD_NAMES),
  ...DOORS,
  'AuthenticationMethods',
  'ForceCommand',
  'ChrootDirectory',
  'TrustedUserCAKeys',
  'HostCertificate',
].join('|');

/** No root, no passwords, today's algorithms; validated, proved over a second connection, taken back if that fails. */
export const sshdConfig = defineStep<State>({
  id: 'sshd-config',
  title: 'Harden the SSH server',
  packages: () => ['openssh-server'],
  requires: (context) => [newUserLogin(context)],
  proofs: (context) => [newUserLogin(context), rootRefused(context), passwordRefused(context)],
  guard: () => ({ paths: ['/etc/ssh/sshd_config.d', CLOUD_SSH_DROP_IN], reload: restartSshd }),
  probe: ({ settings: { user } }) => sh`
${tellSeenFile('drop-in', SSHD_DROP_IN)}
if [ -d /etc/cloud/cloud.cfg.d ]; then echo cloud-init=present; fi
${tellSeenFile('cloud-drop-in', CLOUD_SSH_DROP_IN)}
${privilegeFolder}
for user in ${user.name} root; do
  ${effectiveSettings(sh`"$user"`)} | sed -n -E ${`s/^(${JUDGED}) /effective-`}"$user"${'=&/Ip'}
done | base64 -w0 | sed 's/^/effective=/'; echo
printf 'kex=%s\nciphers=%s\nmacs=%s\n' "$(echo $(ssh -Q kex))" "$(echo $(ssh -Q cipher))" "$(echo $(ssh -Q mac))"
if [ -e /etc/ssh/ssh_host_ed25519_key ]; then echo ed25519=present; fi
${tellHiddenKey}
matches=$(cat /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf | grep -iE '^[[:space:]]*match[[:space:]]' | tr -s '[:space:]' ' ')
printf 'matches=%s\n' "$matches"
[ -z "$matches" ] || { ${tellMatched(user.name)}; }
${tellConfig}
printf 'groups=%s\n' "$(id -nG ${user.name})"
printf 'nologin=%s\n' "$(ls -d /etc/nologin /run/nologin | head -n 1)"
${tellSshPorts}
${tellConfigured}
${sshUnit}
printf 'socket=%s\nservice=%s\n' "$(systemctl is-active ssh.socket)" "$(systemctl is-active "$unit")"
# Written anew at each start and reload; of the process alone the start is known.
if pid=$(cat /run/sshd.pid) && [ -d "/proc/$pid" ]; then started=$(stat -c %Y /run/sshd.pid)
elif pid=$(systemctl show -p MainPID --value "$unit") && [ "$pid" -gt 0 ]; then age=$(ps -o etimes= -p "$pid") && started=$(($(date +%s) - age)); fi
printf 'started=%s\n' "$started"
printf 'changed=%s\n' "$(stat -c %Y /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/ssh/sshd_config.d/*.conf | sort -n | tail -n 1)"
${tellOthers(user.name)}`,
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
      cloudInit: told.get('cloud-init') === 'present',
      cloudDropIn: toldSeenFile(told, 'cloud-drop-in'),
      effective: owners.map((owner) => settingsOf(effective.filter((line) => line.startsWith(`${owner}=`)))),
      lines: configLines(Buffer.from(told.get('config') ?? '', 'base64').toString()),
      nologin: told.get('nologin') ?? '',
      groups: list('groups').filter(Boolean),
      ports: { listening: toldSshPorts(stdout), configured: toldSshPorts(stdout, 'ssh-set') },
      units: { socket: told.get('socket') ?? '', service: told.get('service') ?? '' },
      known: { kex: list('kex'), ciphers: list('ciphers'), macs: list('macs') },
      ed25519HostKey: told.get('ed25519') === 'present',
      ed25519Hidden: told.get('ed25519-shown') === 'no',
      others: toldOthers(stdout),
      matched: list('matched').filter(Boolean),
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

function settingsOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const [name = '', ...value] = line.slice(line.indexOf('=') + 1).split(' ');
    found.set(name.toLowerCase(), [...(found.get(name.toLowerCase()) ?? []), value.join(' ')]);
  }
  return found;
}

function findings(state: State, context: Context): Finding[] {
  return [...stops(state, context), ...cloudFindings(state), ...settingFindings(state, context)];
}

function settingFindings(state: State, context: Context): Finding[] {
  const { settings, server } = context;
  if (state.ed25519Hidden && !isSet(state, 'hostcertificate'))
    return [hiddenKeyFinding(placesOf(state.lines, ['HostKey']))];
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
  const wanted = sshdSettings(state.known, {
    strict: settings.hardening === 'strict',
    tunnel: settings.broker.kind === 'emqx' && settings.dashboard === 'tunnel',
    userCertificates: isSet(state, 'trustedusercakeys'),
    hostCertificate: isSet(state, 'hostcertificate'),
  });
  const content = sshdDropIn(wanted, server.openssh);
  const file = {
    path: SSHD_DROP_IN,
    content,
    before: state.dropIn?.content,
    mode: '0644',
    owner: 'root:root',
  };
  const overruled = [...wanted]
    .filter(([name, value]) => state.effective.some((effective) => !agrees(effective, name, value)))
    .map(([name]) => name);
  const place = state.lines.findIndex(({ file: path }) => path === SSHD_DROP_IN);
  if (place === -1 && state.lines.length > 0) return [NOT_INCLUDED];
  // What stands before ours wins, and what is for some logins only wins always.
  const before = state.lines.filter(({ match }, index) => index < place || match !== undefined);
  const overruling = placesOf(before, overruled.flatMap(namesOf));
  if (state.matched.length > 0) {
    const names = [...wanted.keys()].filter((name) =>
      namesOf(name).some((one) => state.matched.includes(one.toLowerCase())),
    );
    const blocks = state.lines.filter(({ match }) => match !== undefined);
    return [matchedFinding(names, settings.user.name, placesOf(blocks, names.flatMap(namesOf)))];
  }
  if (!isAsWanted(state.dropIn, file)) {
    const first = before.filter(({ match }) => match === undefined);
    const already = overruled.filter((name) => placesOf(first, namesOf(name)) !== '');
    if (already.length > 0) return [overruledFinding(already, settings.user.name, overruling)];
    return [
      {
        id: 'sshd-config.drop-in',
        level: 'change',
        summary: `Refuse root and passwords, allow keys only (${SSHD_DROP_IN})`,
        change: { kind: 'write', files: [file], activate: restartSshd },
      },
      ...othersFindings(state.others, inForce(state), context),
    ];
  }
  if (overruled.length > 0) return [overruledFinding(overruled, settings.user.name, overruling)];
  if (state.startedAt < state.changedAt) {
    return [
      {
        id: 'sshd-config.running',
        level: 'change',
        summary: 'Restart the SSH server: its files were changed after it was started',
        change: { kind: 'run', script: restartSshd, undo: 'nothing' },
      },
    ];
  }
  return state.matches === '' ? [] : [matchFinding(state.matches)];
}

function isSet({ effective: [user] }: State, name: string): boolean {
  return (user?.get(name) ?? []).some((value) => value !== 'none');
}

function inForce({ effective: [user, root] }: State): InForce {
  const typed = ['passwordauthentication', 'kbdinteractiveauthentication', 'challengeresponseauthentication'];
  return {
    root: root?.get('permitrootlogin')?.[0] !== 'no',
    passwords: typed.some((name) => user?.get(name)?.[0] === 'yes'),
  };
}

/** OpenSSH before 8.7 prints the old names, and later versions still read them. */
const namesOf = (name: string): string[] => [name, OLD_NAMES[name]].filter((one) => one !== undefined);

function agrees(effective: ReadonlyMap<string, readonly string[]>, name: string, value: string): boolean {
  const [told] = namesOf(name)
    .map((one) => effective.get(one.toLowerCase()))
    .filter((one) => one !== undefined);
  return told?.[0] === value;
}
