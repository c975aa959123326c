import { type Memory, SWAP_FILE, SWAP_LABEL, SWAP_REFUSED, swapSize } from '../../engine/memory.js';
import type { Finding } from '../../engine/step.js';
import { STATE_FOLDER } from '../../server-folders.js';
import { lines, type Sh, sh } from '../../sh.js';

const FSTAB = '/etc/fstab';

/** Comes before anything is installed: what would be killed without it is apt. */
export function swapFindings(memory: Memory): Finding[] {
  const size = swapSize(memory);
  if (size === undefined) return [];
  const has = `the server has ${memory.memoryMb} MB of memory and no swap`;
  return [
    {
      id: 'update.swap',
      level: 'change',
      summary:
        memory.file === 'ours'
          ? `Switch on the swap file ${SWAP_FILE}: ${has}`
          : `Make a swap file of ${size} MB (${SWAP_FILE}), so that nothing is killed while it is updated: ${has}`,
      change: {
        kind: 'run',
        script: makeSwap(size),
        undo: {
          files: [FSTAB],
          activate: sh`[ ! -e ${SWAP_FILE} ] || { swapoff ${SWAP_FILE} && rm ${SWAP_FILE}; }`,
        },
      },
    },
  ];
}

/**
 * A whole file or none, whatever cuts this off: zeros and no holes (swapon(8)), and its line in fstab only once it is in use.
 * A kernel that takes none, as that of some providers, is no reason to stop: the server then has what it had.
 */
function makeSwap(sizeMb: number): Sh {
  const fresh = `${SWAP_FILE}.broker-setup`;
  const fstab = `${FSTAB}.broker-setup`;
  return lines(
    sh`if [ ! -e ${SWAP_FILE} ]; then
  rm -f ${fresh}
  { (umask 077; dd if=/dev/zero of=${fresh} bs=1M count=${sizeMb} status=none) && mkswap -L ${SWAP_LABEL} ${fresh} >/dev/null; } || { rm -f ${fresh}; exit 1; }
  mv ${fresh} ${SWAP_FILE}
fi
chmod 0600 ${SWAP_FILE}
if ! swapon ${SWAP_FILE}; then
  rm ${SWAP_FILE}; mkdir -p ${STATE_FOLDER}; touch ${SWAP_REFUSED}
  echo 'The kernel of this server takes no swap file; it stays without.'
  exit 0
fi`,
    sh`touch ${FSTAB}
if ! grep -q ${`^${SWAP_FILE}[[:space:]]`} ${FSTAB}; then
  cp -p ${FSTAB} ${fstab}
  printf '\n# Written by broker-setup.\n%s none swap sw 0 0\n' ${SWAP_FILE} >>${fstab}
  mv ${fstab} ${FSTAB}
fi`,
  );
}
