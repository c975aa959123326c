import { answers } from '../engine/answers.js';
import { whyOutOfDate } from '../engine/facts/services.js';
import { together } from '../engine/facts.js';
import { unlistedSources } from '../engine/logins.js';
import { isAsWanted } from '../engine/seen-files.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { newUserLogin, passwordRefused, rootRefused } from '../proofs/login.js';
import { sh } from '../sh.js';
import { OLD_NAMES, PER_SOURCE, SSHD_DROP_IN, sshdDropIn, sshdSettings } from '../templates/sshd-drop-in.js';
import { SSH_PORTS, sshPorts } from './ssh-ports.js';
import { cloudFindings } from './sshd-config/cloud.js';
import { CLOUD_SSH_DROP_IN } from './sshd-config/cloud-drop-in.js';
import { tellMatched } from './sshd-config/effective.js';
import { matchedFinding, matchFinding, NOT_INCLUDED, overruledFinding } from './sshd-config/findings.js';
import { hiddenKeyFinding, isEd25519Hidden, tellNamedKeys } from './sshd-config/hidden-key.js';
import { CONFIG_FILES, configLines, matchLines, placesOf } from './sshd-config/lines.js';
import { invalidFinding, nextStartFindings, SSHD_DEFAULTS } from './sshd-config/next-start.js';
import { type InForce, othersFindings, tellOthers, toldOthers } from './sshd-config/other-logins.js';
import { ourPerSource, perSourceFindings } from './sshd-config/per-source.js';
import { changedAt, startedAt, tellTimes } from './sshd-config/started.js';
import type { Refused, State } from './sshd-config/state.js';
import { stops } from './sshd-config/stops.js';
import { restartSshd, SSH_SOCKET, SSH_UNITS, sshService } from './sshd-config/units.js';

/** No root, no passwords, today's algorithms; validated, proved over a second connection, taken back if that fails. */
export const sshdConfig = defineStep<State | Refused>({
  id: 'sshd-config',
  title: 'Harden the SSH server',
  packages: () => ['openssh-server'],
  requires: (context) => [newUserLogin(context)],
  proofs: (context) => [newUserLogin(context), rootRefused(context), passwordRefused(context)],
  guard: () => ({ paths: ['/etc/ssh/sshd_config.d', CLOUD_SSH_DROP_IN], reload: restartSshd }),
  needs: ({ settings: { user } }) =>
    together([
      SSH_PORTS,
      {
        units: SSH_UNITS,
        files: [SSHD_DROP_IN, CLOUD_SSH_DROP_IN, SSHD_DEFAULTS],
        services: true,
        sshd: [user.name, 'root'],
      },
    ]),
  probe: ({ settings: { user } }) => sh`
if [ -d /etc/cloud/cloud.cfg.d ]; then echo cloud-init=present; fi
set -- $(ssh -Q kex); echo "kex=$*"
set -- $(ssh -Q cipher); echo "ciphers=$*"
set -- $(ssh -Q mac); echo "macs=$*"
if [ -e /etc/ssh/ssh_host_ed25519_key ]; then echo ed25519=present; fi
named=$(grep -hisoE '^[[:space:]]*(match|hostkey)[[:space:]=]' ${CONFIG_FILES})
case $named in *[Hh][Oo][Ss][Tt]*) ${tellNamedKeys} ;; esac
case $named in *[Mm][Aa][Tt][Cc][Hh]*) ${tellMatched(user.name)} ;; esac
printf 'groups=%s\n' "$(id -nG ${user.name})"
for file in /etc/nologin /run/nologin; do if [ -e "$file" ]; then echo "nologin=$file"; break; fi; done
${tellTimes}
${tellOthers(user.name)}`,
  parse: ({ stdout, facts }, { settings: { user } }) => {
    const complaint = facts.sshdComplaint();
    if (complaint !== undefined) return { complaint };
    const told = answers(stdout);
    const list = (name: string) => (told.get(name) ?? '').split(' ');
    const effective = [facts.sshd(user.name), facts.sshd('root')];
    const service = sshService(facts);
    return {
      dropIn: facts.file(SSHD_DROP_IN),
      cloudInit: told.get('cloud-init') === 'present',
      cloudDropIn: facts.file(CLOUD_SSH_DROP_IN),
      effective,
      lines: configLines(facts.files()),
      nologin: told.get('nologin') ?? '',
      groups: list('groups').filter(Boolean),
      ports: sshPorts(facts),
      units: { socket: facts.unit(SSH_SOCKET).active, service: service.active },
      next: { service, socket: facts.unit(SSH_SOCKET), defaults: facts.file(SSHD_DEFAULTS) },
      replaced: facts.services().find(({ pid }) => pid === service.pid)?.replaced ?? [],
      known: { kex: list('kex'), ciphers: list('ciphers'), macs: list('macs') },
      ed25519HostKey: told.get('ed25519') === 'present',
      ed25519Hidden: isEd25519Hidden(stdout, facts.sshd('root').get('hostkey') ?? []),
      others: toldOthers(stdout),
      moreOthers: /^others=more$/m.test(stdout),
      unlisted: unlistedSources(stdout),
      matched: list('matched').filter(Boolean),
      matches: matchLines(facts.files()),
      startedAt: startedAt(stdout, service),
      changedAt: changedAt(stdout),
    };
  },
  check: (state, context) => findings(state, context),
  inventory: (state, context) =>
    'complaint' in state
      ? {}
      : { sshd: { started: state.startedAt, asSet: findings(state, context).length === 0 } },
});

function findings(state: State | Refused, context: Context): Finding[] {
  if ('complaint' in state) return [invalidFinding(state.complaint)];
  return [
    ...stops(state, context),
    ...nextStartFindings(state.next, wantedOf(state, context)),
    ...cloudFindings(state),
    ...settingFindings(state, context),
  ];
}

/** The settings that must be in force. */
function wantedOf(state: State, { settings, server }: Context): ReadonlyMap<string, string> {
  return sshdSettings(state.known, {
    strict: settings.hardening === 'strict',
    tunnel: settings.broker.kind === 'emqx' && settings.dashboard === 'tunnel',
    userCertificates: isSet(state, 'trustedusercakeys'),
    hostCertificate: isSet(state, 'hostcertificate'),
    perSource: ourPerSource(state.lines, server.openssh),
  });
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
  const wanted = wantedOf(state, context);
  const content = sshdDropIn(wanted, server.openssh);
  const file = {
    path: SSHD_DROP_IN,
    content,
    before: state.dropIn?.content,
    mode: '0644',
    owner: 'root:root',
  };
  const overruled = [...wanted]
    .filter(([name]) => !PER_SOURCE.has(name))
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
      ...perSourceFindings(state, server.openssh, false),
      ...othersFindings(
        state,
        inForce(state),
        (wanted.get('PubkeyAcceptedAlgorithms') ?? '').split(','),
        context,
      ),
    ];
  }
  if (overruled.length > 0) return [overruledFinding(overruled, settings.user.name, overruling)];
  const reason = whyRestart(state);
  if (reason !== undefined) {
    return [
      {
        id: 'sshd-config.running',
        level: 'change',
        summary: `Restart the SSH server: ${reason}`,
        change: { kind: 'run', script: restartSshd, undo: 'nothing' },
      },
    ];
  }
  return [
    ...perSourceFindings(state, server.openssh, true),
    ...(state.matches === '' ? [] : [matchFinding(state.matches)]),
  ];
}

function whyRestart({ startedAt, changedAt, replaced }: State): string | undefined {
  if (startedAt < changedAt) return 'its files were changed after it was started';
  return whyOutOfDate(replaced);
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
