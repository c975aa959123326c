import { sh } from '../sh.js';

/** Shell that tells where the SSH server listens for others, one `ssh ADDRESS:PORT` a line; systemd may listen for it. */
export const tellSshPorts = sh`# Listeners on loopback are forwardings of somebody's session, not doors.
ss -Hltnp | awk '/"sshd"/ && $4 !~ /^(127\\.|\\[::1\\])/ {print "ssh " $4}'
if systemctl -q is-active ssh.socket; then systemctl show -p Listen ssh.socket | sed -n 's/^Listen=\\([^ ]*\\) (Stream)$/ssh \\1/p'; fi`;

/** Pure. The ports that tellSshPorts told, each once. */
export function toldSshPorts(stdout: string): number[] {
  return [...new Set([...stdout.matchAll(/^ssh \S*?(\d+)$/gm)].map((match) => Number(match[1])))];
}
