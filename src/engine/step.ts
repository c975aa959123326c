import type { FindingId } from '../catalogue/index.js';
import type { Credentials } from '../host/host.js';
import type { Allowed, PointsAt } from '../host/network/dns.js';
import type { Patience } from '../host/ssh/patience.js';
import type { PackageFile } from '../settings/package-file.js';
import type { Settings } from '../settings/schema.js';
import { type Secret, type Sh, sh } from '../sh.js';
import type { AccountFile } from './account-files.js';
import type { BrokerFacts } from './broker-facts.js';
import type { Change } from './change.js';
import type { Needs } from './facts.js';
import type { Inventory, PortLook } from './inventory.js';
import type { Probed } from './probe.js';
import type { ServerFacts } from './server.js';

/** Everything that a check may know. Plain data: whoever holds it cannot change anything. */
export interface Context {
  settings: Settings;
  broker: BrokerFacts;
  server: ServerFacts;
  laptop: Laptop;
  secrets: Secrets;
  /** Packages of all steps: installed in one transaction by the first of them. */
  packages: readonly string[];
  /** Passwords of an earlier run that are of no use, and why. Known to the step that sets them. */
  untold?: ReadonlyMap<MadePassword, Useless>;
  now: Date;
}

/** What a probe may know: it is written before the server was seen. */
export type Asking = Omit<Context, 'server'>;

/** What was found out on this computer before any check. */
export interface Laptop {
  /** The one line of the .pub file of `settings.key.file`; undefined while there is no such key. */
  publicKey: string | undefined;
  /** Whether ~/.ssh/config already has the Host entry that `settings.key.alias` asks for; undefined when none is asked for. */
  hostEntry: boolean | undefined;
  /** How many keys the SSH agent holds: ssh(1) offers all of them before a key that is only named. */
  agentKeys: number;
  dns: PointsAt;
  /** Which authorities the domain's owner lets issue certificates. */
  caa: Allowed;
  /** Content of `settings.certificate.ca_bundle`. */
  caBundle: string | undefined;
  /** The file of `settings.broker.package`, where it lies on this computer. */
  brokerPackage: PackageFile | undefined;
}

/** Secrets that changes may need; made or asked for before the first of them. */
export interface Secrets {
  /** Password of the first device, generated for this run; used only if the account does not exist yet. */
  devicePassword: Secret;
  /** Whether a person gave it: then it can be tried although this run has not set it. */
  deviceGiven?: true;
  /** Of the broker's dashboard, where it has one; used only if the one it shipped with is still in force. */
  dashboardPassword: Secret;
  /** Shared by the nodes of a broker; used only if the one it shipped with is still in force, and never shown. */
  nodeCookie: Secret;
  /** The limited user's, where sudo asks for one. */
  sudoPassword: Secret | undefined;
  /** Whether it was generated, so that a person must be shown it. */
  sudoPasswordMade: boolean;
  /** Of a new SSH key; undefined for none. */
  keyPassphrase: Secret | undefined;
}

/**
 * Something that is not as it should be.
 * change: the tool mends it. stop: only a person can, and nothing is touched until then. warn: worth knowing, stops nothing.
 */
export interface Finding {
  /** Stable, `<step>.<name>`. */
  id: FindingId;
  level: 'change' | 'stop' | 'warn';
  /** One sentence: what is not in place, or for a change what will be done. */
  summary: string;
  /** Why it matters or what to do next. */
  hint?: string;
  change?: Change;
  /** `init` makes this change, but a server that waits for it is healthy: the daily round of updates, for one. */
  minor?: true;
}

/** Something worth telling in the summary, e.g. a fingerprint. */
export interface Fact {
  id: string;
  label: string;
  value: string;
  /** Path of the setting that keeps it, where a later run is to compare with it. */
  record?: string;
}

/** ok: undefined = could not be checked, which is neither healthy nor a problem of the server. */
export interface Proved {
  ok: boolean | undefined;
  /** What was seen, in a few words. */
  detail: string;
  hint?: string;
  /** How ports answered, for the map of ports. */
  ports?: readonly PortLook[];
}

/** Passwords that only the run which made them knows. */
export type MadePassword = 'devicePassword' | 'dashboardPassword';

/** Why an account needs another password: nobody was shown the present one, or no proof has shown that it works. */
export type Useless = 'untold' | 'unproved';

/** A fresh look from outside that changes nothing. */
export interface Proof {
  id: FindingId;
  /** The statement that holds when the proof is ok, e.g. "root is refused". */
  title: string;
  /** What only the run that made the account knows; without it the proof is left out. */
  needs?: MadePassword;
  /** Compares with what was found inside; without a look inside it is left out. */
  inside?: true;
  /** Logs in: servers count logins, so these proofs wait for each other; all others are made at the same time. */
  inTurn?: true;
  run(outside: Outside): Promise<Proved>;
}

export interface LoginOutcome {
  ok: boolean;
  /** Methods that the server would have accepted, as it named them; empty where it did not. */
  offered: string[];
  /** Whether `sudo` worked for this login; undefined when it was not reached. */
  sudo: boolean | undefined;
  detail: string;
}

/** Who logs in, with what, and what sudo is given where it asks. */
export interface Login {
  user: string;
  credentials: Credentials;
  sudoPassword?: Secret;
}

/** What proofs may use: eyes, no hands. */
export interface Outside {
  context: Asking;
  /** Address under which this computer sees the server's ports. */
  address: string;
  /** The addresses under which devices find the server, `address` first: one of each family. */
  addresses: readonly string[];
  /** Opens a new connection, logs in, tries sudo, closes it. Never throws for a refusal. An innocent drop is tried again. */
  login(as: Login, patience?: Patience): Promise<LoginOutcome>;
  /** What opened the door for the limited user, and what opened it first in this run. */
  keyLogin: Login;
  firstLogin: Login | undefined;
  /** The passwords that this run has made, and so knows. */
  made: Partial<Record<MadePassword, Secret>>;
  /** Nobody logs in, so what is inside stays unknown. */
  withoutLogin?: true;
  /** What the latest look told about the server itself; it may still be on its way while proofs are made. */
  inside: Promise<Inside>;
}

/** What a proof compares with what it sees from outside. */
export interface Inside {
  facts: readonly Fact[];
  /** What `doctor` found inside; empty in a run of `init`, whose steps do not take stock. */
  inventory: Inventory;
  /** All addresses under which the server can be reached: those that DNS does not name, too. */
  addresses: readonly string[];
}

/**
 * Protects the way in: engine/guard.ts restores `paths`, rolls back the entries of `accounts` that the change has touched, and runs `reload`
 * unless a new login was proved in time.
 */
export interface Guard {
  paths: readonly string[];
  accounts?: readonly AccountFile[];
  reload: Sh;
  /** What must hold besides the step's own proofs before the change is confirmed. */
  proofs?: readonly Proof[];
}

/** The contract as an author writes it; State never leaves the author's file. */
export interface PartDefinition<State> {
  /** The facts that it shares with others; its parse may use no more than these. */
  needs?(asking: Asking): Needs;
  /** Read-only shell for what only this part asks, run as root, at most 20 s. Anything on stdout is passed to parse. */
  probe?(asking: Asking): Sh;
  /** Pure; knows what was asked. May throw on output that makes no sense: reported as "could not be checked". */
  parse(output: Probed, asking: Asking): State;
  /** Pure. [] = in place. */
  check(state: State, context: Context): Finding[];
  /** Why there is nothing to check where the part finds nothing, in a few words: "not installed". It is then never called in place. */
  absent?(state: State, context: Context): string | undefined;
  facts?(state: State, context: Context): Fact[];
  inventory?(state: State, context: Context): Inventory;
  /** Looks from outside that must hold once the check is empty. */
  proofs?: (context: Asking) => Proof[];
}

export interface StepDefinition<State> extends PartDefinition<State> {
  id: string;
  /** Imperative, for the list: "Set the hostname". */
  title: string;
  /** What it did where there was nothing to change, in a word; default: it was in place. For a step that compares. */
  unchanged?: string;
  /** Asked before the server was seen, for all that may be needed; and again once it was, for what is. */
  packages?(asking: Asking, server?: ServerFacts): string[];
  /** Proofs that must hold before the first change of this step is applied. */
  requires?: (context: Asking) => Proof[];
  /** Proofs that must hold once this step has changed something; looked at in no other case. */
  afterwards?: (context: Asking) => Proof[];
  guard?(context: Context): Guard;
}

export interface Seen {
  findings: Finding[];
  facts: Fact[];
  inventory: Inventory;
  /** Why there was nothing to check; see PartDefinition. */
  absent?: string;
}

/** A definition with its State hidden: parse, check and facts in one. */
export interface Part {
  needs(asking: Asking): Needs;
  probe(asking: Asking): Sh;
  see(output: Probed, context: Context): Seen;
  proofs(context: Asking): Proof[];
}

export interface Step extends Part {
  id: string;
  title: string;
  /** As StepDefinition.unchanged. */
  unchanged?: string;
  packages(asking: Asking, server?: ServerFacts): string[];
  requires(context: Asking): Proof[];
  afterwards(context: Asking): Proof[];
  guard: ((context: Context) => Guard) | undefined;
}

/** The probe of a part that asks for shared facts only. */
const NOTHING = sh`:`;

/** Hides the State of a part, so that all parts have one type. */
export function definePart<State>(definition: PartDefinition<State>): Part {
  const needs = definition.needs ?? (() => ({}));
  return {
    needs,
    probe: definition.probe ?? (() => NOTHING),
    proofs: definition.proofs ?? (() => []),
    see(output, context) {
      const state = definition.parse({ ...output, facts: output.facts.only(needs(context)) }, context);
      const findings = definition.check(state, context);
      const absent = findings.length === 0 ? definition.absent?.(state, context) : undefined;
      return {
        findings,
        ...(absent === undefined ? {} : { absent }),
        facts: definition.facts?.(state, context) ?? [],
        inventory: definition.inventory?.(state, context) ?? {},
      };
    },
  };
}

/** Hides the State of a step and fills in what it leaves out. */
export function defineStep<State>(definition: StepDefinition<State>): Step {
  return {
    ...definePart(definition),
    id: definition.id,
    title: definition.title,
    ...(definition.unchanged === undefined ? {} : { unchanged: definition.unchanged }),
    packages: definition.packages ?? (() => []),
    requires: definition.requires ?? (() => []),
    afterwards: definition.afterwards ?? (() => []),
    guard: definition.guard,
  };
}

/** Pure. What the steps need to be installed, each once. */
export function packagesOf(steps: readonly Step[], asking: Asking, server?: ServerFacts): string[] {
  return [...new Set(steps.flatMap((step) => step.packages(asking, server)))];
}
