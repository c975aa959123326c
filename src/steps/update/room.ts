import { FREE_SOME } from '../../engine/full-disk.js';
import type { Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';

/** What the packages of all steps and a usual round of updates take, generously. */
export const DISK_MIN_MB = 700;
/** The same for the number of files: certbot brings some five thousand. */
const FILES_MIN = 10_000;
/** What a new kernel and its initrd take while the old ones are still there. */
const BOOT_MIN_MB = 100;

/** Where packages put what: programs, lists and downloads, kernels. */
const PLACES = ['/usr', '/var', '/boot'] as const;

export interface Room {
  /** MB and files that are free, by place; files are undefined where the file system does not count them, as btrfs. */
  free: ReadonlyMap<string, { mb: number; files: number | undefined }>;
  /** Whether kernels lie on a disk of their own. */
  bootApart: boolean;
  /** The scripts of packages may not be run where they lie, and apt is not told to change that for the moment. */
  noexec: boolean;
}

export const tellRoom = sh`df -m --output=file,avail,itotal,iavail ${PLACES} | awk 'NR > 1 {print "room " $1 " " $2 " " ($3 + 0 > 0 ? $4 : "")}'
set -- /boot/vmlinuz-*
if [ -e "$1" ] && mountpoint -q /boot; then echo boot=apart; fi
if case ,$(findmnt -no OPTIONS -T /var/lib/dpkg/info), in *,noexec,*) ;; *) false ;; esac && ! apt-config dump | grep -q '^DPkg::Pre-.*remount'; then echo packages=noexec; fi`;

/** Pure. */
export function toldRoom(stdout: string): Room {
  const told = [...stdout.matchAll(/^room (\S+) (\d+) (\d*)$/gm)];
  return {
    free: new Map(
      told.map(([, place = '', mb, files]) => [
        place,
        { mb: Number(mb), files: files ? Number(files) : undefined },
      ]),
    ),
    bootApart: /^boot=apart$/m.test(stdout),
    noexec: /^packages=noexec$/m.test(stdout),
  };
}

/** Pure. @param kernelDue whether an upgrade brings a kernel; undefined where apt cannot tell yet */
export function roomFindings(room: Room, kernelDue: boolean | undefined): Finding[] {
  return [...(room.noexec ? [NOEXEC] : []), ...shortFindings(room, kernelDue)];
}

const NOEXEC: Finding = {
  id: 'update.noexec',
  level: 'stop',
  summary:
    'Nothing may be run on the disk that holds the scripts of packages (/var is mounted with noexec), so every installation would break off half-way.',
  hint: 'Allow it for now: sudo mount -o remount,exec /var. For good take the word noexec out of the line of /var in /etc/fstab. Then run the same command again.',
};

function shortFindings({ free, bootApart }: Room, kernelDue: boolean | undefined): Finding[] {
  const short = [...free].flatMap(([place, { mb, files }]): string[] => {
    if (place === '/boot')
      return bootApart && mb < BOOT_MIN_MB && kernelDue !== false
        ? [`${mb} MB are left on /boot, a new kernel needs ${BOOT_MIN_MB} MB`]
        : [];
    if (mb < DISK_MIN_MB) return [`${mb} MB are left on ${place}, ${DISK_MIN_MB} MB are needed`];
    return files !== undefined && files < FILES_MIN
      ? [`${place} can hold only ${files} more files, whatever their size`]
      : [];
  });
  if (short.length === 0) return [];
  return [
    {
      id: 'update.disk',
      level: 'stop',
      summary: `The disk of the server is nearly full: ${short.join('; ')}.`,
      hint: hint(short),
    },
  ];
}

function hint(short: readonly string[]): string {
  const see = short.some((one) => one.includes('/boot'))
    ? 'Remove old kernels with "sudo apt autoremove --purge"'
    : short.some((one) => one.includes('files'))
      ? 'See which folder holds so many with "sudo du --inodes -x / | sort -n | tail", remove what nobody needs'
      : FREE_SOME;
  return `${see}, then run the same command again.`;
}
