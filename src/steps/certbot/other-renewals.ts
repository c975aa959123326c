import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/** What renews certificates beside the distribution's certbot and its timer. */
export interface Others {
  /** Programs called certbot at the places that snap and pip use (certbot docs, "Get Certbot"). */
  programs: string[];
  /** What starts one of them by itself: timers of systemd, and files of cron. */
  schedules: string[];
}

/** Where snap puts it. */
const SNAP = '/snap/bin/certbot';
/** Where pip puts it, after certbot's own instructions. */
const PLACES = [SNAP, '/usr/local/bin/certbot', '/opt/certbot/bin/certbot'];
/** Under systemd the file of Debian's package does nothing, as it says itself. */
const OWN_CRON = '/etc/cron.d/certbot';

/** Tells `other=PATH` and `schedule=NAME`, one each. */
export const tellOthers: Sh = sh`for path in ${PLACES}; do if [ -e "$path" ]; then echo "other=$path"; fi; done
systemctl list-units --type=timer --plain --no-legend '*certbot*' | awk '$1 != "certbot.timer" {print "schedule=" $1}'
grep -lsE '^[^#]*certbot.*renew' /etc/crontab /etc/cron.d/* /var/spool/cron/crontabs/root | grep -vxF ${OWN_CRON} | sed 's/^/schedule=/'`;

/** Pure. */
export function parseOthers(stdout: string): Others {
  const all = (name: string) =>
    [...stdout.matchAll(new RegExp(`^${name}=(.+)$`, 'gm'))].map(([, value = '']) => value);
  return { programs: all('other'), schedules: all('schedule') };
}

/** Pure. All of them keep their certificates in /etc/letsencrypt, so each renews those of the others. */
export function othersFindings({ programs, schedules }: Others, domain: string): Finding[] {
  const isSnaps = (one: string) => one === SNAP || one.startsWith('snap.');
  const by = (theirs: string[]) =>
    `${['certbot.timer', ...theirs].join(' and ')} ${theirs.length > 0 ? 'renew' : 'renews'} the one for ${domain}`;
  const found: Finding[] = [];
  if (programs.includes(SNAP)) {
    found.push({
      id: 'certbot.snap',
      level: 'warn',
      summary: `There is a second certbot, from snap, which works on the same certificates: ${by(schedules.filter(isSnaps))}`,
      hint: 'Remove the one from snap: sudo snap remove certbot. The certificate stays, and certbot.timer goes on renewing it.',
    });
  }
  const theirs = [...programs, ...schedules].filter((one) => !isSnaps(one));
  if (theirs.length > 0) {
    found.push({
      id: 'certbot.second',
      level: 'warn',
      summary: `There is a second way to renew certificates (${theirs.join(', ')}): ${by(schedules.filter((one) => !isSnaps(one)))}`,
      hint: 'Keep one. certbot.timer does it for the certificate of the broker, so the other can go: disable its timer (sudo systemctl disable --now), take its line out of the file of cron, or remove the program.',
    });
  }
  return found;
}
