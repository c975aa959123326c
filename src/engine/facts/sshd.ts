import { type Sh, sh } from '../../sh.js';
import type { Frame } from '../probe.js';

/** Settings of sshd in force for one account: names in lower case, a value for each line with that name. */
export type SshdSettings = ReadonlyMap<string, readonly string[]>;

/** Where the address does not matter, one of the documentation range (RFC 5737) stands for the world. */
export const SOMEWHERE = '192.0.2.1';

/**
 * Without this folder sshd neither validates nor prints anything ("Missing privilege separation directory"); systemd makes
 * it when it starts sshd, which with socket activation may be later: dev-sec/ansible-collection-hardening#752.
 */
export const privilegeFolder = sh`mkdir -p -m 0755 /run/sshd`;

/**
 * Shell that prints the settings in force for one user: sshd(8), -T and -C.
 * @param user one word of shell
 * @param from the address, one word of shell; the world where it is left out
 */
export const effectiveSettings = (user: Sh, from: Sh = sh`${SOMEWHERE}`): Sh =>
  sh`sshd -T -C user=${user},host=somewhere,addr=${from},laddr=${SOMEWHERE},lport=22`;

/** Begins what is printed for one account; sshd prints no line that begins with it. */
const ACCOUNT = '@';

/** Begins what sshd(8) says of files that it refuses. */
const COMPLAINT = '!';

/** Shell that prints the settings in force for each of these accounts, whether they exist or not. */
export const printSshd = (users: readonly string[]): Sh =>
  sh`${privilegeFolder}
for user in ${users}; do
  echo ${ACCOUNT}"$user"
  ${effectiveSettings(sh`"$user"`)} || { code=$?; echo ${COMPLAINT}; sshd -t 2>&1; exit "$code"; }
done`;

/** Pure. What sshd says is wrong with its files, in one line; undefined where it takes them, or says nothing. */
export function complaintOf(frame: Frame | undefined): string | undefined {
  if (frame === undefined || frame.code === 0) return undefined;
  const [, said = ''] = frame.stdout.split(`\n${COMPLAINT}\n`);
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.length === 0 ? undefined : lines.slice(-3).join(' / ');
}

/** Pure. The settings by account. */
export function parseSshd(stdout: string): ReadonlyMap<string, SshdSettings> {
  const accounts = new Map<string, Map<string, string[]>>();
  let settings = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    if (line.startsWith(ACCOUNT)) {
      settings = new Map();
      accounts.set(line.slice(ACCOUNT.length), settings);
      continue;
    }
    const [name = '', ...value] = line.split(' ');
    if (name === '') continue;
    settings.set(name.toLowerCase(), [...(settings.get(name.toLowerCase()) ?? []), value.join(' ')]);
  }
  return accounts;
}
