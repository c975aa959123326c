import { STATE_FOLDER } from '../server-folders.js';
import { type Sh, sh } from '../sh.js';

export const SWAP_FILE = '/swapfile';
export const SWAP_LABEL = 'broker-setup';
/** Exists where the kernel has refused a swap file, so that it is not tried again. */
export const SWAP_REFUSED = `${STATE_FOLDER}/no-swap`;

/** Below this, in MB, apt on a large upgrade and EMQX side by side are too much; what is sold as 1 GB has some less. */
const SMALL_MB = 1000;
const SIZES_MB = [1024, 512];
/** What must be left on the disk beside it, in MB: twice what the update itself needs (DISK_MIN_MB). */
const ROOM_MB = 1400;
/** Where a file may be swapped to without more ado (swapon(8), "Files with holes", "Btrfs"). */
const FILE_SYSTEMS: readonly string[] = ['ext3', 'ext4', 'xfs'];

/** What decides whether a server gets a swap file; sizes in MB. */
export interface Memory {
  /** Without swap. */
  memoryMb: number;
  swapMb: number;
  container: boolean;
  /** Of the file system that holds `/`. */
  fileSystem: string;
  /** Free on it. */
  freeMb: number;
  /** ours: has our label, and may be off. foreign: somebody else's file of this name, which is left alone. */
  file: 'none' | 'ours' | 'foreign';
  /** The kernel has refused one before. */
  refused: boolean;
}

/** Prints all of it, in lines that begin with `swap-`, and `memory-mb`, which is memory and swap together. */
export const printMemory: Sh = sh`
awk '/^MemTotal:/ {memory = $2} /^SwapTotal:/ {swap = $2}
END {print "memory-mb=" int((memory + swap) / 1024) "\\nswap-memory=" int(memory / 1024) "\\nswap-now=" int(swap / 1024)}' /proc/meminfo
if systemd-detect-virt -cq; then echo swap-container=yes; fi
printf 'swap-file-system=%s\\n' "$(findmnt -no FSTYPE /)"
printf 'swap-free=%s\\n' "$(df -Pm / | awk 'NR == 2 {print $4}')"
if [ -e ${SWAP_FILE} ]; then if swaplabel ${SWAP_FILE} | grep -q ${`: ${SWAP_LABEL}$`}; then echo swap-file=ours; else echo swap-file=foreign; fi; fi
if [ -e ${SWAP_REFUSED} ]; then echo swap-refused=yes; fi`;

export function parseMemory(told: ReadonlyMap<string, string>): Memory {
  const file = told.get('swap-file');
  return {
    memoryMb: Number(told.get('swap-memory') ?? Number.NaN),
    swapMb: Number(told.get('swap-now') ?? Number.NaN),
    container: told.get('swap-container') === 'yes',
    fileSystem: told.get('swap-file-system') ?? '',
    freeMb: Number(told.get('swap-free') ?? 0),
    file: file === 'ours' || file === 'foreign' ? file : 'none',
    refused: told.get('swap-refused') === 'yes',
  };
}

/** Pure. The size in MB of the swap file that this server is to get; undefined where it needs none, or may have none. */
export function swapSize(memory: Memory): number | undefined {
  const { memoryMb, swapMb, container, fileSystem, freeMb, file, refused } = memory;
  // Somebody who has swap, however little, has decided.
  if (!(memoryMb < SMALL_MB) || swapMb !== 0) return undefined;
  if (container || refused || file === 'foreign' || !FILE_SYSTEMS.includes(fileSystem)) return undefined;
  if (file === 'ours') return SIZES_MB[0];
  return SIZES_MB.find((size) => freeMb - size >= ROOM_MB);
}
