import { access, readFile } from 'node:fs/promises';
import { freshServer, nameServer } from './fresh-server.js';
import { has } from './run.js';
import type { State } from './state.js';

/** Without root, on mixed control groups, nobody tells systemd that a session is empty: a reboot would wait for it. */
const SHORT_GOODBYE = `  mkdir -p /etc/systemd/system/user@.service.d
  printf '%s\\n' '[Service]' TimeoutStopSec=3s >/etc/systemd/system/user@.service.d/rehearsal.conf
`;

/** First process of the server's container: makes it a fresh server at its first boot, then hands over to systemd. */
export function serverScript(state: State, dns: string, mixed: boolean): string {
  return `umount /etc/hosts /etc/hostname /etc/resolv.conf 2>/dev/null # mounted by podman; hostnamectl could not replace them
if [ ! -e /var/lib/rehearsal ]; then
(
${freshServer(state, `nameserver ${dns}`)}${nameServer})
  touch /var/lib/rehearsal
${mixed ? SHORT_GOODBYE : ''}fi
# podman may keep the network namespace, and ufw adds no jumps where it finds its chains
for filter in iptables ip6tables; do
  command -v $filter >/dev/null || continue
  for chain in INPUT FORWARD OUTPUT; do $filter -P $chain ACCEPT; done
  $filter -F; $filter -X
done
exec /sbin/init`;
}

/** crun, podman's default, refuses machines that mix both versions of control groups; runc does not. */
export async function runtimeOptions(): Promise<string[]> {
  return (await mixesCgroups()) && (await has('runc')) ? ['--runtime=runc'] : [];
}

/** Whether this machine mixes both versions of control groups. */
export const mixesCgroups = () =>
  access('/sys/fs/cgroup/unified').then(
    () => true,
    () => false,
  );

/** podman's own default limits can lie above what this machine allows, and the container would not start. */
export async function ulimitOptions(): Promise<string[]> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const options = [
    ['nofile', 'Max open files', Number.POSITIVE_INFINITY],
    // podman lowers its own limit of processes, and could then not grant what this machine allows.
    ['nproc', 'Max processes', 16384],
  ] as const;
  return options.flatMap(([name, label, most]) => {
    const hard = Number(limits.match(new RegExp(`^${label} +\\S+ +(\\d+)`, 'm'))?.[1] ?? Number.NaN);
    if (Number.isNaN(hard)) return [];
    return [`--ulimit=${name}=${name === 'nofile' ? 1024 : Math.min(most, hard)}:${Math.min(most, hard)}`];
  });
}
