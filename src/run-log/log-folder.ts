import { controls } from '../engine/controlled.js';
import { LOG_FOLDER } from '../server-folders.js';
import { type Sh, sh } from '../sh.js';

/**
 * A list for sh(1) that succeeds where the folder of logs is root's, which it makes and opens to root alone. Ubuntu lets the
 * group syslog write /var/log, so that a link may be in its place. In $why is what is not root's.
 */
export const ownLogFolder: Sh = sh`${controls}
own_log_folder() {
  mkdir -p -m 0700 ${LOG_FOLDER} && controls ${LOG_FOLDER} && [ -z "$rest" ] && [ -O "$real" ] && chmod 0700 "$real"
}`;
