import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';
import type { SeenFiles } from './files.js';
import { TMP_MOUNT, tmpMount } from './mounts.js';

/** Whether /tmp is a file system of its own where no set-user-ID program and no device counts, and whether it will be. */
export interface TmpState {
  inForce: boolean;
  enabled: boolean;
  /** /etc/fstab says what /tmp is: somebody's own decision. */
  inFstab: boolean;
}

/** The unit whose file TMP_MOUNT is. */
export const TMP_UNIT = 'tmp.mount';

export const tmpProbe: Sh = sh`options=$(findmnt -n -o OPTIONS /tmp)
case ",$options," in *,nosuid,*) case ",$options," in *,nodev,*) echo tmp-mount=closed;; esac;; esac
if grep -qsE '^[^#]+[[:space:]]/tmp[[:space:]]' /etc/fstab; then echo tmp-fstab=yes; fi`;

const reload = sh`systemctl daemon-reload
if [ -e ${TMP_MOUNT} ]; then systemctl enable -q tmp.mount; else rm -f /etc/systemd/system/*.wants/tmp.mount; systemctl daemon-reload; fi`;

/** Pure. It is never mounted over files in use: it counts from the next restart on. */
export function tmpFindings(state: TmpState, seen: SeenFiles): Finding[] {
  if (state.inForce) return [];
  if (state.enabled || state.inFstab) {
    const summary = state.enabled
      ? '/tmp becomes a file system of its own at the next restart of the server. When it suits you: sudo reboot'
      : 'The line of /tmp in /etc/fstab lets set-user-ID programs or devices count there.';
    const hint = state.enabled ? {} : { hint: 'Add nosuid,nodev to its options.' };
    return [{ id: 'hardening.tmp', level: 'warn', summary, ...hint }];
  }
  const before = seen.get(TMP_MOUNT)?.content;
  return [
    {
      id: 'hardening.tmp',
      level: 'change',
      summary: 'Make /tmp a file system of its own, from the next restart on',
      change: {
        kind: 'write',
        files: [{ path: TMP_MOUNT, content: tmpMount, mode: '0644', owner: 'root:root', before }],
        activate: reload,
      },
    },
  ];
}

/** Pure. A unit of ours from a stricter profile. */
export const leftTmp = (seen: SeenFiles): { files: string[]; activate: Sh[] } =>
  seen.get(TMP_MOUNT)?.content === tmpMount
    ? { files: [TMP_MOUNT], activate: [reload] }
    : { files: [], activate: [] };
