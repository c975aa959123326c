import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/** Shell that prints `key-type=(ED25519) PATH` for each host key that sshd's files name. */
export const tellNamedKeys: Sh = sh`sshd -T | sed -n 's/^hostkey //p' | while read -r key; do
  listed=$(ssh-keygen -lf "$key") && echo "key-type=\${listed##* } $key"
done`;

/**
 * Pure. Whether sshd's files name other host keys only; sshd lists its defaults whether these files exist or not.
 * @param keys what sshd -T says of HostKey
 */
export function isEd25519Hidden(stdout: string, keys: readonly string[]): boolean {
  const shown = /^key-type=\(ED25519\) /m.test(stdout);
  return keys.length > 0 && !keys.includes('/etc/ssh/ssh_host_ed25519_key') && !shown;
}

/** The hardened server shows this key and no other, so that nobody could connect where it may not show it. It is a person's file that says so. */
export function hiddenKeyFinding(places: string): Finding {
  const where = places === '' ? 'the SSH server’s files' : places;
  return {
    id: 'sshd-config.host-key',
    level: 'stop',
    summary: `The SSH server is told not to show its host key of type ed25519, the only one that counts once it is hardened: ${where} names others (HostKey).`,
    hint: 'Add a line beside it: HostKey /etc/ssh/ssh_host_ed25519_key. Then, on the server: sudo sshd -t && sudo systemctl restart ssh. Then run the same command again.',
  };
}
