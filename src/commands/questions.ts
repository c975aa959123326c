import { isInteractive } from '../settings/interactive.js';
import { say } from '../ui/screen.js';

/** Whether a person can be asked. */
export const interactive = isInteractive;

/** A yes-or-no question. @throws Cancelled when the person presses Ctrl-C */
export async function confirm(message: string, { preselected = true } = {}): Promise<boolean> {
  const { terminal } = await import('../settings/prompts.js');
  return terminal.confirm({ message, default: preselected });
}

/** First contact: shows the fingerprint of the host key and asks. */
export async function askHostKey(shown: {
  host: string;
  type: string;
  fingerprint: string;
}): Promise<boolean> {
  say(
    `\nThis computer does not know ${shown.host} yet. Its host key (${shown.type}) is\n\n    ${shown.fingerprint}\n\n` +
      'The console of your provider shows the same line if this is really your server\n(there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub).',
  );
  // Trust is a deliberate answer, not a slip on the Enter key.
  return confirm('Is this the right server?', { preselected: false });
}
