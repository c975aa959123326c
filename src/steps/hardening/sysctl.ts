import { HEAD } from './head.js';

/** Read after Debian's 99-protect-links.conf and before the administrator's 99-sysctl.conf, so that his word is the last: sysctl.d(5). */
export const SYSCTL_DROP_IN = '/etc/sysctl.d/99-server-broker-setup.conf';

/**
 * A setting that a kernel does not know, or a container may not set, must not make the others fail: hence the dashes, sysctl.d(5).
 * `*` means those interfaces that are there; `all` and `default` are for kernels and systemd before 246, which know no `*` here.
 * @param wanted key with slashes and value
 */
export function sysctlDropIn(wanted: readonly (readonly [key: string, value: string])[]): string {
  const lines = wanted.flatMap(([key, value]) =>
    (key.includes('*') ? ['all', 'default', '*'].map((name) => key.replace('*', name)) : [key]).map(
      (one) => `-${one.replaceAll('/', '.')} = ${value}`,
    ),
  );
  return `${HEAD}${[...lines, ''].join('\n')}`;
}
