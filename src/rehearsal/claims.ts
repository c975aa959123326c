import { access, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SetupError } from '../errors.js';
import { stateFolder } from '../xdg.js';
import { withKernelLock, withLock } from './lock.js';
import { directoryOf, type State } from './state.js';

/** What a rehearsal has of what is shared, and the folder with its own files. */
export type Claim = Pick<State, 'name' | 'way' | 'slot' | 'cgroups'> & { folder: string };

/**
 * Who has which slot. The files of rehearsals are in a home, but bridges, firewall rules and control groups are the
 * machine's: two homes must not choose the same. All but `exclusively` is called within `exclusively`.
 */
export interface Claims {
  exclusively<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>;
  all(): Promise<Claim[]>;
  /** Those whose files are gone: of a process killed before it wrote any, or of a home that was deleted. */
  abandoned(): Promise<Claim[]>;
  add(claim: Claim): Promise<void>;
  /** Whether nobody else has the slot. After a restart of the machine nobody has one, and another may take it. */
  mayClear(claim: Claim): Promise<boolean>;
  /** @throws SetupError where the rehearsal was removed meanwhile, by whomever */
  mustHold(claim: Claim): Promise<void>;
  /** Gives the slot back, where it is this rehearsal's. */
  drop(claim: Claim): Promise<void>;
  /** File in which the first rehearsal notes that it made the machine forward packets. */
  forwardingNote: string;
}

/** What a rehearsal claims. */
export const claimOf = ({ name, way, slot, cgroups }: State): Claim => ({
  ...{ name, way, slot, cgroups },
  folder: directoryOf(name),
});

/** Claims kept in a folder, a file for each slot. */
export function claimsIn(folder: string, lock = withKernelLock): Claims {
  const fileOf = (slot: number) => join(folder, `${slot}.json`);
  const holderOf = async (slot: number): Promise<Claim | undefined> => {
    const text = await readFile(fileOf(slot), 'utf8').catch(() => '');
    try {
      return JSON.parse(text) as Claim;
    } catch {
      return undefined; // The process was killed while it wrote, and has not begun anything.
    }
  };
  const all = async () => {
    const files = (await readdir(folder).catch(() => [])).filter((file) => /^\d+\.json$/.test(file));
    const claims = await Promise.all(files.map((file) => holderOf(Number(basename(file, '.json')))));
    return claims.filter((claim) => claim !== undefined);
  };
  const holds = async (claim: Claim) => (await holderOf(claim.slot))?.folder === claim.folder;
  return {
    forwardingNote: `${folder}.forwarding`,
    exclusively: (signal, work) => lock(`${folder}.lock`, signal, work),
    all,
    async abandoned() {
      const claims = await all();
      const lost = await Promise.all(
        claims.map((claim) =>
          access(join(claim.folder, 'state.json')).then(
            () => false,
            () => true,
          ),
        ),
      );
      return claims.filter((_, index) => lost[index]);
    },
    async add(claim) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(fileOf(claim.slot), `${JSON.stringify(claim)}\n`, { mode: 0o600 });
    },
    mayClear: async (claim) => (await holderOf(claim.slot)) === undefined || holds(claim),
    async mustHold(claim) {
      if (await holds(claim)) return;
      throw new SetupError(`The rehearsal ${claim.name} was removed.`, { code: 'rehearsal-removed' });
    },
    async drop(claim) {
      if (await holds(claim)) await rm(fileOf(claim.slot), { force: true });
      await rmdir(folder).catch(() => undefined);
    },
  };
}

/** As root, networks are the machine's, whatever the home. Rootless podman makes them in a world of the user's own. */
export const claims = (): Claims =>
  process.platform === 'linux' && process.getuid?.() === 0
    ? claimsIn('/run/broker-setup-rehearsals')
    : claimsIn(join(stateFolder(), 'claims'), withLock);
