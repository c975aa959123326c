import type { Facts } from '../../engine/facts.js';
import type { Finding } from '../../engine/step.js';

/** What later steps have to switch on, by the package that brings it; the broker's own unit is looked at where it is installed. */
const UNITS: Readonly<Record<string, string>> = {
  ufw: 'ufw.service',
  fail2ban: 'fail2ban.service',
  certbot: 'certbot.timer',
};

/** Pure. The units that these packages bring and later steps switch on. */
export const unitsOf = (packages: readonly string[]): string[] =>
  packages.flatMap((name) => UNITS[name] ?? []);

/** Pure. Those of them that systemd may not start, whether they are installed or not: systemctl(1), “mask”. */
export const maskedUnits = (packages: readonly string[], facts: Facts): string[] =>
  unitsOf(packages).filter((name) => facts.unit(name).enabled.startsWith('masked'));

/** Found half-way it would leave a server without a certificate, or without renewals. */
export function maskedFindings(units: readonly string[]): Finding[] {
  if (units.length === 0) return [];
  return [
    {
      id: 'update.masked',
      level: 'stop',
      summary: `Somebody has forbidden systemd to start what is needed here: ${units.join(', ')} (masked).`,
      hint: `If that was not meant, allow it on the server with: sudo systemctl unmask ${units.join(' ')}. Then run the same command again.`,
    },
  ];
}
