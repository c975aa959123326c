import { digestOf } from '../cookie.js';
import { EMQX } from '../facts.js';
import { managedBy } from './managed.js';
import { LONGEST, type Running, UNKNOWN } from './running.js';
import type { Setting } from './setting.js';

/** Where the running node does something else than files that it was started with. */
export interface Difference {
  /** The setting that does not hold. */
  id: Setting['id'];
  /** What the running node has, in its own words. */
  has: string;
  /** What ends it. start: a new start. files: the setting in emqx.conf, which wins over the dashboard. person: only somebody who decides. */
  ends: 'start' | 'files' | { hint: string };
}

const BUILT_IN = 'password_based:built_in_database';
const MQTT = 'mqtt:global';

/**
 * Pure. Compares what runs with what the files say.
 * @param settings those that the files hold
 */
export function differencesOf(running: Running, settings: readonly Setting[]): Difference[] {
  const held = (id: Setting['id']) => settings.some((setting) => setting.id === id);
  return [
    ...keys(running, settings),
    ...(held('authentication') ? authentication(running, settings) : []),
    ...(held('authorization') ? authorization(running, settings) : []),
    ...(held('profile') ? profile(running) : []),
    ...others(running, settings),
  ];
}

/** @returns the variable of the environment that sets a key, or something that holds it */
function variableFor(key: string, { environment }: Running): string | undefined {
  const name = `EMQX_${key.toUpperCase().replaceAll('.', '__')}`;
  return environment.find((one) => name === one || name.startsWith(`${one}__`));
}

function ended(key: string, running: Running, otherwise: Difference['ends']): Difference['ends'] {
  const variable = variableFor(key, running);
  if (variable === undefined) return otherwise;
  return {
    hint: `The variable ${variable} in its environment wins over all files. Find where it is set with: systemctl cat ${EMQX.unit}. Delete it there, then: sudo systemctl daemon-reload && sudo systemctl restart ${EMQX.unit}`,
  };
}

function keys(running: Running, settings: readonly Setting[]): Difference[] {
  return managedBy(settings).flatMap(({ key, value, setting }): Difference[] => {
    const has = running.values.get(key);
    if (has === undefined || has === UNKNOWN || has === value || has === digested(value)) return [];
    // Stricter than what is asked for.
    if (key.endsWith('.enable_authn') && has === 'quick_deny_anonymous') return [];
    const shown = has.startsWith('sha256:') ? 'another value' : `= ${has}`;
    return [{ id: setting.id, has: `${key} ${shown}`, ends: ended(key, running, 'start') }];
  });
}

const digested = (value: string): string => (value.length > LONGEST ? `sha256:${digestOf(value)}` : value);

/** A setting in base.hocon counts less than the dashboard's: then only emqx.conf ends it. */
const layerEnds = (id: Setting['id'], settings: readonly Setting[]): 'start' | 'files' =>
  settings.find((setting) => setting.id === id)?.layer === 'base' ? 'files' : 'start';

function authentication(running: Running, settings: readonly Setting[]): Difference[] {
  if (running.chains === undefined) return [];
  const chain = running.chains.get(MQTT) ?? [];
  const on = chain.filter(({ enabled }) => enabled).map(({ id }) => id);
  if (on.includes(BUILT_IN)) return [];
  const ends = ended('authentication', running, layerEnds('authentication', settings));
  if (on.length === 0) return [{ id: 'authentication', has: 'no authentication that is enabled', ends }];
  return [
    {
      id: 'authentication',
      has: `only ${on.join(', ')} for the accounts of MQTT clients`,
      ends: {
        hint: 'Accounts that this set-up makes are in the built-in database. Enable it in the dashboard (Access Control, Authentication), beside the other one.',
      },
    },
  ];
}

/**
 * Pure. Why EMQX may refuse a client whatever its password: another source of accounts is asked as well, and where that is broken or does
 * not answer, all are refused.
 * @param running undefined where the node did not report anything
 */
export function refusals(running: Running | undefined): string[] {
  if (running?.chains === undefined) return ['EMQX does not report where it looks accounts up'];
  const chains = [...running.chains].filter(([name]) => /^(mqtt|tcp|ssl|ws|wss|quic):/.test(name));
  return chains.flatMap(([name, all]) =>
    all
      .filter(({ id, enabled }) => enabled && id !== BUILT_IN)
      .map(({ id }) => `it looks accounts up in ${id} as well (${name})`),
  );
}

function authorization(running: Running, settings: readonly Setting[]): Difference[] {
  const layer = layerEnds('authorization', settings);
  const difference = (has: string, key: string, ends: Difference['ends']): Difference => ({
    id: 'authorization',
    has,
    ends: ended(key, running, ends),
  });
  const noMatch = running.values.get(NO_MATCH);
  const { sources } = running;
  const others = sources?.filter(({ type }) => type !== 'file') ?? [];
  // Written into emqx.conf, the list of sources would end those that the owner has added.
  const ends: Difference['ends'] =
    others.length > 0 && layer === 'files'
      ? {
          hint: `Correct it in the dashboard (Access Control, Authorization), which wins over base.hocon: “No Match” is deny, and the source “file” is enabled with the rules of ${EMQX.acl}. It is not done for you, as there are other sources: ${others.map(({ type }) => type).join(', ')}.`,
        }
      : layer;
  return [
    ...(noMatch !== undefined && noMatch !== UNKNOWN && noMatch !== 'deny'
      ? [difference(`${NO_MATCH} = ${noMatch}`, NO_MATCH, ends)]
      : []),
    ...(sources === undefined ||
    sources.some(({ type, enabled, path }) => type === 'file' && enabled && path === EMQX.acl)
      ? []
      : [
          difference(
            `other sources of rules than ${EMQX.acl} (${inWords(sources)})`,
            'authorization.sources',
            ends,
          ),
        ]),
  ];
}

/** Asked for beside the managed keys, which do not include those of base.hocon. */
export const NO_MATCH = 'authorization.no_match';

const inWords = (sources: NonNullable<Running['sources']>): string =>
  sources
    .map(({ type, enabled, path }) => `${type === 'file' ? path : type}${enabled ? '' : ', disabled'}`)
    .join('; ') || 'none';

/** Only read at the start; another file for the unit may have the last word. */
function profile({ values }: Running): Difference[] {
  const has = values.get('security_profile');
  if (has === undefined || has === 'hardened') return [];
  return [
    {
      id: 'profile',
      has: `the security profile ${has}`,
      ends: {
        hint: `Another file of its unit sets EMQX_SECURITY_PROFILE as well. Find it with: systemctl cat ${EMQX.unit}. Delete the line there, then: sudo systemctl daemon-reload && sudo systemctl restart ${EMQX.unit}`,
      },
    },
  ];
}

/** Listeners and gateways that are not of this set-up, and chains of accounts that replace the common one. */
function others({ listeners, chains, gateways }: Running, settings: readonly Setting[]): Difference[] {
  const ours = new Set(managedBy(settings).map(({ key }) => key));
  const asksNobody = listeners.filter(
    ({ id, enabled, asks, bind }) => enabled && !asks && !isLoopback(bind) && !ours.has(keyOf(id)),
  );
  const isEmpty = (name: string) => (chains?.get(name) ?? []).every(({ enabled }) => !enabled);
  const replaced = listeners.filter(({ id, enabled }) => enabled && chains?.has(id) && isEmpty(id));
  const open =
    chains === undefined
      ? []
      : gateways.filter(
          (name) => isEmpty(`${name}:global`) && !ours.has(`gateway.${name}.authentication.enable`),
        );
  return [
    ...asksNobody.map(
      ({ id }): Difference => ({
        id: 'authentication',
        has: `enable_authn = false for the listener ${id}`,
        ends: {
          hint: 'Enable authentication for it, or delete it, in the dashboard (Management, Listeners).',
        },
      }),
    ),
    ...replaced.map(
      ({ id }): Difference => ({
        id: 'authentication',
        has: `an authentication of its own for the listener ${id}, of which nothing is enabled`,
        ends: {
          hint: `Delete “authentication” of that listener in ${EMQX.data}/configs/cluster.hocon, and restart EMQX.`,
        },
      }),
    ),
    ...open
      .filter((name) => listeners.some(({ id, enabled }) => enabled && id.startsWith(`${name}:`)))
      .map(
        (name): Difference => ({
          id: 'authentication',
          has: `no authentication that is enabled for the gateway ${name}`,
          ends: { hint: 'Add one, or switch the gateway off, in the dashboard (Management, Gateways).' },
        }),
      ),
  ];
}

/** `ssl:default` → `listeners.ssl.default.enable_authn`; `coap:dtls:default` → `gateway.coap.listeners.dtls.default.enable_authn` */
function keyOf(id: string): string {
  const [first, ...more] = id.split(':');
  return more.length > 1
    ? `gateway.${first}.listeners.${more.join('.')}.enable_authn`
    : `listeners.${id.replace(':', '.')}.enable_authn`;
}

const isLoopback = (bind: string): boolean =>
  bind.startsWith('127.') || bind.startsWith('{{0,0,0,0,0,0,0,1}');
