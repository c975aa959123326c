import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces, userInfo } from 'node:os';
import { servedFunction } from '../engine/served.js';
import { RUN_FOLDER } from '../server-folders.js';
import { lines, type Sh, sh } from '../sh.js';
import { version } from '../version.js';

/** Who is at work on a server: written by the run that holds the lock. */
export interface Runner {
  /** Version of the program. */
  tool: string;
  /** `user@computer`. */
  by: string;
  /** Tells computers of one name apart. */
  machine: string;
  /** Process on that computer. */
  pid: number;
  command: string;
}

/** This process as a holder. @param command as it was typed: `init`, `undo` */
export function self(command: string): Runner {
  const by = `${userInfo().username}@${hostname()}`;
  return { tool: version, by, machine: machine(), pid: process.pid, command };
}

/**
 * Many computers are called root@localhost. Where Linux tells it, by the id of this start of the kernel (random(4)): network
 * cards come and go with a cable, a VPN or a container, and with the link whose loss has cut the run off.
 */
function machine(): string {
  return createHash('sha256')
    .update(bootId() ?? networkCards())
    .digest('hex')
    .slice(0, 12);
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  } catch {
    return undefined;
  }
}

function networkCards(): string {
  const cards = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ mac }) => mac),
  );
  return [...new Set(cards)].sort().join();
}

/** Exists while some run has the lock; gone after a restart of the server, as every connection is. */
export const LOCK = `${RUN_FOLDER}/lock`;

/**
 * A connection from which nothing was heard for longer is dead, in milliseconds: three signs, which the program sends every 7 s.
 * It gives up itself only after the fourth, so whoever tries again after that finds no lock of his own.
 */
const SILENT_MS = 21_500;

/**
 * Shell functions around the one idea: a lock lives as long as the connection that took it. `started PID` prints when a process
 * was started (proc(5), field 22), as process IDs are used again; `heard PID` for how many milliseconds nothing was heard from the
 * other side of an sshd's connection: neither data (lastrcv) nor a receipt for ours (lastack; ss(8)).
 */
export const lockFunctions: Sh = sh`${servedFunction}
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
connection() { ss -OHtinp state established 2>/dev/null | grep -F "pid=$1,"; }
heard() {
  connection "$1" | tr ' ' '\\n' | sed -n -e 's/^lastrcv://p' -e 's/^lastack://p' | sort -n | head -n 1
}
holds() {
  read -r pid since 2>/dev/null <${LOCK}/connection || return 1
  [ "$(started "$pid")" = "$since" ] || return 1
  quiet=$(heard "$pid")
  [ "\${quiet:-${SILENT_MS}}" -lt ${SILENT_MS} ]
}`;

/** Shell that lays down the lock for run $id, held by the connection that this very script came over. */
export function hold(runner: Runner): Sh {
  return sh`mkdir -p ${LOCK}
mine=$(served $$)
printf '%s %s\\n' "\${mine:-1}" "$(started "\${mine:-1}")" >${LOCK}/connection
printf '%s\\n' ${JSON.stringify(runner)} >${LOCK}/runner
connection "$mine" | awk 'NR == 1 {print $4}' | sed -e 's/:[0-9]*$//' -e 's/^\\[//' -e 's/\\]$//' -e 's/^::ffff://' >${LOCK}/from
date -u +%FT%TZ >${LOCK}/since
echo "$id" >${LOCK}/run`;
}

/** Shell that drops the lock of this run, and no other's. */
export function release(id: string): Sh {
  return sh`if [ "$(cat ${LOCK}/run 2>/dev/null)" = ${id} ]; then rm -rf ${LOCK}; fi`;
}

/** Shell that exits where this run has lost its lock; what it says is for the person. */
export function stillMine(id: string): Sh {
  return sh`[ "$(cat ${LOCK}/run 2>/dev/null)" = ${id} ] || {
  echo 'broker-setup: This run has lost its lock on the server: somebody has taken it off, or the server was restarted.' >&2
  echo 'broker-setup: Nothing more was changed. Run the same command again.' >&2
  exit 1
}`;
}

/** Shell that tells, one answer a line, who holds the lock, and whether that run still lives. */
export const tellLock: Sh = lines(
  sh`if [ -e ${LOCK}/run ]; then`,
  lockFunctions,
  sh`for name in run runner from since step; do printf 'lock-%s=%s\\n' "$name" "$(cat ${LOCK}/$name 2>/dev/null)"; done
if holds; then echo lock-alive=yes; fi
fi`,
);
