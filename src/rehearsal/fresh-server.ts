import { quote } from 'shlex';
import type { State } from './state.js';

/**
 * Script that turns the image into one particular fresh server, run inside before its first boot: root logs in
 * with a password as cloud images let it, host keys and machine id are the server's own.
 * @param resolvConf what /etc/resolv.conf says; undefined leaves the file alone
 */
export function freshServer(state: Pick<State, 'rootPassword'>, resolvConf?: string): string {
  return `set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
echo ${quote(`root:${state.rootPassword}`)} | chpasswd
printf '%s\\n' 'PasswordAuthentication yes' 'PermitRootLogin yes' >/etc/ssh/sshd_config.d/50-cloud-init.conf
chmod 600 /etc/ssh/sshd_config.d/50-cloud-init.conf
rm -f /etc/ssh/ssh_host_*
ssh-keygen -A >/dev/null
systemd-id128 new >/etc/machine-id
rm -f /var/lib/dbus/machine-id
${resolvConf === undefined ? '' : resolving(resolvConf)}`;
}

/** Script that sets what /etc/resolv.conf says. */
export const resolving = (resolvConf: string): string => `rm -f /etc/resolv.conf
printf '%s\\n' ${quote(resolvConf)} >/etc/resolv.conf
`;

/** Names of a server that nobody has named yet, as cloud-init writes them. */
export const nameServer = `echo rehearsal >/etc/hostname
cat >/etc/hosts <<'END'
127.0.1.1 rehearsal rehearsal
127.0.0.1 localhost

# The following lines are desirable for IPv6 capable hosts
::1 localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
END
`;
