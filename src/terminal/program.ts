import { quote } from 'shlex';

/** How this program is called: who came by npx has no command of its own (npm sets npm_command to exec). */
export const program = process.env.npm_command === 'exec' ? 'npx broker-setup' : 'broker-setup';

/**
 * A command of this program about the same server, to be pasted.
 * @param config the settings file
 * @param knownHosts a known_hosts file besides the user's own
 */
export function commandFor(
  command: string,
  { config, knownHosts }: { config: string; knownHosts?: string | undefined },
): string {
  const trust = knownHosts === undefined ? '' : ` --known-hosts ${pasted(knownHosts)}`;
  return `${program} ${command} --config ${pasted(config)}${trust}`;
}

/** A word as a person may paste it into a shell. On Windows a backslash is only part of a path. */
export function pasted(word: string, platform: NodeJS.Platform = process.platform): string {
  const plain = platform === 'win32' ? /^[\w@%+=:,./~\\-]+$/ : /^[\w@%+=:,./~-]+$/;
  return plain.test(word) ? word : quote(word);
}
