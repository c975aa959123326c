import type { FindingName } from '../../catalogue/index.js';
import type { Listener } from '../../engine/broker-facts.js';
import type { Finding } from '../../engine/step.js';
import type { Directive } from './directives.js';
import { MOSQUITTO, PLAIN_PORT } from './facts.js';

/**
 * What in the user's own files contradicts ours. It is named, not changed: it may have a reason that only the user knows.
 * @param installed whether there is a main file at all; before the package is there, nothing can contradict
 */
export function conflicts(
  theirs: readonly Directive[],
  installed: boolean,
  listeners: readonly Listener[],
): Finding[] {
  const findings: Finding[] = theirs.flatMap(
    (directive, index) => contradiction(directive, listeners, below(theirs, index)) ?? [],
  );
  findings.push(...ownListener(theirs, listeners));
  const included = theirs.some(
    ({ name, value }) => name === 'include_dir' && value.replace(/\/$/, '') === MOSQUITTO.includes,
  );
  if (installed && !included) {
    findings.unshift({
      id: 'conf-edits.include-dir',
      level: 'stop',
      summary: `${MOSQUITTO.conf} does not read ${MOSQUITTO.includes}, where the settings of this set-up go.`,
      hint: `Add this line at its end: include_dir ${MOSQUITTO.includes}`,
    });
  }
  return findings;
}

/** Pure. A drop-in of the owner's may start the broker with a main file of their own, which knows nothing of ours. */
export function otherMain(command: string): Finding[] {
  const [, main = 'none at all'] = /\s(?:-c|--config-file)[\s=](\S+)/.exec(command) ?? [];
  if (command === '' || main === MOSQUITTO.conf) return [];
  return [
    {
      id: 'conf-edits.include-dir',
      level: 'stop',
      summary: `${MOSQUITTO.unit} is started with another configuration than ${MOSQUITTO.conf} (${main}), so it would not read the settings of this set-up.`,
      hint: `See who says so with: systemctl cat ${MOSQUITTO.unit}. Take that ExecStart away, put the settings that you need into a file in ${MOSQUITTO.includes}, and run this again.`,
    },
  ];
}

/** Settings with which Mosquitto refuses a client for another reason than its password, or asks somebody else about it (mosquitto.conf(5)). */
const REFUSES: readonly string[] = [
  'clientid_prefixes',
  'auth_plugin',
  'plugin',
  'global_plugin',
  'plugin_load',
];

/** Pure. Where the owner's files have such a setting. */
export const refusals = (theirs: readonly Directive[]): string[] =>
  theirs
    .filter(({ name }) => REFUSES.includes(name))
    .map(({ file, line, name, value }) => `line ${line} of ${file} says “${name} ${value}”`);

/**
 * Settings of a listener, with what each is without a word. Above the first listener of a file one of them makes Mosquitto open its port
 * to the world by itself, beside all listeners (conf.c, default_listener of 2.0).
 */
const OPENS: Readonly<Record<string, string>> = {
  bind_address: '',
  bind_interface: '',
  cafile: '',
  capath: '',
  certfile: '',
  ciphers: '',
  'ciphers_tls1.3': '',
  crlfile: '',
  dhparamfile: '',
  keyfile: '',
  max_connections: '-1',
  max_qos: '2',
  maximum_qos: '2',
  mount_point: '',
  protocol: 'mqtt',
  psk_hint: '',
  require_certificate: 'false',
  socket_domain: '',
  tls_engine: '',
  tls_engine_kpass_sha1: '',
  tls_keyform: '',
  use_identity_as_username: 'false',
  use_subject_as_username: 'false',
  use_username_as_clientid: 'false',
};

/** Pure. Where somebody names another port for it, it is in nobody's way. */
function ownListener(theirs: readonly Directive[], listeners: readonly Listener[]): Finding[] {
  if (theirs.some(({ name }) => name === 'port') || !listeners.some(({ port }) => port === PLAIN_PORT))
    return [];
  const at = theirs.findIndex(
    ({ file, name, value }, index) =>
      (OPENS[name] ?? value) !== value &&
      !theirs.slice(0, index).some((one) => one.file === file && one.name === 'listener'),
  );
  const { file, line, name, value } = theirs[at] ?? {};
  if (file === undefined) return [];
  return [
    {
      id: 'conf-edits.listener-conflict',
      level: 'stop',
      summary: `Line ${line} of ${file} says “${name} ${value}” above any listener: so Mosquitto opens port ${PLAIN_PORT} by itself, which this set-up opens as well.`,
      hint: 'Move that line, and others like it, below the listener that it is meant for, or put a # at its beginning; and run this again. Nothing was changed in that file.',
    },
  ];
}

/** Pure. The lines that belong to a listener: those below it in its file, up to the next listener or bridge. */
function below(theirs: readonly Directive[], index: number): readonly Directive[] {
  const rest = theirs.slice(index + 1);
  const end = rest.findIndex(
    ({ file, name }) => file !== theirs[index]?.file || ['listener', 'port', 'connection'].includes(name),
  );
  return end === -1 ? rest : rest.slice(0, end);
}

/** The second word of a `listener`, where it lets in nobody but programs on the server. */
const LOOPBACK = /\s(localhost|127\.\S+|::1)$/;

/**
 * Pure. What it means for devices that theirs makes room for ours.
 * @param theirs the line of their listener, then those that belong to it
 */
function forDevices(ours: Listener, listeners: readonly Listener[], theirs: readonly Directive[]): string {
  const encrypted = listeners.find(({ tls, mqtt }) => tls && mqtt === 'tcp')?.port;
  const of = (wanted: string) => theirs.find(({ name }) => name === wanted)?.value;
  const certificate = of('certfile');
  const sentences = [
    certificate &&
      `Devices that trust the certificate ${certificate}, or who issued it, must learn to trust the new one.`,
    of('require_certificate') === 'true' &&
      'Devices that show a certificate of their own need an account: here they log in with a password.',
    of('psk_hint') !== undefined &&
      'Devices with a pre-shared key need an account, and TLS with certificates.',
    ours.reach === 'loopback' &&
      !LOOPBACK.test(theirs[0]?.value ?? '') &&
      `Devices elsewhere reach it no more: they use ${encrypted}, encrypted. To keep ${ours.port} open for them, unencrypted, set exposure to guide.`,
  ];
  return sentences
    .filter(Boolean)
    .map((one) => ` ${one}`)
    .join('');
}

function contradiction(
  directive: Directive,
  listeners: readonly Listener[],
  section: readonly Directive[],
): Finding | undefined {
  const { file, line, name, value } = directive;
  const [first = ''] = value.split(/\s+/);
  const stop = (id: FindingName<'conf-edits'>, why: string, more = '', devices = ''): Finding => ({
    id: `conf-edits.${id}`,
    level: 'stop',
    summary: `Line ${line} of ${file} says “${name} ${value}”: ${why}.`,
    hint: `Put a # at the beginning of that line if you can do without it${more}, and run this again. Nothing was changed in that file.${devices}`,
  });
  const ours = listeners.find(({ port }) => String(port) === first);
  if ((name === 'listener' || name === 'port') && ours) {
    return stop(
      'listener-conflict',
      `this set-up opens port ${first} itself`,
      ', and of the lines below that belong to it (up to the next listener)',
      forDevices(ours, listeners, [directive, ...section]),
    );
  }
  if (name === 'allow_anonymous' && first === 'true') {
    return stop(
      'anonymous',
      'anyone could connect without a password',
      '',
      ' From then on every device needs an account.',
    );
  }
  if (name === 'listener_allow_anonymous' && first === 'true') {
    return {
      ...stop('anonymous', 'anyone can connect there without a password'),
      level: 'warn',
    };
  }
  if (name === 'per_listener_settings' && first === 'true') {
    return stop(
      'per-listener',
      'the accounts of this set-up would hold for one of its ports only',
      '',
      ' Accounts and rules for topics that stand below one listener then hold for all.',
    );
  }
  if (name === 'psk_file') {
    // Seen with 2.0.21: no TLS 1.3 on 8883 with it, and 1.3 without it.
    return stop(
      'psk',
      'with pre-shared keys Mosquitto refuses TLS 1.3 on its other ports as well',
      '',
      ' Devices with a pre-shared key need an account then, and TLS with certificates.',
    );
  }
  if (name === 'password_file') {
    return stop(
      'password-file',
      value === MOSQUITTO.passwords
        ? 'this set-up says so itself, and Mosquitto accepts that line only once'
        : `Mosquitto accepts one password file, and this set-up keeps its accounts in ${MOSQUITTO.passwords}`,
      value === MOSQUITTO.passwords
        ? ' (the accounts stay)'
        : `; to keep its accounts, first: sudo sh -c 'cat ${value} >>${MOSQUITTO.passwords}'`,
    );
  }
  return undefined;
}
