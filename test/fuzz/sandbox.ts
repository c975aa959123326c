import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Absolute paths of a server, which are led into the sandbox. */
const PATHS =
  /(?<![\w.}-])\/(?=(?:s?bin|etc|var|run|usr|boot|opt|snap|root|lib|home|tmp|srv|proc|dev\/(?!null|fd))\b)/g;

/** Ends a record. */
const END = '@end@';

/** Nothing of this computer may be changed, whoever runs the tests. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** What they are handed on standard input matters as much as how they are called. */
const LISTENERS = ['base64', 'chpasswd', 'curl'];

/** What scripts did. */
export interface Trace {
  /** For each script every call of a program, sorted, as some of it runs at the same time. */
  calls: string[][];
  /** Every file that was written, `path\ncontent`, sorted. */
  written: string[];
  /** Programs that were called and have no stand-in. */
  unknown: string[];
}

/**
 * Runs scripts one after the other in a real sh, on a tree of its own. Every program but the shell itself is a function that
 * notes how it was called.
 * @param programs names to stand in for
 * @param says what each of them prints
 */
export function trace(scripts: readonly string[], programs: ReadonlySet<string>, says: string): Trace {
  const root = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const logs = join(root, 'logs');
    mkdirSync(logs);
    for (const folder of [root, logs]) chmodSync(folder, 0o777);
    const confined = scripts.map((script) => script.replace(PATHS, `${root}/`));
    makeFolders([`${root}/tmp/made/x`, ...confined].join('\n'), root);
    const calls = confined.map((script, index) => {
      writeFileSync(join(logs, `${index}.sh`), `${script}\n`);
      return `( exec 9>logs/${index}; . ./logs/${index}.sh ) </dev/null`;
    });
    writeFileSync(join(logs, 'all'), `${[prelude(root, programs, says), ...calls].join('\n')}\n`);
    const { error, stderr } = spawnSync('sh', ['-c', '. ./logs/all'], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '' },
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 64_000_000,
      ...NOBODY,
    });
    if (error) throw error;
    return {
      calls: scripts.map((_, index) => records(readFileSync(join(logs, String(index)), 'utf8'), root)),
      written: filesIn(root).filter((file) => !file.startsWith('/logs/')),
      unknown: [...stderr.matchAll(/: ([\w.-]+): (?:command )?not found$/gm)].map(([, name = '']) => name),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** All programs that these scripts call, found out by running them until none is new. */
export function programsOf(scripts: readonly string[]): Set<string> {
  const programs = new Set(['canary']);
  // So that the shell is heard where it finds none.
  const loud = scripts.map((script) => script.replaceAll(/2>(?:\/dev\/null|&1)/g, ''));
  for (const says of ['', '', '1', '1'])
    for (const name of trace(loud, programs, says).unknown) programs.add(name);
  return programs;
}

function records(log: string, root: string): string[] {
  const steady = unconfined(log, root)
    .replaceAll(/--pid=\d+/g, '--pid=')
    .replaceAll(/\/proc\/\d+\//g, '/proc/PID/');
  const all = steady.split(`${END}\0`);
  return all.map((record) => {
    const [program = '', ...words] = record.split('\0');
    const given = program === 'base64' ? words.map((word) => Buffer.from(word, 'base64').toString()) : words;
    // Shell that is laid down is run as well, so its words are not compared: what they do is.
    return [program, ...given.map((word) => (word.startsWith('#!/bin/sh') ? '' : word))].join('\0');
  });
}

/** Text as it was before its paths were led here; some are told without their first slash. */
const unconfined = (text: string, root: string): string =>
  text
    .replaceAll(`${root}/`, '/')
    .replaceAll(`${root.slice(1)}/`, '')
    .replaceAll(root, '/');

function filesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => `${file.slice(root.length)}\n${unconfined(readFileSync(file, 'utf8'), root)}`);
}

/** @returns whether something was left behind that only hostile text could have made */
export const hasCanary = ({ calls, written }: Trace): boolean =>
  written.some((file) => basename(file.split('\n')[0] ?? '') === 'canary') ||
  calls.flat().some((record) => record.startsWith('canary\0'));

/** Those in which a script may lay a file down, so that redirections find them. */
function makeFolders(text: string, root: string): void {
  const paths = new Set((text.match(/\/[\w./-]+/g) ?? []).map((path) => dirname(path)));
  for (const folder of paths) {
    if (!folder.startsWith(`${root}/`) || folder.includes('..')) continue;
    mkdirSync(folder, { recursive: true });
    for (let at = folder; at !== root; at = dirname(at)) chmodSync(at, 0o777);
  }
}

/**
 * Aliases, as functions cannot have a hyphen in their name; and functions with names that no script has. What a script hands
 * to another shell is run as well.
 */
function prelude(root: string, programs: ReadonlySet<string>, says: string): string {
  const names = [...programs].filter((name) => !['sh', 'mktemp', 'setsid'].includes(name));
  return `PATH=/nonexistent
export PATH
umask 000
fuzz_note() { printf '%s\\0' "$@" '${END}' >&9; }
fuzz_said() { ${says === '' ? ':' : `echo ${says}`}; }
# To the end, or the other side of a pipe would sometimes be ended in the middle.
fuzz_called() { fuzz_note "$@"; while IFS= read -r fuzz_line; do :; done; fuzz_said; }
fuzz_heard() { fuzz_note "$@" "$(/bin/cat)"; fuzz_said; }
fuzz_made() { fuzz_note mktemp "$@"; echo ${root}/tmp/made; }
fuzz_inner() {
  fuzz_note sh
  while [ "$#" -gt 0 ]; do
    case $1 in -*c) shift; break ;; -*) shift ;; *) return 0 ;; esac
  done
  [ "$#" -gt 0 ] && ( eval "$1" )
}
${names.map((name) => `alias ${name}='fuzz_${LISTENERS.includes(name) ? 'heard' : 'called'} ${name}'`).join('\n')}
alias sh=fuzz_inner
alias setsid='fuzz_note setsid;'
alias mktemp=fuzz_made`;
}
