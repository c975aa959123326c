import { randomBytes } from 'node:crypto';
import { SetupError, UsageError } from '../errors.js';
import { caBundle, writeCaBundle } from './acme.js';
import type { Boot } from './boot.js';
import { type Claim, claimOf, claims } from './claims.js';
import { answers } from './dns.js';
import { turnForwardingOff } from './forwarding.js';
import { isAlive } from './lock.js';
import { chooseSlot, routes } from './network.js';
import { until } from './ready.js';
import { readStates, removeState, type State, writeState } from './state.js';
import type { Rehearsal, RehearsalOptions, Way } from './types.js';
import { chooseWay } from './way.js';

export type { Rehearsal, RehearsalOptions, Release } from './types.js';

const bootOf = async (way: Way): Promise<Boot> =>
  way === 'nspawn' ? (await import('./nspawn.js')).nspawn : (await import('./podman.js')).podman;

const word = (length: number) =>
  [...randomBytes(length)].map((byte) => 'abcdefghijkmnpqrstuvwxyz23456789'[byte % 32]).join('');

/**
 * Boots a throwaway server with a private ACME CA and DNS, and resolves when its sshd and its CA answer.
 * Interrupted or failed half way, it removes what it started before it throws.
 */
export async function up(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const { signal, onProgress = () => undefined } = options;
  const way = await chooseWay(options.way, options.install, signal);
  const boot = await bootOf(way);
  // Before the subnet is chosen: an image can take a minute, and somebody else may take the subnet meanwhile.
  await boot.prepare(options.release ?? 'bookworm', onProgress, signal);
  const state = await record(way, boot, options);
  try {
    await boot.start(state, onProgress, signal);
    const why = (part: 'dnsmasq' | 'pebble') => ({ signal, why: () => boot.lastWords(state, part) });
    await until('DNS of the rehearsal', 20, () => answers(state.resolver, state.domain), why('dnsmasq'));
    const [host, port] = managementOf(state);
    await until('The CA of the rehearsal', 20, () => writeCaBundle(state.name, host, port), why('pebble'));
    signal?.throwIfAborted();
    return rehearsalOf(state, boot);
  } catch (error) {
    await down(state.name);
    // Ctrl-C reaches the commands we run as well, and one of them may have failed of it first.
    signal?.throwIfAborted();
    throw error;
  }
}

/** Names the rehearsal, claims its subnet and writes its state, under a lock: before anything is started. */
async function record(way: Way, boot: Boot, options: RehearsalOptions): Promise<State> {
  const ground = claims();
  return ground.exclusively(options.signal, async () => {
    for (const claim of await ground.abandoned()) await clear(claim);
    const others = [...(await ground.all()), ...(await readStates())];
    const name = options.name ?? `bsr-${word(5)}`;
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
      throw new UsageError(`"${name}" is no name for a rehearsal: small letters, digits and dashes.`);
    }
    if (others.some((other) => other.name === name)) {
      throw new SetupError(`A rehearsal named ${name} exists already.`, {
        code: 'rehearsal-exists',
        hint: `Remove it: broker-setup rehearse down ${name}`,
      });
    }
    const slots = others.map((other) => other.slot);
    const state: State = {
      version: 1,
      name,
      way,
      release: options.release ?? 'bookworm',
      domain: options.domain ?? 'mqtt.rehearsal.test',
      created: new Date().toISOString(),
      owner: process.pid,
      rootPassword: word(20),
      slot: chooseSlot(await routes(), slots),
      address: '',
      sshPort: 22,
      ports: {},
      resolver: '',
      directory: '',
      records: { a: [], aaaa: [] },
      cgroups: [],
      ...(options.base === undefined ? {} : { base: options.base }),
    };
    const planned = { ...state, ...(await boot.plan(state)) };
    await ground.add(claimOf(planned));
    await writeState(planned);
    return planned;
  });
}

const managementOf = (state: State): [string, number] =>
  state.way === 'nspawn' ? [state.resolver, 15000] : ['127.0.0.1', state.ports[15000] ?? 15000];

function rehearsalOf(state: State, boot: Boot): Rehearsal {
  const { name, way, release, domain, address, sshPort, ports, rootPassword, directory, resolver, records } =
    state;
  return {
    ...{ name, way, release, domain, address, sshPort, ports, rootPassword, resolver, records },
    acme: { directory, caBundle: caBundle(name) },
    exec: (script) => boot.exec(state, script),
    setDns: (wanted) => boot.setDns(state, wanted),
    reboot: () => boot.reboot(state),
    async down() {
      await down(name);
    },
  };
}

/**
 * Removes one rehearsal, whoever started it and however far it came; without a name all of those that no process is using. The cached
 * images stay.
 * @returns the names of those removed, and of those that were left
 */
export async function down(name?: string): Promise<{ removed: string[]; inUse: string[] }> {
  const all = (await readStates()).filter((state) => name === undefined || state.name === name);
  const inUse = all.filter(({ owner }) => name === undefined && owner !== process.pid && isAlive(owner));
  const states = all.filter((state) => !inUse.includes(state));
  for (const state of states) {
    await claims().exclusively(undefined, () => clear(claimOf(state)));
    await removeState(state.name);
  }
  const names = (list: typeof all) => list.map((state) => state.name);
  return { removed: names(states), inUse: names(inUse) };
}

/** Removes all that runs for a rehearsal and gives its slot back; what another has claimed meanwhile is left alone. */
async function clear(claim: Claim): Promise<void> {
  const ground = claims();
  // Containers go by their names, not by the slot.
  if (claim.way === 'podman' || (await ground.mayClear(claim))) await (await bootOf(claim.way)).remove(claim);
  await ground.drop(claim);
  if ((await ground.all()).length === 0) await turnForwardingOff(ground.forwardingNote);
}
