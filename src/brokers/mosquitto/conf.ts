import { answers } from '../../engine/answers.js';
import type { Listener } from '../../engine/broker-facts.js';
import type { FileChange, Undo } from '../../engine/change.js';
import { controlled } from '../../engine/controlled.js';
import type { ListeningSocket } from '../../engine/facts/listeners.js';
import { replacedIn, whyOutOfDate } from '../../engine/facts/services.js';
import type { Unit } from '../../engine/facts/units.js';
import { processes, programs } from '../../engine/listening.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import { type Context, definePart, type Finding } from '../../engine/step.js';
import {
  againUntold,
  keepUnproved,
  settingUntold,
  unprovedNote,
} from '../../run-log/undelivered-passwords.js';
import { lines, sh } from '../../sh.js';
import { asRootFinding, listensAsRoot } from '../as-root.js';
import { EARLIER_FILES, takenPorts } from '../taken-ports.js';
import { addAccount, claimPasswords } from './accounts.js';
import { activate } from './activate.js';
import { mosquittoConf } from './conf-file.js';
import { conflicts, otherMain, refusals } from './conflicts.js';
import { dataFolderFindings, tellDataFolder } from './data-folder.js';
import { CONF_FILES, confFiles, type Directive, directives } from './directives.js';
import { MOSQUITTO, PLAIN_PORT } from './facts.js';
import { HOSTS_ALLOW, HOSTS_DENY, tellWrapped, wrappedFindings } from './hosts-access.js';
import { looseLimits, ourLimits } from './limits.js';
import { linkFindings, looseOnes, ownershipFindings, tellFolders } from './ownership.js';
import { tellChanged, UNTRIED } from './trial.js';

interface State {
  /** What the user's own files say; undefined before the package is installed. */
  theirs: Directive[] | undefined;
  ours: SeenFile | undefined;
  /** What others than root may write. */
  loose: ReturnType<typeof looseOnes>;
  /** Links to configuration that are not root's. */
  links: Finding[];
  /** The command that systemd starts the broker with; empty where there is no such unit. */
  command: string;
  passwords: { mode: string; owner: string; accounts: string[] } | undefined;
  /** Files of the server by path. */
  files: ReadonlyMap<string, SeenFile>;
  /** Who listens where: port → name of the program. */
  listening: ReadonlyMap<number, string>;
  /** Programs on the server itself that are connected without encryption: until ours is there, without an account as well. */
  clients: string[];
  /** What refuses connections before Mosquitto looks at them. */
  refused: Finding[];
  /** The owner's files that were written after the broker was started, and what came of trying all of them. */
  changed: string[];
  trial: { code: number; said: string[] };
  /** What the broker keeps its data in, and cannot use; and a folder for it that is not there. */
  closed: string[];
  absent: string | undefined;
  /** Whether the certificate is newer than the running broker, which reads it when it is started or reloaded. */
  outdated: boolean;
  /** Its program and libraries that were replaced on disk while it runs. */
  replaced: readonly string[];
  /** It runs as root. */
  root: boolean;
}

/** For awk, which gets connections as ss(8) prints them: `client=PROGRAM` for each whose two ends are on this server. */
const CLIENTS = `{here = $3; there = $4; sub(/:[0-9]+$/, "", here); sub(/:[0-9]+$/, "", there)}
here == there && match($0, /users:\\(\\("[^"]*"/) {print "client=" substr($0, RSTART + 9, RLENGTH - 10)}`;

/** Listeners and the first account, in a file of our own; what the user wrote elsewhere is read, never changed. */
export const conf = definePart<State>({
  needs: () => ({
    units: [MOSQUITTO.unit],
    files: [MOSQUITTO.conf, ...EARLIER_FILES, CONF_FILES, HOSTS_ALLOW, HOSTS_DENY],
    listeners: true,
    services: true,
  }),
  probe: ({ broker }) => sh`${tellFolders}
${controlled}
if [ -f ${MOSQUITTO.passwords} ]; then
  stat -L -c 'passwords=%a %U:%G' ${MOSQUITTO.passwords}
  controls ${MOSQUITTO.passwords} || owner=nobody
  { if [ "$owner" = root ]; then cat ${MOSQUITTO.passwords}; else read_file "$owner" ${MOSQUITTO.passwords}; fi; } | sed 's/:.*//; s/^/account=/'
fi
if [ -f ${broker.certificate.fullchain} ]; then stat -c 'copied=%Z' ${broker.certificate.fullchain}; fi
${tellChanged(CONF_FILES)}
${tellDataFolder(CONF_FILES)}
${tellWrapped}
ps -C mosquitto -o pid=,unit= | sed 's/^ */process=/'
ss -tnpH state established "dport = :${PLAIN_PORT}" | awk ${CLIENTS}`,
  parse: ({ stdout, facts }): State => {
    const told = answers(stdout);
    const all = (name: string) =>
      [...stdout.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
    const unit = facts.unit(MOSQUITTO.unit);
    const listening = withOthers(facts.listeners(), unit, stdout);
    // An SSH server listens at least: this very answer came through it.
    if (listening.size === 0) throw new Error('The server did not report what listens on it (ss).');
    const files = confFiles(facts.files());
    const theirs = files.filter(([path]) => path !== MOSQUITTO.ours);
    return {
      theirs:
        facts.file(MOSQUITTO.conf) && theirs.flatMap(([path, { content }]) => directives(path, content)),
      ours: facts.file(MOSQUITTO.ours),
      loose: looseOnes(stdout, files),
      links: linkFindings(stdout),
      command: unit.command,
      passwords: passwords(told.get('passwords'), stdout),
      files: facts.files(),
      listening,
      clients: [...new Set([...stdout.matchAll(/^client=(.*)$/gm)].map(([, name = '']) => name))].sort(),
      refused: wrappedFindings(told.get('wrapped') === 'yes', facts.files()),
      outdated: Number(told.get('copied')) > (unit.changed ?? unit.since ?? Number.NaN),
      replaced: replacedIn(facts.services(), unit.id),
      root: listensAsRoot(facts, unit.id),
      changed: [...new Set(all('changed'))].filter((path) => path !== MOSQUITTO.ours),
      closed: all('closed'),
      absent: told.get('absent'),
      trial: { code: Number(told.get('trial') ?? UNTRIED), said: all('said').filter(Boolean) },
    };
  },
  check,
  inventory: ({ theirs }) => ({ refusesFirst: refusals(theirs ?? []) }),
});

/** Pure. Another process of that name is somebody's own service, a container or a start by hand: the port is not ours. */
function withOthers(
  listeners: readonly ListeningSocket[],
  { pid }: Unit,
  stdout: string,
): ReadonlyMap<number, string> {
  const others = new Map(
    [...stdout.matchAll(/^process=(\d+) *(.*)$/gm)]
      .map(([, id, unit]) => [Number(id), unit] as const)
      .filter(([id]) => id !== pid),
  );
  const ids = processes(listeners);
  return new Map(
    [...programs(listeners)].map(([port, program]) => {
      const id = ids.get(port);
      if (id === undefined || !others.has(id)) return [port, program];
      return [port, `another ${program} (${others.get(id) || `process ${id}`})`];
    }),
  );
}

function passwords(told: string | undefined, stdout: string): State['passwords'] {
  const [mode, owner] = told?.split(' ') ?? [];
  if (mode === undefined || owner === undefined) return undefined;
  const accounts = [...stdout.matchAll(/^account=(.*)$/gm)].map(([, name = '']) => name);
  return { mode: mode.padStart(4, '0'), owner, accounts };
}

function check(state: State, context: Context): Finding[] {
  const listeners = context.broker.listeners(context.settings);
  const own = [
    ...otherMain(state.command),
    ...asRoot(state),
    ...conflicts(state.theirs ?? [], state.theirs !== undefined, listeners),
  ];
  const ours = config(state, context, listeners);
  return [
    ...state.links,
    ...ownershipFindings(state.loose),
    ...own,
    ...(own.length > 0 || ours.some(({ id }) => id === 'conf-edits.config')
      ? []
      : untried(state, ours.length > 0)),
    // Before the package is there, a mosquitto that listens is another one: from a container or a snap.
    ...takenPorts(
      state.listening,
      listeners,
      state.theirs === undefined ? '' : 'mosquitto',
      state.files,
      context.broker,
    ),
    ...dataFolderFindings(state.theirs ?? [], state.closed, state.absent),
    ...state.refused,
    ...device(state, context),
    ...ours,
    ...looseLimits(state.theirs ?? []),
  ];
}

/**
 * A mistake that the next start would bring to light: after a renewal, an update or a restart of the server.
 * @param restarts whether a change restarts the broker anyway
 */
function untried({ changed, trial }: State, restarts: boolean): Finding[] {
  const id = 'conf-edits.untried';
  if (trial.code !== 0 && trial.code !== UNTRIED)
    return [
      {
        id,
        level: 'stop',
        summary: `Mosquitto runs with an older configuration and would not start with the present one: ${trial.said.join(' ') || 'it ends without a word'}`,
        hint: `Correct what was changed since it was started: ${changed.join(', ') || MOSQUITTO.ours}. Until then devices are served; after the next start of Mosquitto they would not be.`,
      },
    ];
  if (changed.length === 0 || restarts) return [];
  return [
    {
      id,
      level: 'warn',
      summary: `Not yet in force, as Mosquitto was not restarted since: ${changed.join(', ')}. ${trial.code === 0 ? 'A second Mosquitto, started to try it, accepts it.' : 'Whether Mosquitto accepts it could not be tried here.'}`,
      hint: `When a short interruption does no harm: sudo systemctl restart ${MOSQUITTO.unit}`,
    },
  ];
}

/** What the unit of Debian and Ubuntu starts. */
const PROGRAM = '/usr/sbin/mosquitto';

/** With whatever files are there. */
const RESTART = sh`systemctl try-restart ${MOSQUITTO.unit}`;

const PASSWORDS = {
  files: [unprovedNote('devicePassword')],
  accounts: [{ path: MOSQUITTO.passwords, of: 'accounts' }],
  activate: RESTART,
} as const satisfies Undo;

function device({ passwords }: State, context: Context): Finding[] {
  const { name } = context.settings.device;
  const findings: Finding[] = [];
  const isThere = passwords?.accounts.includes(name) === true;
  const useless = isThere ? context.untold?.get('devicePassword') : undefined;
  if (!isThere || useless) {
    const { devicePassword } = context.secrets;
    findings.push({
      id: useless ? `conf-edits.${useless}` : 'conf-edits.device',
      level: 'change',
      ...(useless ? { summary: againUntold(name, useless) } : missing(name, passwords?.accounts ?? [])),
      ...keepUnproved(useless),
      change: {
        kind: 'run',
        script: settingUntold('devicePassword', devicePassword, addAccount(name, devicePassword)),
        undo: useless ? { ...PASSWORDS, stays: `The account ${name} keeps its new password.` } : PASSWORDS,
      },
    });
  } else if (passwords.mode !== '0600' || passwords.owner !== `${MOSQUITTO.user}:${MOSQUITTO.user}`) {
    findings.push({
      id: 'conf-edits.passwords',
      level: 'change',
      summary: `Make the password file readable for the broker alone (now ${passwords.mode} ${passwords.owner})`,
      change: {
        kind: 'run',
        script: claimPasswords,
        undo: { stays: 'The password file stays readable for the broker alone.' },
      },
    });
  }
  return findings;
}

/** Pure. Where other accounts are there, devices can connect, and the owner may have removed this one. @param others the accounts that the broker has */
function missing(name: string, others: readonly string[]): Pick<Finding, 'summary' | 'hint' | 'minor'> {
  const summary = `Make the account ${name} for the first device, with a generated password`;
  if (others.length === 0) return { summary };
  const shown = others.slice(0, 5).join(', ') + (others.length > 5 ? ' and others' : '');
  return {
    minor: true,
    summary: `Make the account ${name} with a generated password: broker.yaml names it, and the broker does not have it (it has ${shown})`,
    hint: `If you removed ${name} on purpose, set device.name in broker.yaml to an account that exists.`,
  };
}

function config(state: State, { broker, settings }: Context, listeners: readonly Listener[]): Finding[] {
  const ports = listeners.map(({ port }) => port);
  const file: FileChange = {
    path: MOSQUITTO.ours,
    content: mosquittoConf(
      broker.listeners(settings),
      broker.certificate,
      MOSQUITTO.passwords,
      ourLimits(state.theirs ?? []),
    ),
    mode: '0644',
    owner: 'root:root',
    before: state.ours?.content,
  };
  if (!isAsWanted(state.ours, file)) {
    return [
      {
        id: 'conf-edits.config',
        level: 'change',
        summary: `Open in Mosquitto, for accounts only: ${listeners.map(door).join(', ')}`,
        ...(state.ours ? {} : used(state.clients)),
        change: { kind: 'write', files: [file], activate: activate(ports), undo: RESTART },
      },
    ];
  }
  const reason = whyRestart(
    state,
    ports.filter((port) => !state.listening.has(port)),
  );
  if (reason === undefined) return [];
  return [
    {
      id: 'conf-edits.restart',
      level: 'change',
      summary: `Restart Mosquitto: ${reason}`,
      change: { kind: 'run', script: lines(STARTABLE, activate(ports)), undo: 'nothing' },
    },
  ];
}

/** A program that was deleted, or whose libraries are gone, must not take down the one that runs: 126 and 127 of sh(1p). */
const STARTABLE = sh`code=0; ${PROGRAM} -h >/dev/null 2>&1 || code=$?
[ "$code" -lt 126 ] || { echo ${`broker-setup: ${PROGRAM} cannot be run any more, so the running Mosquitto is left alone. It says:`} >&2; ${PROGRAM} -h >&2; exit 1; }`;

/** @param closed ports that its configuration opens and nothing listens on */
function whyRestart({ outdated, replaced }: State, closed: readonly number[]): string | undefined {
  if (closed.length > 0) return `nothing listens on ${closed.join(', ')}, which its configuration opens`;
  if (outdated) return 'it was started before it got the present certificate';
  return whyOutOfDate(replaced);
}

/** mosquitto.conf(5), “user”: root is the one name with which it does not give up root. */
function asRoot({ theirs = [], root }: State): Finding[] {
  const line = theirs.findLast(({ name }) => name === 'user');
  const place = line?.value === 'root' ? `line ${line.line} of ${line.file} says “user root”` : undefined;
  const own = `sudo chown -R ${MOSQUITTO.user}:${MOSQUITTO.user} /var/lib/mosquitto /var/log/mosquitto && sudo systemctl restart mosquitto`;
  return asRootFinding(
    'Mosquitto',
    { runs: root, place },
    `${place === undefined ? 'Have' : 'Put a # at the beginning of that line. Then have'} it start as its own user, with the files that root has written: ${own}`,
  );
}

/** As it ships, Mosquitto lets whoever is on the server in; what uses that stops without another word. */
function used(clients: readonly string[]): Pick<Finding, 'hint'> {
  if (clients.length === 0) return {};
  const are = clients.length === 1 ? 'is' : 'are';
  return {
    hint: `On the server itself ${clients.join(', ')} ${are} connected now, and will need an account.`,
  };
}

function door({ port, tls, reach }: Listener): string {
  return `${port} (${tls ? 'encrypted' : reach === 'loopback' ? 'on the server itself' : 'not encrypted'})`;
}
