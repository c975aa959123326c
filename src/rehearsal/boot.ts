import type { Claim } from './claims.js';
import type { State } from './state.js';
import type { Output, Records, Release } from './types.js';

/** What a way to boot has to be able to do; the rest of the rehearsal is the same for all. */
export interface Boot {
  /** Makes sure of the images, which are kept; nothing of it belongs to one rehearsal. */
  prepare(release: Release, onProgress: (line: string) => void, signal?: AbortSignal): Promise<void>;
  /** Where the server, its CA and its DNS are going to be: recorded before anything is started. */
  plan(state: State): Promise<Partial<State>>;
  /** Starts everything and waits until sshd greets. */
  start(state: State, onProgress: (line: string) => void, signal?: AbortSignal): Promise<void>;
  exec(state: State, script: string): Promise<Output>;
  /** Makes DNS answer these records for the domain. */
  setDns(state: State, records: Records): Promise<void>;
  /** The last lines a part printed, for an error message. */
  lastWords(state: State, part: 'server' | 'dnsmasq' | 'pebble'): Promise<string>;
  reboot(state: State): Promise<void>;
  /** Removes all that `start` may have started, from the claim alone; what is not there is no error. */
  remove(claim: Claim): Promise<void>;
}
