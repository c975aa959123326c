import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/**
 * Answers whether sudo reads /etc/sudoers.d, where our rule goes: sudoers(5), “Including other files from within sudoers”. sudo itself
 * tells only of files that are there already. Where there is no sudo yet, it comes with a file that reads the folder.
 * @param etc another folder, for tests
 */
export const tellIncluded = (etc = '/etc'): Sh => sh`if [ -e ${`${etc}/sudoers`} ]; then (
  cd ${etc}
  more=$(sed -nE 's/^[[:space:]]*[@#]include[[:space:]]+"?([^"]*[^"[:space:]])"?[[:space:]]*$/\\1/p' sudoers)
  IFS='
'
  if grep -qsE '^[[:space:]]*[@#]includedir[[:space:]]+"?(/etc/)?sudoers\\.d/?"?[[:space:]]*$' sudoers $more; then echo drop-ins=read; else echo drop-ins=passed-over; fi
) fi`;

/** Nothing is done about it: what else lies in the folder would count as well, and somebody may have meant that it does not. */
export const passedOver = (user: string): Finding => ({
  id: 'user.sudoers',
  level: 'stop',
  summary: `sudo on this server does not read /etc/sudoers.d, where the rule for ${user} goes.`,
  hint: `Look at the files in /etc/sudoers.d, as they will count from then on. Then run “sudo visudo” on the server and add as its last line, with the #: #includedir /etc/sudoers.d`,
});
