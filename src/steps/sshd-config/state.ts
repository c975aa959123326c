import type { SeenFile } from '../../engine/seen-files.js';
import type { SshAlgorithms } from '../../templates/sshd-drop-in.js';
import type { ConfigLine } from './lines.js';
import type { NextStart } from './next-start.js';
import type { Other } from './other-logins.js';

/** sshd refuses its files, and prints no settings; what it says of them. */
export interface Refused {
  complaint: string;
}

/** The SSH server, as the probe of its step saw it. */
export interface State {
  dropIn: SeenFile | undefined;
  cloudInit: boolean;
  cloudDropIn: SeenFile | undefined;
  /** Effective settings of sshd for the limited user and for root, names in lower case. */
  effective: ReadonlyMap<string, readonly string[]>[];
  /** All lines of sshd's files, in its order. */
  lines: ConfigLine[];
  /** A file that lets nobody in but root, nologin(5); '' where there is none. */
  nologin: string;
  /** Of the limited user, if there is one yet. */
  groups: string[];
  /** Where it listens, and what its files say of that, if anything. */
  ports: { listening: number[]; configured: number[] };
  /** What systemd says of both. */
  units: { socket: string; service: string };
  next: NextStart;
  /** Its program and libraries that were replaced on disk while it runs. */
  replaced: readonly string[];
  known: SshAlgorithms;
  ed25519HostKey: boolean;
  /** HostKey names others only, whether it is there or not. */
  ed25519Hidden: boolean;
  /** Match blocks of the user's: they may say otherwise for others than the two that are looked at. */
  matches: string;
  /** Settings that they overrule for one of the two, from somewhere or from where we come. */
  matched: string[];
  others: Other[];
  /** There are more accounts than were looked at. */
  moreOthers: boolean;
  /** Sources of accounts that cannot be listed. */
  unlisted: readonly string[];
  /** When the running sshd read its files, and when one of them was last changed, added or taken away, in seconds. */
  startedAt: number;
  changedAt: number;
}
