import { uses } from '../engine/apply.js';
import type { Event } from '../engine/events.js';
import type { Look } from '../engine/look.js';
import type { StepOutcome } from '../engine/run.js';
import type { Context, Fact, MadePassword } from '../engine/step.js';
import { clean } from '../sanitize.js';
import type { Settings } from '../settings/schema.js';
import type { Secret } from '../sh.js';
import { columns } from '../terminal/columns.js';
import { duration } from '../terminal/duration.js';
import { commandFor, pasted } from '../terminal/program.js';
import { colour, symbol } from '../terminal/theme.js';
import { wrap } from '../terminal/wrap.js';
import { proofSymbol } from './progress.js';
import { tryLines } from './try-line.js';

export interface SummaryInput {
  settings: Settings;
  context: Context;
  events: readonly Event[];
  outcomes: readonly StepOutcome[];
  /** Where the answers were kept. */
  config: string;
  /** The command that repeats this run. */
  repeat: string;
  /** The command that looks at the server. */
  doctor: string;
  /** A known_hosts file besides the person's own. */
  knownHosts?: string | undefined;
  /** The name of the run; undefined where it had nothing to do. */
  run?: string | undefined;
  /** Of the whole run. */
  seconds: number;
}

/** What a person wants to know at the end: done, proved, what to pin, how to get in, how to connect a device. */
export function summary({
  settings,
  context,
  events,
  outcomes,
  config,
  repeat,
  doctor,
  knownHosts,
  run,
  seconds,
}: SummaryInput): string {
  const changes = events.filter((event) => event.type === 'change');
  const proofs = new Map(
    events.flatMap((event) => (event.type === 'proof' ? [[event.id, event] as const] : [])),
  );
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.finding] : []));
  const facts = outcomes
    .flatMap((outcome) => outcome.facts)
    .filter((fact, index, all) => all.findLastIndex((one) => one.id === fact.id) === index);
  const plain = facts.filter(({ record }) => !record);
  const nothing = changes.length === 0;
  const undo = commandFor(run === undefined ? 'undo' : `undo ${run}`, { config, knownHosts });
  const trust = knownHosts === undefined ? '' : `-o UserKnownHostsFile=${pasted(knownHosts)} `;
  const sections = [
    nothing
      ? [
          proofs.size === 0
            ? `${symbol.ok} ${headed('Nothing to do', `: every step is in place on ${settings.server}.`)}`
            : `${symbol.ok} ${headed('Nothing to change', `: every step is in place on ${settings.server}, and what was outstanding ${[...proofs.values()].every(({ proved }) => proved.ok) ? 'is verified' : 'was checked again'}.`)}`,
        ]
      : [
          `${symbol.ok} ${colour.bold(`${settings.domain} is ready.`)} ${colour.dim(`(${duration(Math.round(seconds))})`)}`,
        ],
    section(
      'Changed',
      changes.map(({ finding }) => `· ${wrap(finding.summary, 4)}`),
    ),
    section(
      'Proved from outside',
      [...proofs.values()].map(({ proved, title }) => proofLine(proved.ok, title, proved.detail)),
    ),
    section('Worth knowing', [
      ...warnings.map((finding) => `${symbol.warn} ${wrap(finding.summary, 4)}`),
      ...plain
        .filter((fact) => !ofCertificate(fact))
        .map(({ label, value }) => `· ${wrap(`${label}: ${value}`, 4)}`),
    ]),
    section(
      'The certificate, for devices that pin it',
      plain.filter(ofCertificate).flatMap(({ label, value }) => [label, ...broken(clean(value))]),
    ),
    section(
      'Seen for the first time, and compared from now on',
      nothing
        ? []
        : facts.filter(({ record }) => record).flatMap(({ label, value }) => [label, `  ${clean(value)}`]),
    ),
    section('Log in', [loginCommand(settings, context, trust)]),
    section('Connect a device', deviceLines(settings, context)),
    section('Open the dashboard', dashboardLines(settings, context, trust)),
    madeSecrets(events, context),
    section('What next', [
      'Check the server at any time:',
      `  ${doctor}`,
      ...(nothing ? [] : ['Undo this run:', `  ${undo}`]),
      wrap(`Run this again, after a change in ${config}:`, 2),
      `  ${repeat}`,
      wrap('More devices, and code for them: “Connect a device” in the README.', 2),
    ]),
  ];
  return `\n${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** A sentence behind a sign, with a bold beginning that one line holds. */
const headed = (beginning: string, rest: string): string =>
  wrap(`${beginning}${rest}`, 2).replace(beginning, colour.bold(beginning));

/** A value on one line behind two columns; a row of pairs that is longer than the terminal, on two. */
function broken(value: string): string[] {
  const pairs = value.split(':');
  if (value.length + 5 <= columns() || pairs.length < 20) return [`  ${value}`];
  const half = pairs.length / 2;
  return [`  ${pairs.slice(0, half).join(':')}:`, `  ${pairs.slice(half).join(':')}`];
}

function ofCertificate({ id }: Fact): boolean {
  return id.startsWith('fingerprint.');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [colour.bold(title), ...lines.map((line) => `  ${line}`)];
}

function proofLine(ok: boolean | undefined, title: string, detail: string): string {
  return `${proofSymbol(ok)} ${wrap(ok ? title : `${title}: ${detail}`, 4)}`;
}

/** From so many keys of the agent on, a server with MaxAuthTries 3 hangs up before ssh(1) has offered the one that is named. */
const MANY_KEYS = 3;

/** @param options of ssh(1), with a space behind */
function loginCommand(
  { key, user, server, login }: Settings,
  { laptop: { agentKeys } }: Pick<Context, 'laptop'>,
  options = '',
): string {
  if (key.alias !== undefined) return `ssh ${options}${key.alias}`;
  const port = login.port === undefined || login.port === 22 ? '' : `-p ${login.port} `;
  const only = agentKeys < MANY_KEYS ? '' : '-o IdentitiesOnly=yes ';
  return `ssh ${options}${port}${only}-i ${pasted(key.file)} ${user.name}@${server}`;
}

/** Where the broker has a dashboard: how to get to it. */
function dashboardLines(settings: Settings, context: Context, trust: string): string[] {
  const door = context.broker.listeners(settings).find(({ id }) => id === 'dashboard');
  if (!door) return [];
  if (door.reach === 'world')
    return [`https://${settings.domain}:${door.port}`, 'with the user name admin and its password'];
  return [
    wrap('It can be reached only through an SSH connection of yours. Leave this open:', 2),
    loginCommand(settings, context, `${trust}-N -L ${door.port}:127.0.0.1:${door.port} `),
    wrap(`then go to https://localhost:${door.port}, with the user name admin and its password.`, 2),
    wrap('The browser warns that the certificate is for another name; here SSH protects the way.', 2),
  ];
}

function deviceLines(settings: Settings, { broker }: Context): string[] {
  const doors = broker
    .listeners(settings)
    .filter((listener) => listener.reach === 'world' && listener.mqtt !== undefined && listener.tls);
  const schemes = { tcp: 'mqtts', websocket: 'wss' };
  return [
    ...doors.map(
      ({ mqtt, port, path, title }) =>
        `${mqtt ? schemes[mqtt] : ''}://${settings.domain}:${port}${path ?? ''}  ${colour.dim(title)}`,
    ),
    wrap(`with the user name ${settings.device.name} and its password`, 2),
    ...tryLines({ settings, listeners: broker.listeners(settings) }).map((line) =>
      line.startsWith('Try') ? wrap(line, 2) : line,
    ),
  ];
}

const LABELS = {
  devicePassword: (settings: Settings) => `Password of the device account ${settings.device.name}`,
  dashboardPassword: () => 'Password of admin, who rules the dashboard',
  sudoPassword: (settings: Settings) => `Password that sudo asks ${settings.user.name} for`,
};

/** What is needed as soon as it is set, and so is told before: without it nobody could rule the server if this run were cut off. */
export function soonNeeded(looks: readonly Look[], { settings, secrets }: Context): string[] {
  const { sudoPassword, sudoPasswordMade } = secrets;
  const isUsed =
    sudoPassword && looks.some(({ findings }) => findings.some((finding) => uses(finding, sudoPassword)));
  if (!isUsed || !sudoPasswordMade) return [];
  return [`${LABELS.sudoPassword(settings)}: ${colour.bold(sudoPassword.reveal())}`, ''];
}

/** Whether a change that was made has set it: one that failed has made no account, or one that the next run makes anew. */
const isSet = (events: readonly Event[], secret: Secret): boolean =>
  events.some((event) => event.type === 'changed' && uses(event.finding, secret));

/** The passwords among those of madeSecrets() that the server notes until they were shown. */
export function shownPasswords(events: readonly Event[], { secrets }: Context): MadePassword[] {
  return (['devicePassword', 'dashboardPassword'] as const).filter((name) => isSet(events, secrets[name]));
}

/** The passwords that took effect in this run. They are nowhere else to be had, so they are shown even after a failure. */
export function madeSecrets(events: readonly Event[], { settings, secrets }: Context): string[] {
  const lines = (['devicePassword', 'dashboardPassword', 'sudoPassword'] as const).flatMap((name) => {
    const secret = secrets[name];
    if (name === 'sudoPassword' && !secrets.sudoPasswordMade) return [];
    return secret !== undefined && isSet(events, secret)
      ? [`${LABELS[name](settings)}: ${colour.bold(secret.reveal())}`]
      : [];
  });
  return lines.length === 0 ? [] : section('Keep these, they are shown only this once', lines);
}
