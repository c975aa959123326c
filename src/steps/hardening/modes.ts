import type { Finding } from '../../engine/step.js';
import { lines, type Sh, sh } from '../../sh.js';
import type { Profile } from './profile.js';

/** Mode in strict, and the one that Debian and Ubuntu ship. */
const MODES: readonly { path: string; strict: string; shipped: string }[] = [
  { path: '/etc/crontab', strict: '0600', shipped: '0644' },
  ...['d', 'hourly', 'daily', 'weekly', 'monthly'].map((name) => ({
    path: `/etc/cron.${name}`,
    strict: '0700',
    shipped: '0755',
  })),
  // The configuration of GRUB may hold a password.
  { path: '/boot/grub/grub.cfg', strict: '0600', shipped: '0644' },
  // Comes with needrestart on Debian 12; a broker needs no assembler.
  ...['x86_64', 'aarch64'].map((machine) => ({
    path: `/usr/bin/${machine}-linux-gnu-as`,
    strict: '0750',
    shipped: '0755',
  })),
];

/** Octal modes of those of the files that are there, by path. */
export type SeenModes = ReadonlyMap<string, string>;

export const modesProbe: Sh = sh`stat -c 'kept-mode %a %n' ${MODES.map(({ path }) => path)} 2>/dev/null`;

/** Pure. */
export const parseModes = (stdout: string): SeenModes =>
  new Map(
    [...stdout.matchAll(/^kept-mode (\d+) (.+)$/gm)].map(([, mode = '', path = '']) => [
      path,
      mode.padStart(4, '0'),
    ]),
  );

const isLooser = (mode: string, than: string): boolean =>
  (Number.parseInt(mode, 8) & ~Number.parseInt(than, 8)) !== 0;

const chmod = (modes: readonly (readonly [mode: string, path: string])[]): Sh =>
  lines(...modes.map(([mode, path]) => sh`chmod ${mode} ${path}`));

/** Pure. */
export function modeFindings(seen: SeenModes, profile: Profile): Finding[] {
  if (profile !== 'strict') return [];
  const loose = MODES.filter(({ path, strict }) => isLooser(seen.get(path) ?? '0000', strict));
  if (loose.length === 0) return [];
  return [
    {
      id: 'hardening.modes',
      level: 'change',
      summary: `Keep all but root from ${loose.map(({ path }) => path).join(', ')}`,
      change: {
        kind: 'run',
        script: chmod(loose.map(({ path, strict }) => [strict, path])),
        undo: { activate: chmod(loose.map(({ path }) => [seen.get(path) ?? '', path])) },
      },
    },
  ];
}

/** Pure. What makes them again as they ship, where strict has closed them. */
export function looseModes(seen: SeenModes, profile: Profile): Sh[] {
  if (profile === 'strict') return [];
  const ours = MODES.filter(({ path, strict }) => seen.get(path) === strict && !path.startsWith('/boot'));
  return ours.length === 0 ? [] : [chmod(ours.map(({ path, shipped }) => [shipped, path]))];
}
