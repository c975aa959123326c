import type { Secret, Sh } from '../sh.js';
import type { AccountFile } from './account-files.js';

/** One file to be laid down. */
export interface FileChange {
  path: string;
  content: string | Secret;
  /** Octal, as chmod takes it: `0644`. */
  mode: string;
  /** `user:group`. */
  owner: string;
  /** What is there now, for the preview's diff, with secrets blanked; undefined where there is no file. */
  before: string | undefined;
}

/**
 * How `broker-setup undo` takes a script back. nothing: it leaves nothing behind, as a restart. stays: what it did cannot or
 * must not be undone, in one sentence. files: those that it changes, each kept as it was. accounts: files of accounts or keys, of which only
 * the entries that it adds are removed again, by name. activate: what makes them count again.
 */
export type Undo =
  | 'nothing'
  | { stays?: string; files?: readonly string[]; accounts?: readonly AccountFile[]; activate?: Sh };

/** What mends a finding, as data; only engine/apply.ts turns it into effects. */
export type Change =
  /** once: others count how often it is done, as a certificate authority does, so a run does it at most once. */
  | { kind: 'run'; script: Sh; undo: Undo; once?: true }
  /**
   * The files are replaced atomically; then `activate` runs (validate, reload, wait). Where it exits non-zero
   * every file is put back as it was and `fallback` runs, else `activate` once more, so that the service runs with its old
   * files; a service that is open as it ships must rather not run. `undo` is for later, where neither of the two fits old files.
   */
  | { kind: 'write'; files: FileChange[]; activate?: Sh; fallback?: Sh; undo?: Sh }
  | { kind: 'keygen'; file: string; type: 'ed25519' | 'rsa'; comment: string }
  | { kind: 'host-entry'; alias: string; user: string; key: string }
  /** Brings a file of this computer to `to` on the server, owned by root with mode 0644; refused there unless it has this SHA-256. */
  | { kind: 'upload'; file: string; to: string; sha256: string }
  /** Done at the very end of the run, after it was agreed to. */
  | { kind: 'reboot' };

/** Pure. The files that a change touches, as far as an undo knows of them. */
export const touched = (change: Change | undefined): readonly string[] => [
  ...restorable(change),
  ...accountFiles(change).map(({ path }) => path),
];

/** Pure. The files that a change touches and an undo restores. */
export function restorable(change: Change | undefined): readonly string[] {
  if (change?.kind === 'write') return change.files.map(({ path }) => path);
  if (change?.kind === 'run' && change.undo !== 'nothing') return change.undo.files ?? [];
  return [];
}

/** Pure. The files of accounts or keys that a change touches. */
export const accountFiles = (change: Change | undefined): readonly AccountFile[] =>
  change?.kind === 'run' && change.undo !== 'nothing' ? (change.undo.accounts ?? []) : [];
