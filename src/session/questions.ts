import { isInteractive } from '../settings/interactive.js';
import { say } from '../terminal/screen.js';
import { wrap } from '../terminal/wrap.js';

/** Whether a person can be asked. */
export const interactive = isInteractive;

/** A yes-or-no question. @throws Cancelled when the person presses Ctrl-C */
export async function confirm(message: string, { preselected = true } = {}): Promise<boolean> {
  const { terminal } = await import('../settings/prompts.js');
  return terminal.confirm({ message, default: preselected });
}

/** Keys that a person has accepted in this process: a login that is refused keeps none, and the next one meets it again. */
const accepted = new Set<string>();

/** First contact: shows the fingerprint of the host key and asks. */
export async function askHostKey(shown: {
  host: string;
  type: string;
  fingerprint: string;
}): Promise<boolean> {
  const key = `${shown.host} ${shown.fingerprint}`;
  if (accepted.has(key)) return true;
  const known = wrap(`This computer does not know ${shown.host} yet. Its host key (${shown.type}) is`, 0);
  const compare = wrap(
    'The console of your provider shows the same line if this is really your server. There:',
    0,
  );
  say(
    `\n${known}\n\n    ${shown.fingerprint}\n\n${compare}\n\n    ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\n`,
  );
  // Trust is a deliberate answer, not a slip on the Enter key.
  const right = await confirm('Is this the right server?', { preselected: false });
  if (right) accepted.add(key);
  return right;
}
