import { answers } from '../../engine/answers.js';
import type { FileChange, Undo } from '../../engine/change.js';
import type { ListeningSocket } from '../../engine/facts/listeners.js';
import type { Unit } from '../../engine/facts/units.js';
import { processes, programs } from '../../engine/listening.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import { type Context, definePart, type Finding } from '../../engine/step.js';
import { againUntold, settingUntold } from '../../runs/untold.js';
import { sh } from '../../sh.js';
import { mosquittoConf } from '../../templates/mosquitto-conf.js';
import type { Listener } from '../broker.js';
import { takenPorts } from '../taken-ports.js';
import { addAccount, claimPasswords } from './accounts.js';
import { activate } from './activate.js';
import { conflicts, otherMain } from './conflicts.js';
import { CONF_FILES, confFiles, type Directive, directives } from './directives.js';
import { MOSQUITTO, PLAIN_PORT } from './facts.js';
import { HOSTS_ALLOW, HOSTS_DENY, tellWrapped, wrappedFindings } from './hosts-access.js';

interface State {
  /** What the user's own files say; undefined before the package is installed. */
  theirs: Directive[] | undefined;
  ours: SeenFile | undefined;
  /** The command that systemd starts the broker with; empty where there is no such unit. */
  command: string;
  passwords: { mode: string; owner: string; accounts: string[] } | undefined;
  /** Who listens where: port → name of the program. */
  listening: ReadonlyMap<number, string>;
  /** Programs on the server itself that are connected without encryption: until ours is there, without an account as well. */
  clients: string[];
  /** What refuses connections before Mosquitto looks at them. */
  refused: Finding[];
  /** Whether the certificate is newer than the running broker, which reads it only at its start. */
  outdated: boolean;
}

/** For awk, which gets connections as ss(8) prints them: `client=PROGRAM` for each whose two ends are on this server. */
const CLIENTS = `{here = $3; there = $4; sub(/:[0-9]+$/, "", here); sub(/:[0-9]+$/, "", there)}
here == there && match($0, /users:\\(\\("[^"]*"/) {print "client=" substr($0, RSTART + 9, RLENGTH - 10)}`;

/** Listeners and the first account, in a file of our own; what the user wrote elsewhere is read, never changed. */
export const conf = definePart<State>({
  needs: () => ({
    units: [MOSQUITTO.unit],
    files: [MOSQUITTO.conf, MOSQUITTO.ours, CONF_FILES, HOSTS_ALLOW, HOSTS_DENY],
    listeners: true,
  }),
  probe: ({ broker }) => sh`if [ -f ${MOSQUITTO.passwords} ]; then
  stat -c 'passwords=%a %U:%G' ${MOSQUITTO.passwords}
  sed 's/:.*//; s/^/account=/' ${MOSQUITTO.passwords}
fi
if [ -f ${broker.certificate.fullchain} ]; then stat -c 'copied=%Y' ${broker.certificate.fullchain}; fi
${tellWrapped}
ps -C mosquitto -o pid=,unit= | sed 's/^ */process=/'
ss -tnpH state established "dport = :${PLAIN_PORT}" | awk ${CLIENTS}`,
  parse: ({ stdout, facts }): State => {
    const told = answers(stdout);
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
      command: unit.command,
      passwords: passwords(told.get('passwords'), stdout),
      listening,
      clients: [...new Set([...stdout.matchAll(/^client=(.*)$/gm)].map(([, name = '']) => name))].sort(),
      refused: wrappedFindings(told.get('wrapped') === 'yes', facts.files()),
      outdated: Number(told.get('copied')) > (unit.since ?? Number.NaN),
    };
  },
  check,
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
  return [
    ...otherMain(state.command),
    ...conflicts(state.theirs ?? [], state.theirs !== undefined, listeners),
    // Before the package is there, a mosquitto that listens is another one: from a container or a snap.
    ...takenPorts(state.listening, listeners, state.theirs === undefined ? '' : 'mosquitto'),
    ...state.refused,
    ...device(state, context),
    ...config(state, context, listeners),
  ];
}

/** With whatever files are there. */
const RESTART = sh`systemctl try-restart ${MOSQUITTO.unit}`;

const PASSWORDS: Undo = {
  files: [MOSQUITTO.passwords],
  activate: RESTART,
};

function device({ passwords }: State, context: Context): Finding[] {
  const { name } = context.settings.device;
  const findings: Finding[] = [];
  const untold = context.untold?.has('devicePassword') === true;
  if (!passwords?.accounts.includes(name) || untold) {
    const { devicePassword } = context.secrets;
    findings.push({
      id: untold ? 'conf-edits.untold' : 'conf-edits.device',
      level: 'change',
      summary: untold
        ? againUntold(name)
        : `Make the account ${name} for the first device, with a generated password`,
      change: {
        kind: 'run',
        script: settingUntold('devicePassword', devicePassword, addAccount(name, devicePassword)),
        undo: PASSWORDS,
      },
    });
  } else if (passwords.mode !== '0600' || passwords.owner !== `${MOSQUITTO.user}:${MOSQUITTO.user}`) {
    findings.push({
      id: 'conf-edits.passwords',
      level: 'change',
      summary: `Make the password file readable for the broker alone (now ${passwords.mode} ${passwords.owner})`,
      change: { kind: 'run', script: claimPasswords(), undo: PASSWORDS },
    });
  }
  return findings;
}

function config(state: State, { broker, settings }: Context, listeners: readonly Listener[]): Finding[] {
  const ports = listeners.map(({ port }) => port);
  const file: FileChange = {
    path: MOSQUITTO.ours,
    content: mosquittoConf(broker.listeners(settings), broker.certificate, MOSQUITTO.passwords),
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
  const closed = ports.filter((port) => !state.listening.has(port));
  if (closed.length === 0 && !state.outdated) return [];
  return [
    {
      id: 'conf-edits.restart',
      level: 'change',
      summary:
        closed.length > 0
          ? `Restart Mosquitto: nothing listens on ${closed.join(', ')}, which its configuration opens`
          : 'Restart Mosquitto: it was started before it got the present certificate',
      change: { kind: 'run', script: activate(ports), undo: 'nothing' },
    },
  ];
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
