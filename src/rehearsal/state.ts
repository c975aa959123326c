import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, stateFolder } from '../xdg.js';
import type { Records, Release, Way } from './types.js';

/** All there is to know about one rehearsal; written before anything is started, so that anyone can remove it. */
export interface State {
  version: 1;
  name: string;
  way: Way;
  release: Release;
  domain: string;
  created: string;
  /** Process that started it; while it lives, it may be using the server. */
  owner: number;
  rootPassword: string;
  /** Third octet of the subnet, and what all interfaces are named after. */
  slot: number;
  address: string;
  sshPort: number;
  ports: Record<number, number>;
  resolver: string;
  directory: string;
  records: Records;
  /** nspawn: the disk that it began with, where that was no fresh one. */
  base?: string;
  /** nspawn: control groups made for it. podman: empty. */
  cgroups: string[];
}

/** Where the images are kept; `down` leaves this alone on purpose, since building one takes a minute. */
export const cacheDirectory = cacheFolder;

/** Where all rehearsals live. */
export const stateDirectory = () => join(stateFolder(), 'rehearsals');

/** Where one rehearsal keeps its files: state, logs, keys of its CA, and with nspawn the server's disk. */
export const directoryOf = (name: string) => join(stateDirectory(), name);

/** Writes the state of a rehearsal, whole or not at all. */
export async function writeState(state: State): Promise<void> {
  const directory = directoryOf(state.name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, '.state.json'), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(join(directory, '.state.json'), join(directory, 'state.json'));
}

/** The state of one rehearsal, or undefined where there is none. */
export async function readState(name: string): Promise<State | undefined> {
  const text = await readFile(join(directoryOf(name), 'state.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as State);
}

/** The states of all rehearsals of this user, by name. */
export async function readStates(): Promise<State[]> {
  const names = await readdir(stateDirectory()).catch(() => []);
  const states = await Promise.all(names.sort().map(readState));
  return states.filter((state) => state !== undefined);
}

/** Removes all files of a rehearsal, and the directories above where they are empty. */
export async function removeState(name: string): Promise<void> {
  await rm(directoryOf(name), { recursive: true, force: true, maxRetries: 5 });
  await rmdir(stateDirectory()).catch(() => undefined);
  await rmdir(join(stateDirectory(), '..')).catch(() => undefined);
}
