import type { Sh } from '../sh.js';
import { parseFiles, printFiles, type SeenFile } from './facts/files.js';
import { type ListeningSocket, parseListeners, printListeners } from './facts/listeners.js';
import { parseServices, printServices, type ServiceProcess } from './facts/services.js';
import { complaintOf, parseSshd, printSshd, type SshdSettings } from './facts/sshd.js';
import { parseUnits, printUnits, type Unit } from './facts/units.js';
import { parseUpgrades, printUpgrades, type Upgrade } from './facts/upgrades.js';
import type { Frame } from './probe.js';

/** What a part asks of the facts that several parts share; each is asked of the server once for all of them. */
export interface Needs {
  /** Names of systemd's units, with their suffix. */
  units?: readonly string[];
  /** Paths, or shell words that expand to several. */
  files?: readonly (string | Sh)[];
  /** Accounts for which sshd's settings are asked. */
  sshd?: readonly string[];
  /** Who listens on which port. */
  listeners?: true;
  /** As whom the services of systemd run, and what of them was replaced on disk since. */
  services?: true;
  /** Which packages an upgrade would install. */
  upgrades?: true;
}

/** The shared facts, parsed. Each accessor throws where its fact could not be read: the part that needs it "could not be checked". */
export interface Facts {
  unit(name: string): Unit;
  /** undefined where there is no such file. */
  file(path: string): SeenFile | undefined;
  /** All files that any part asked for, by path: for those that a glob names. */
  files(): ReadonlyMap<string, SeenFile>;
  sshd(user: string): SshdSettings;
  /** What sshd says of its own files where it refuses them; undefined where it takes them. */
  sshdComplaint(): string | undefined;
  listeners(): readonly ListeningSocket[];
  services(): readonly ServiceProcess[];
  /** undefined where apt fails: what it says then is for a person to read. */
  upgrades(): readonly Upgrade[] | undefined;
  /** The same facts, where asking for what is not among these needs is an error: another step's needs may not be asked next time. */
  only(needs: Needs): Facts;
}

/** Ids of the frames; no part has such a name. */
const FRAME = {
  units: 'fact:units',
  files: 'fact:files',
  sshd: 'fact:sshd',
  listeners: 'fact:listeners',
  services: 'fact:services',
  upgrades: 'fact:upgrades',
} as const satisfies Record<keyof Needs, string>;

/** Pure. What several parts need, each once. */
export function together(all: readonly Needs[]): Needs {
  const list = <T>(pick: (needs: Needs) => readonly T[] | undefined, key: (one: T) => string): T[] => [
    ...new Map(all.flatMap((needs) => pick(needs) ?? []).map((one) => [key(one), one])).values(),
  ];
  return {
    units: list((needs) => needs.units, String),
    files: list(
      (needs) => needs.files,
      (one) => (typeof one === 'string' ? one : one.run),
    ),
    sshd: list((needs) => needs.sshd, String),
    ...(all.some(({ listeners }) => listeners) ? { listeners: true } : {}),
    ...(all.some(({ services }) => services) ? { services: true } : {}),
    ...(all.some(({ upgrades }) => upgrades) ? { upgrades: true } : {}),
  };
}

/** Pure. The probes that answer these needs, by the id of their frame. */
export function factProbes({
  units = [],
  files = [],
  sshd = [],
  listeners,
  services,
  upgrades,
}: Needs): Map<string, Sh> {
  return new Map<string, Sh>([
    ...(units.length > 0 ? [[FRAME.units, printUnits(units)] as const] : []),
    ...(files.length > 0 ? [[FRAME.files, printFiles(files)] as const] : []),
    ...(sshd.length > 0 ? [[FRAME.sshd, printSshd(sshd)] as const] : []),
    ...(listeners ? [[FRAME.listeners, printListeners] as const] : []),
    ...(services ? [[FRAME.services, printServices] as const] : []),
    ...(upgrades ? [[FRAME.upgrades, printUpgrades] as const] : []),
  ]);
}

/** Pure. Frames of facts by the ids that readFacts() looks for. */
export const factFrames = (frames: Partial<Record<keyof Needs, Frame>>): ReadonlyMap<string, Frame> =>
  new Map(Object.entries(frames).map(([name, frame]) => [FRAME[name as keyof Needs], frame]));

/** Pure. The facts in the frames of a batch; each is parsed when it is first used, and once. */
export function readFacts(frames: ReadonlyMap<string, Frame>): Facts {
  const units = fact(frames, 'units', 'its units (systemctl show)', parseUnits);
  const files = fact(frames, 'files', 'its files', parseFiles);
  const sshd = fact(
    frames,
    'sshd',
    'the settings of its SSH server (sshd -T); “sudo sshd -t” on the server shows why',
    parseSshd,
  );
  const listeners = fact(frames, 'listeners', 'what listens on it (ss)', parseListeners);
  const services = fact(frames, 'services', 'the processes of its services (/proc)', parseServices);
  const upgrades = fact(frames, 'upgrades', 'what updates there are (apt-get -s upgrade)', parseUpgrades);
  const facts: Facts = {
    unit: (name) => units().get(name) ?? missing(`the unit ${name}`),
    file: (path) => files().get(path),
    files,
    sshd: (user) => sshd().get(user) ?? missing(`the settings of its SSH server for ${user}`),
    sshdComplaint: () => complaintOf(frames.get(FRAME.sshd)),
    listeners,
    services,
    upgrades,
    only: (needs) => restricted(facts, needs),
  };
  return facts;
}

function restricted(facts: Facts, needs: Needs): Facts {
  const declared = <T>(list: readonly unknown[] | undefined, name: T): T => {
    if (!list?.includes(name)) throw new Error(`bug in broker-setup: ${name} was not declared as needed`);
    return name;
  };
  return {
    unit: (name) => facts.unit(declared(needs.units, name)),
    file: (path) => facts.file(declared(needs.files, path)),
    files: facts.files,
    sshd: (user) => facts.sshd(declared(needs.sshd, user)),
    sshdComplaint: () => facts.sshdComplaint(),
    listeners: () => facts.listeners(),
    services: () => facts.services(),
    upgrades: () => facts.upgrades(),
    only: (fewer) => restricted(facts, fewer),
  };
}

function fact<T>(
  frames: ReadonlyMap<string, Frame>,
  name: keyof Needs,
  what: string,
  parse: (stdout: string) => T,
): () => T {
  let parsed: { value: T } | undefined;
  return () => {
    const frame = frames.get(FRAME[name]);
    if (frame?.code !== 0) return missing(what);
    parsed ??= { value: parse(frame.stdout) };
    return parsed.value;
  };
}

function missing(what: string): never {
  throw new Error(`The server did not report ${what}.`);
}
