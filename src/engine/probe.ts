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

/** What a probe may print, in bytes: a few times what the longest prints on real servers. */
const MOST_BYTES = 4_000_000;

/**
 * In bytes. dd counts each piece that it reads as a whole block, however short, and a shell writes each line by itself: with large
 * blocks it would leave a probe of a hundred short lines in the middle. To fill its blocks (fullblock) it would hold back what
 * a probe has told that then hangs.
 */
const BLOCK = 128;

/** Exit code of a probe that wanted to print more: killed by SIGPIPE, 13 (signal(7)), as its reader had enough. */
export const TOO_MUCH = 128 + 13;

/**
 * One script that runs many probes, each in a frame of its own: a probe that exits, reads stdin, has a syntax error or
 * hangs spoils nothing but itself. They run at the same time, and their output is told when the last has ended: in one
 * piece, as each write would travel in a packet of its own. Until then it lies in memory, which a full disk does not
 * touch. `mark` must be unguessable, so that no output can forge a frame.
 */
export function batch(probes: ReadonlyMap<string, Sh>, mark: string, seconds = PROBE_SECONDS): Sh {
  const frame = sh`frame() {
printf '\n%s begin %s\n' ${mark} "$2"
code=$({ { sh -c "$3" </dev/null 2>/dev/null 3>&- 4>&-; echo "$?" >&3; } | dd bs=${BLOCK} count=${MOST_BYTES} iflag=count_bytes status=none >&4; } 3>&1)
printf '\n%s end %s %s\n' ${mark} "$2" "$code"
} >"$1-$2" 4>&1`;
  // Names that sort: the frames are told in the order in which they were asked for.
  const calls = [...probes].map(([id, probe], index) => sh`frame ${index + 100} ${id} ${probe.run} &`);
  // One timeout(1) for all of them: it ends whatever they started, and one for each would cost more than most probes.
  return sh`told=$(mktemp -d -p /run 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$told"' EXIT
cd "$told" || exit 1
timeout -k 2 ${seconds} sh -c ${lines(frame, ...calls, sh`wait`).run} || for frame in *; do
  grep -q ${`^${mark} end `} "$frame" || printf '\n%s end %s 124\n' ${mark} "\${frame#*-}" >>"$frame"
done
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
