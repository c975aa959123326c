import { randomBytes } from 'node:crypto';
import type { IClientOptions, MqttClient } from 'mqtt';
import type { Listener } from '../engine/broker-facts.js';
import type { Asking, Outside, Proof, Proved } from '../engine/step.js';
import { SECRET_VARIABLES } from '../settings/secrets.js';
import type { Secret } from '../sh.js';
import { NETWORK_WORDS } from './handshake.js';
import { type Trust, trustOf } from './trust.js';

/** A door of the broker and who knocks. */
export interface MqttTarget {
  address: string;
  listener: Listener;
  servername: string;
  /** PEM roots instead of the well-known ones. */
  ca?: Trust['ca'];
  username?: string;
  password?: Secret | string;
  /** Of the protocol, as CONNECT numbers it: 4 is 3.1.1 (default), 5 is 5.0. */
  version?: 4 | 5;
}

/** What a client id of ours begins with. */
const CLIENT = 'broker-setup-';

/** How long a connection or a message may take, in milliseconds. */
const PATIENCE = 8000;

/** Bad user name or password, not authorized: CONNACK return codes of MQTT 3.1.1 (table 3.1), reason codes of MQTT 5 (3.2.2.2). */
const REFUSED: readonly number[] = [4, 5, 134, 135];

/** What they mean, as the standards name them: MQTT 3.1.1 table 3.1, MQTT 5 section 3.2.2.2. */
const MEANINGS: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol version',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'unsupported protocol version',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  140: 'bad authentication method',
  149: 'packet too large',
  151: 'quota exceeded',
  159: 'connection rate exceeded',
};

/** Pure. `code 5: not authorized`. */
const meaning = (code: number): string => `code ${code}${MEANINGS[code] ? `: ${MEANINGS[code]}` : ''}`;

/**
 * In seconds. Brokers limit it: Mosquitto takes 10 and more for max_keepalive, and refuses a client of MQTT 3.1.1 that asks for more, or
 * for none, with “identifier rejected” (mosquitto.conf(5), github.com/eclipse-mosquitto/mosquitto/issues/2361).
 */
const KEEPALIVE = 10;

/** "Not authorized", of a SUBACK or PUBACK of MQTT 5 (3.9.3, 3.4.2.1); 3.1.1 has no word for it. */
const NOT_AUTHORIZED = 135;

/** Whoever asks has come in; it is rules for topics that say no. */
class TopicRefused extends Error {}

/** MQTT.js makes an error of a SUBACK that refuses: codes from 128 on (MQTT 3.1.1, 3.9.3), and 3.1.1 has no other than 128. */
function isRefusal(error: unknown): boolean {
  const { packet } = error as { packet?: { granted?: readonly unknown[] } };
  return packet?.granted?.some((code) => Number(code) >= 128) === true;
}

/**
 * Connects, subscribes, publishes, waits for its own message, disconnects.
 * @returns milliseconds from publish to arrival
 * @throws TopicRefused where the broker says that its rules are against this topic
 * @throws Error where any of it fails; a chain that does not verify is such a failure
 */
export async function roundTrip(target: MqttTarget): Promise<number> {
  const client = await connect(target);
  try {
    const topic = `broker-setup/${randomBytes(6).toString('hex')}`;
    const text = randomBytes(12).toString('hex');
    const arrived = new Promise<void>((resolve) => {
      client.on('message', (on, payload) => on === topic && payload.toString() === text && resolve());
    });
    const subscribed = client.subscribeAsync(topic, { qos: 1 }).catch((error: unknown) => {
      throw isRefusal(error) ? new TopicRefused('the subscription was refused') : error;
    });
    await inTime(subscribed, 'the subscription was not answered');
    const begun = performance.now();
    const published = client
      .publishAsync(topic, text, { qos: 1 })
      .catch((error: Error & { code?: unknown }) => {
        throw error.code === NOT_AUTHORIZED ? new TopicRefused('the message was refused') : error;
      });
    await inTime(published, 'the message was not taken');
    await inTime(arrived, 'the message did not come back');
    return performance.now() - begun;
  } finally {
    await client.endAsync(true);
  }
}

/**
 * Knocks and reports the answer.
 * @returns undefined when let in, else the CONNACK return code
 * @throws Error where there was no such answer: no connection, no trust, no MQTT
 */
export async function knock(target: MqttTarget): Promise<number | undefined> {
  try {
    const client = await connect(target);
    await client.endAsync(true);
    return undefined;
  } catch (error) {
    const code: unknown = (error as { code?: unknown }).code;
    if (typeof code === 'number') return code;
    throw error;
  }
}

async function connect(target: MqttTarget): Promise<MqttClient> {
  const { connect: begin } = await import('mqtt');
  const client = begin(optionsOf(target));
  try {
    await inTime(
      new Promise((resolve, reject) => {
        client.once('connect', resolve);
        client.once('error', reject);
        // Comes after the refusal where there is one.
        client.once('close', () => reject(new Error('the connection was closed without an answer')));
      }),
      'no answer in time',
    );
    return client;
  } catch (error) {
    // A refusal is told before the connection is closed, and is told again to whoever still listens.
    client.on('error', () => undefined);
    client.end(true);
    throw error;
  }
}

function optionsOf({
  address,
  listener,
  servername,
  ca,
  username,
  password,
  version = 4,
}: MqttTarget): IClientOptions {
  const web = listener.mqtt === 'websocket';
  const trust = {
    servername,
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  };
  return {
    protocol: web ? (listener.tls ? 'wss' : 'ws') : listener.tls ? 'mqtts' : 'mqtt',
    host: address.includes(':') && web ? `[${address}]` : address,
    port: listener.port,
    ...(web && listener.path !== undefined ? { path: listener.path } : {}),
    ...(listener.tls ? trust : {}),
    ...(web && listener.tls ? { wsOptions: trust } : {}),
    protocolVersion: version,
    keepalive: KEEPALIVE,
    clientId: `${CLIENT}${randomBytes(4).toString('hex')}`,
    connectTimeout: PATIENCE,
    reconnectPeriod: 0,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined
      ? {}
      : {
          password: typeof password === 'string' ? password : password.reveal(),
        }),
  };
}

function inTime<T>(promise: Promise<T>, complaint: string): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The account gets a message through each encrypted door, and nobody else gets in. */
export function mqttProofs({ broker, settings, laptop }: Asking): Proof[] {
  const doors = broker
    .listeners(settings)
    .filter(({ mqtt, tls, reach }) => mqtt !== undefined && tls && reach === 'world');
  const { name } = settings.device;
  const at = (listener: Listener, { address }: Outside): MqttTarget => ({
    address,
    listener,
    servername: settings.domain,
    ...trustOf(laptop),
  });
  return doors.flatMap((listener): Proof[] => [
    {
      id: `mqtt.${listener.id}-message`,
      title: `${name} sends itself a message (${listener.title}, ${listener.port})`,
      needs: 'devicePassword',
      async run(outside) {
        const { devicePassword } = outside.made;
        if (!devicePassword)
          return {
            ok: undefined,
            detail: 'only the run that makes the account knows its password',
          };
        const target = { ...at(listener, outside), username: name, password: devicePassword };
        try {
          const [old, current] = await Promise.all([roundTrip(target), roundTrip({ ...target, version: 5 })]);
          return {
            ok: true,
            detail: `back after ${Math.round(old)} ms with MQTT 3.1.1, ${Math.round(current)} ms with MQTT 5`,
          };
        } catch (error) {
          return error instanceof TopicRefused ? keptFromTopic(name) : unreachable(error);
        }
      },
    },
    {
      id: `mqtt.${listener.id}-anonymous`,
      title: `Nobody gets in without a password (${listener.title}, ${listener.port})`,
      run: (outside) => refused(at(listener, outside), outside, name),
    },
    {
      id: `mqtt.${listener.id}-wrong-password`,
      title: `A wrong password is refused (${listener.title}, ${listener.port})`,
      run: (outside) =>
        refused(
          { ...at(listener, outside), username: name, password: randomBytes(12).toString('hex') },
          outside,
          name,
        ),
    },
  ]);
}

async function refused(target: MqttTarget, outside: Outside, name: string): Promise<Proved> {
  return knock(target).then((code): Promise<Proved> | Proved => {
    if (code === undefined) return { ok: false, detail: 'was let in' };
    if (REFUSED.includes(code)) return ifOthersAreLetIn(code, target, outside, name);
    return { ok: false, detail: `unexpected answer (${meaning(code)})` };
  }, notAsked);
}

/** A refusal says something about the password only where the same client with the right one is let in. */
async function ifOthersAreLetIn(
  code: number,
  target: MqttTarget,
  { made: { devicePassword: password }, withoutLogin, inside }: Outside,
  name: string,
): Promise<Proved> {
  const detail = `refused (code ${code})`;
  if (password === undefined && withoutLogin)
    return {
      ok: true,
      detail: `${detail}; whether a client with the right password is accepted was not tried`,
    };
  if (password === undefined) {
    const looked = await inside;
    const refusesFirst = looked?.inventory.refusesFirst ?? (looked ? ['the broker was not looked into'] : []);
    if (refusesFirst.length === 0) return { ok: true, detail };
    return {
      ok: undefined,
      detail: `${detail}, but every client like this one may be: ${refusesFirst.join('; ')}`,
      hint: `Give the password of ${name} in the environment variable ${SECRET_VARIABLES.device}, so that both can be tried.`,
    };
  }
  const control = await knock({ ...target, username: name, password }).catch((error: unknown) => error);
  if (control === undefined) return { ok: true, detail };
  const why = typeof control === 'number' ? `(${meaning(control)})` : `(${inPlainWords(control)})`;
  return {
    ok: undefined,
    detail: `refused (${meaning(code)}), but so is ${name} with its right password ${why}: this says nothing about passwords`,
  };
}

/** Who may use which topic is the owner's to say; it is no fault, but neither was a message seen. */
function keptFromTopic(name: string): Proved {
  return {
    ok: undefined,
    detail: `${name} gets in with its password, but rules for topics on the broker keep it from broker-setup/#, where this is tried`,
  };
}

/** OpenSSL's own words are for developers of OpenSSL. */
function inPlainWords(error: unknown): string {
  const { code = '' }: { code?: unknown } = error as object;
  if (typeof code === 'number')
    return `the broker refused the connection (${meaning(code)}); the client id began with ${CLIENT}, the keepalive was ${KEEPALIVE} s`;
  if (typeof code !== 'string') return String(error);
  if (/^(?:EPROTO|ERR_SSL_)/.test(code)) return 'what answers there does not speak TLS';
  return NETWORK_WORDS[code] ?? (error instanceof Error ? error.message : String(error));
}

/** Who was not heard was not refused either. */
function notAsked(error: unknown): Proved {
  return { ...unreachable(error), ok: undefined };
}

function unreachable(error: unknown): Proved {
  return {
    ok: false,
    detail: inPlainWords(error),
  };
}
