import { lines, type Sh, sh } from '../sh.js';
import type { Facts } from './facts.js';

/** What one probe printed: exit code of its shell, output without the frame. */
export interface Frame {
  code: number;
  stdout: string;
}

/** A part's own answer, and the facts that it shares with others. */
export interface Probed extends Frame {
  facts: Facts;
}

/** How long the probes may take before those that are left count as "could not be checked", in seconds. */
const PROBE_SECONDS = 20;

/** What a probe may print, in blocks of 512 bytes, as ulimit(1p) has them: a few times what the longest prints on real servers. */
const MOST_BLOCKS = 8192;

/** Exit code of a probe whose output exceeded the limit: killed by SIGXFSZ, 25 (signal(7)). */
export const TOO_MUCH = 128 + 25;

/** Shell that lifts the limit for a probe whose programs write files, such as caches; the output of that probe is then unlimited too. */
export const withoutLimit = sh`ulimit -S -f unlimited`;

/**
 * One script that runs many probes, each in a frame of its own: a probe that exits, reads stdin, has a syntax error or
 * hangs spoils nothing but itself. They run at the same time, each a shell whose output goes straight into a file, and are
 * told when the last has ended: in one piece, as each write would travel in a packet of its own. Until then it lies in
 * memory, which a full disk does not touch. `mark` must be unguessable, so that no output can forge a frame.
 */
export function batch(probes: ReadonlyMap<string, Sh>, mark: string, seconds = PROBE_SECONDS): Sh {
  // Names that sort: the frames are told in the order in which they were asked for.
  const named = [...probes].map(([id, probe], index) => ({ id, probe, name: String(index + 100) }));
  const all = lines(
    sh`ulimit -S -f ${MOST_BLOCKS}
# Nobody may open again, through /proc, what a program of theirs was given as its output.
mask=$(umask)
umask 077
late= pids=
ask() {
  printf '\n%s begin %s\n' ${mark} "$2" >"$1a"
  { umask "$mask"; exec sh -c "$3"; } </dev/null >"$1b" 2>/dev/null &
  pids="$pids $!"
}
answer() {
  wait "$3"; code=$?
  # The signal may have interrupted the first wait, whose status is then not that of the probe.
  if [ -n "$late" ]; then wait "$3"; again=$?; [ "$again" -eq 127 ] || code=$again; [ "$code" -le 128 ] || code=124; fi
  printf '\n%s end %s %s\n' ${mark} "$2" "$code" >"$1c"
}`,
    ...named.map(({ id, probe, name }) => sh`ask ${name} ${id} ${probe.run}`),
    // Probes that ignore SIGTERM are killed, after the results of the others were recorded.
    sh`trap 'late=yes; kill -KILL $pids 2>/dev/null' TERM
set -- $pids`,
    ...named.map(({ id, name }) => sh`answer ${name} ${id} "$1"; shift`),
    sh`[ -z "$late" ] || kill -KILL 0`,
  );
  // One timeout(1) for all of them: it ends whatever they started, and one for each would cost more than most probes.
  return sh`told=$(mktemp -d -p /run 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$told"' EXIT
cd "$told" || exit 1
timeout -k 2 ${seconds} sh -c ${all.run}
cat ./*`;
}

/** Takes the output of a batch apart. A probe whose frame is missing or cut is absent from the result. */
export function unbatch(stdout: string, mark: string): Map<string, Frame> {
  const found = new Map<string, Frame>();
  const begin = new RegExp(`\n${mark} begin (\\S+)\n`, 'g');
  for (const match of stdout.matchAll(begin)) {
    const id = match[1] ?? '';
    const from = match.index + match[0].length;
    const end = new RegExp(`\n${mark} end ${id.replace(/\W/g, '\\$&')} (\\d+)\n`, 'g');
    // The newline before the end mark may be the very one that closes the begin mark: an empty output.
    end.lastIndex = from - 1;
    const closed = end.exec(stdout);
    if (closed)
      found.set(id, { code: Number(closed[1]), stdout: stdout.slice(from, Math.max(from, closed.index)) });
  }
  return found;
}
