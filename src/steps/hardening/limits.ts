import { HEAD } from './head.js';

/** limits.conf(5): `*` is everybody but root. */
export const coreLimits = `${HEAD}* hard core 0\n* soft core 0\nroot hard core 0\nroot soft core 0\n`;

/** coredump.conf(5): where systemd takes core dumps, it keeps none. */
export const coredumpConf = `${HEAD}[Coredump]\nStorage=none\nProcessSizeMax=0\n`;

/** journald.conf(5). By itself the journal takes a tenth of the disk, up to 4 GB. */
export const journaldConf = `${HEAD}[Journal]\nSystemMaxUse=500M\nRuntimeMaxUse=50M\n`;

/** modprobe.d(5): install, because a mere blacklist stops only loading by a device's own name. */
export const noModules = (modules: readonly string[]): string =>
  [HEAD.trimEnd(), ...modules.map((name) => `install ${name} /bin/false`), ''].join('\n');

/**
 * Read by shells that somebody logs in to. Not exported: every `read` in a script would then end after this time, too (bash(1)).
 */
export const profileScript = `${HEAD}umask 027
ulimit -c 0
[ -n "\${TMOUT-}" ] || readonly TMOUT=1800
`;

/** pwquality.conf(5); root is only warned. */
export const passwordQuality = `${HEAD}minlen = 12\n`;

/** needrestart.conf: perl. a: restart services by itself. */
export const needrestartConf = `${HEAD}$nrconf{restart} = 'a';\n`;
