import { isAsWanted } from '../../engine/seen-files.js';
import type { Finding } from '../../engine/step.js';
import { CLOUD_SSH_CONTENT, CLOUD_SSH_DROP_IN } from './cloud-drop-in.js';
import type { State } from './state.js';

/** Pure. cloud-init must not lay down another file that lets passwords in. */
export function cloudFindings({ cloudInit, cloudDropIn }: State): Finding[] {
  const file = {
    path: CLOUD_SSH_DROP_IN,
    content: CLOUD_SSH_CONTENT,
    before: cloudDropIn?.content,
    mode: '0644',
    owner: 'root:root',
  };
  if (!cloudInit || isAsWanted(cloudDropIn, file)) return [];
  return [
    {
      id: 'sshd-config.cloud-init',
      level: 'change',
      summary: 'Keep cloud-init from allowing passwords again',
      change: { kind: 'write', files: [file] },
    },
  ];
}
