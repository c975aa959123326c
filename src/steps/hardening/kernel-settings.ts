import type { Profile } from './profile.js';

/**
 * A setting of the kernel. The lists are the values that are good enough, the one to set first: what an administrator has
 * set stricter stays.
 */
export interface KernelSetting {
  /** As under /proc/sys, with slashes; `*` stands for each network interface, `all` and `default`. */
  key: string;
  /** Left out: in strict only. */
  standard?: readonly string[];
  /** Left out: as in standard. */
  strict?: readonly string[];
  /** A file that would overrule it, and that the step itself corrects: see edits.ts. */
  corrected?: string;
  why: string;
  /** Of the kernel's own documentation, unless it says otherwise. */
  source: string;
}

const KERNEL = 'admin-guide/sysctl/kernel.rst';
const FS = 'admin-guide/sysctl/fs.rst';
const IP = 'networking/ip-sysctl.rst';

const perFamily = (name: string, rest: Omit<KernelSetting, 'key'>): KernelSetting[] =>
  ['ipv4', 'ipv6'].map((family) => ({ key: `net/${family}/conf/*/${name}`, ...rest }));

/**
 * What is set, and why. Not here, on purpose: net/ipv4/ip_forward (containers and tunnels need it), accept_ra (servers with IPv6
 * alone would lose their network), rp_filter above 2 (a tunnel or a second network would lose its answers), modules_disabled (no way back but a restart).
 */
export const KERNEL_SETTINGS: readonly KernelSetting[] = [
  {
    key: 'kernel/kptr_restrict',
    standard: ['1', '2'],
    strict: ['2'],
    why: 'Addresses in the kernel help those who break into it.',
    source: KERNEL,
  },
  {
    key: 'kernel/dmesg_restrict',
    standard: ['1'],
    why: 'Messages of the kernel tell its addresses, too.',
    source: KERNEL,
  },
  {
    key: 'kernel/randomize_va_space',
    standard: ['2'],
    why: 'An attack that must guess addresses fails.',
    source: KERNEL,
  },
  {
    key: 'kernel/yama/ptrace_scope',
    standard: ['1', '2', '3'],
    why: 'A program cannot read the secrets of its neighbours.',
    source: 'admin-guide/LSM/Yama.rst',
  },
  {
    key: 'kernel/unprivileged_bpf_disabled',
    standard: ['2', '1'],
    strict: ['1'],
    why: 'Programs inside the kernel were a way to root more than once.',
    source: KERNEL,
  },
  {
    key: 'net/core/bpf_jit_harden',
    standard: ['1', '2'],
    strict: ['2'],
    why: 'The same, for the code that these programs become.',
    source: 'admin-guide/sysctl/net.rst',
  },
  {
    key: 'kernel/perf_event_paranoid',
    standard: ['2', '3', '4'],
    strict: ['3', '4'],
    why: 'Measuring the kernel tells what it holds.',
    source: KERNEL,
  },
  {
    key: 'kernel/sysrq',
    strict: ['0'],
    why: 'At the console, keys could stop programs or the server without a login.',
    source: 'admin-guide/sysrq.rst',
  },
  {
    key: 'dev/tty/ldisc_autoload',
    strict: ['0'],
    why: 'Old drivers for terminals are not loaded because somebody asks for them.',
    source: 'commit 7c0cca7c847e, Linux 5.1',
  },
  {
    key: 'fs/protected_hardlinks',
    standard: ['1'],
    why: 'Nobody lays a link to the file of another user where root falls for it.',
    source: FS,
  },
  { key: 'fs/protected_symlinks', standard: ['1'], why: 'The same, for symbolic links.', source: FS },
  {
    key: 'fs/protected_fifos',
    standard: ['1', '2'],
    strict: ['2'],
    why: 'The same, for pipes in folders that all may write to.',
    source: FS,
  },
  {
    key: 'fs/protected_regular',
    standard: ['2', '1'],
    strict: ['2'],
    why: 'The same, for files in folders that all may write to.',
    source: FS,
  },
  {
    // Ubuntu's apport sets 2: such a dump can be read by root alone.
    key: 'fs/suid_dumpable',
    standard: ['0', '2'],
    why: "A program of root's that crashes leaves no memory that others can read.",
    source: FS,
  },
  ...perFamily('accept_redirects', {
    standard: ['0'],
    why: 'A neighbour cannot send our traffic his way.',
    source: IP,
  }),
  ...perFamily('accept_source_route', {
    // IPv6 knows -1 as well, which is stricter still.
    standard: ['0', '-1'],
    why: 'Strangers do not choose the way of packets.',
    source: IP,
  }),
  {
    key: 'net/ipv4/conf/*/send_redirects',
    standard: ['0'],
    why: 'A server that is no router has nothing to say about ways.',
    source: IP,
  },
  {
    key: 'net/ipv4/conf/*/rp_filter',
    // An interface takes the larger one of its own value and that of `all`, so 0 there is no hole.
    standard: ['2', '1'],
    why: 'Packets whose sender could not be reached at all are forged. Loose, so that tunnels and a second network work.',
    source: `${IP}, RFC 3704`,
  },
  {
    key: 'net/ipv4/conf/*/log_martians',
    strict: ['1'],
    corrected: '/etc/ufw/sysctl.conf',
    why: 'Packets with an impossible sender tell of an attack, or of a network that is set up wrong.',
    source: IP,
  },
  {
    key: 'net/ipv4/icmp_echo_ignore_broadcasts',
    standard: ['1'],
    why: 'Nobody uses the server to flood others.',
    source: IP,
  },
  {
    key: 'net/ipv4/icmp_ignore_bogus_error_responses',
    standard: ['1'],
    why: 'Wrong packets of others do not fill the log.',
    source: `${IP}, RFC 1122`,
  },
  {
    key: 'net/ipv4/tcp_syncookies',
    standard: ['1', '2'],
    why: 'A flood of half-made connections does not shut devices out.',
    source: `${IP}, RFC 4987`,
  },
];

/** The values that are good enough in a profile, the one to set first; undefined where the profile leaves the setting alone. */
export const goodEnough = (
  { standard, strict }: KernelSetting,
  profile: Profile,
): readonly string[] | undefined => (profile === 'strict' ? (strict ?? standard) : standard);
