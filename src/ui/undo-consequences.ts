import type { AccountEntry } from '../run-log/accounts.js';
import type { Kept } from '../run-log/undo.js';

/** What follows where a file of one of these goes back, in the order of their weight. */
const OF_FILES: readonly (readonly [pattern: RegExp, consequence: string])[] = [
  [
    /^\/etc\/ssh\/sshd_config/,
    'The SSH server again lets in what it let in before that run, such as root and passwords.',
  ],
  [/^\/etc\/sudoers/, 'Rights of sudo that the run gave end.'],
  [
    /^\/etc\/(?:ufw\/|default\/ufw|iptables\/)/,
    'The firewall is as it was before that run: ports that it closed are open again, ports that it opened are closed.',
  ],
  [
    /^\/etc\/(?:mosquitto|emqx)\//,
    'The broker runs with its settings from before that run. Devices may be unable to connect, or connect without encryption.',
  ],
  [/^\/etc\/letsencrypt\//, 'Renewed certificates are no longer passed to the broker.'],
  [/^\/etc\/fail2ban\//, 'Addresses that guess passwords are no longer banned by this set-up.'],
  [/^\/etc\/(?:sysctl\.d|security|systemd)\/|\/coredump/, 'Hardening of the system that the run added ends.'],
  [
    /^\/etc\/apt\//,
    'Security updates are installed as they were before that run, perhaps not automatically.',
  ],
  [
    /^\/etc\/(?:hosts|hostname)$/,
    'The name of the server, or its list of names, is as it was before that run.',
  ],
];

const ofEntries = (entries: readonly AccountEntry[]): string[] => {
  const removed = (keys: boolean) =>
    entries.filter(({ of, what }) => what === 'removed' && (of === 'keys') === keys).map(({ name }) => name);
  return [
    ...(removed(true).length > 0
      ? ['The SSH key that the run added no longer opens the server: only the login from before works.']
      : []),
    ...(removed(false).length > 0
      ? [`Devices that use ${removed(false).join(', ')} can no longer connect.`]
      : []),
  ];
};

/** Pure. What an undo brings about for people and devices, each once. */
export function consequences({ files, entries }: Pick<Kept, 'files' | 'entries'>): string[] {
  const paths = files.filter(({ what }) => what !== 'left').map(({ path }) => path);
  const found = OF_FILES.filter(([pattern]) => paths.some((path) => pattern.test(path)));
  return [...ofEntries(entries), ...found.map(([, consequence]) => consequence)];
}
