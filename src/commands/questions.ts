import { isInteractive } from '../settings/interactive.js';

/** Whether a person can be asked. */
export const interactive = isInteractive;

/** A question with yes as its default. @throws Cancelled when the person presses Ctrl-C */
export async function confirm(message: string): Promise<boolean> {
  const { terminal } = await import('../settings/prompts.js');
  return terminal.confirm({ message, default: true });
}

/** First contact: shows the fingerprint of the host key and asks. */
export async function askHostKey(shown: { host: string; type: string; fingerprint: string }): Promise<boolean> {
  process.stderr.write(
    `\nThis computer does not know ${shown.host} yet. Its host key (${shown.type}) is\n\n    ${shown.fingerprint}\n\n` +
      'The console of your provider shows the same line if this is really your server.\n',
  );
  return confirm('Is this the right server?');
}
