import { sh } from '../sh.js';

/** Shell that tells where the SSH server listens for others, one `ssh ADDRESS:PORT` a line; systemd may listen for it. */
export const tellSshPorts = sh`# Listeners on loopback are forwardings of somebody's session, not doors.
ss -Hltnp | awk '/"sshd"/ && $4 !~ /^(127\\.|\\[::1\\])/ {print "ssh " $4}'
if systemctl -q is-active ssh.socket; then systemctl show -p Listen ssh.socket | sed -n 's/^Listen=\\([^ ]*\\) (Stream)$/ssh \\1/p'; fi`;

/** Pure. The ports of lines `ssh …`, or `ssh-set …` for what the files of sshd say; each once, loopback left out. */
export function toldSshPorts(stdout: string, kind: 'ssh' | 'ssh-set' = 'ssh'): number[] {
  const found = stdout.matchAll(/^(ssh|ssh-set) (\S*?):(\d+)$/gm);
  const ports = [...found]
    .filter(([, told, address = '']) => told === kind && !/^(127\.|\[::1\])/.test(address))
    .map(([, , , port]) => Number(port));
  return [...new Set(ports)];
}
