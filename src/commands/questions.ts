import { Cancelled } from '../errors.js';
import { isInteractive } from '../settings/interactive.js';

/** Whether a person can be asked. */
export const interactive = isInteractive;

/** @throws Cancelled when the person presses Ctrl-C */
export async function confirm(message: string): Promise<boolean> {
  const { confirm: ask } = await import('@inquirer/prompts');
  try {
    return await ask({ message, default: true }, { output: process.stderr });
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') throw new Cancelled('Nothing was changed.');
    throw error;
  }
}

/** First contact: shows the fingerprint of the host key and asks. */
export async function askHostKey(shown: { host: string; type: string; fingerprint: string }): Promise<boolean> {
  process.stderr.write(
    `\nThis computer does not know ${shown.host} yet. Its host key (${shown.type}) is\n\n    ${shown.fingerprint}\n\n` +
      'The console of your provider shows the same line if this is really your server.\n',
  );
  return confirm('Is this the right server?');
}
