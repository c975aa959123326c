import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/** Shell that answers `ed25519-shown=no` where HostKey names other keys only; sshd lists its defaults whether the files are there or not. */
export const tellHiddenKey: Sh = sh`keys=$(sshd -T | sed -n 's/^hostkey //p')
[ -z "$keys" ] || echo "$keys" | grep -qx /etc/ssh/ssh_host_ed25519_key || for key in $keys; do ssh-keygen -lf "$key"; done | grep -q '(ED25519)$' || echo ed25519-shown=no`;

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
