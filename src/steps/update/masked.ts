import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/** What later steps have to switch on, by the package that brings it; the broker's own unit is looked at where it is installed. */
const UNITS: Readonly<Record<string, string>> = {
  ufw: 'ufw.service',
  fail2ban: 'fail2ban.service',
  certbot: 'certbot.timer',
};

/** Answers `masked` with those of these units that systemd may not start, whether they are installed or not: systemctl(1), “mask”. */
export function tellMasked(packages: readonly string[]): Sh {
  const units = packages.flatMap((name) => UNITS[name] ?? []);
  if (units.length === 0) return sh`:`;
  return sh`printf 'masked=%s\\n' "$(echo $(systemctl list-unit-files --no-legend --state=masked,masked-runtime ${units} | cut -d' ' -f1))"`;
}

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
