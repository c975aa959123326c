import type { FindingName } from '../../catalogue/index.js';
import { parseMemory, printMemory, swapSize } from '../../engine/memory.js';
import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/** What EMQX 6.2.2 needs for itself, in MB: it came up with 352 MB and was killed with 320 MB (measured, without devices). */
const LEAST_MB = 352;

/** Its highest use at a start, in MB (measured, without devices). */
const PEAK_MB = 490;

/** What is left for EMQX, in MB, and the swap file that is to come before it. */
export interface Room {
  freeMb: number;
  swapToComeMb: number;
}

/** Shell that prints `room-mb=…`: memory and swap that are free. About a swap file it asks on a small server without swap only. */
export const printRoom: Sh = sh`if awk '/^(MemAvailable|SwapFree):/ {room += $2} /^MemTotal:/ {memory = $2} /^SwapTotal:/ {swap = $2}
END {print "room-mb=" int(room / 1024); exit (memory > 1024000 || swap > 0)}' /proc/meminfo; then
${printMemory}
fi`;

/** Pure. @param told the answers to printRoom */
export const parseRoom = (told: ReadonlyMap<string, string>): Room => ({
  freeMb: Number(told.get('room-mb')),
  swapToComeMb: told.has('swap-now') ? (swapSize(parseMemory(told)) ?? 0) : 0,
});

/** Pure. Whether EMQX has room on this server. One that runs has shown that it has. */
export function roomFindings({ freeMb, swapToComeMb }: Room, isRunning: boolean): Finding[] {
  const room = freeMb + swapToComeMb;
  if (isRunning || !(room < PEAK_MB)) return [];
  const id = `broker-install.${'memory' satisfies FindingName<'broker-install'>}` as const;
  const hint = 'Take a server with 1 GB, add swap, or choose mosquitto, which needs next to none.';
  const left = `The server has ${freeMb} MB of memory and swap left`;
  if (room < LEAST_MB) {
    return [
      {
        id,
        level: 'stop',
        summary: `${left}; EMQX needs ${LEAST_MB} MB for itself, and the system would kill it at its start.`,
        hint,
      },
    ];
  }
  return [
    {
      id,
      level: 'warn',
      summary: `${left}. EMQX starts with ${LEAST_MB} MB, but takes up to ${PEAK_MB} MB at a start even without devices: the system may kill it.`,
      hint,
    },
  ];
}
