import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/** More days than anybody's server lives; 99999 is the default of login.defs(5). */
const FOREVER_DAYS = 10_000;

/** Sets $password, $changed, $most, $grace and $end: fields of shadow(5); all are empty where there is no such account. */
export const readShadow = (user: string): Sh => sh`IFS=: read -r _ password changed _ most _ grace end _ <<END
$(getent shadow ${user})
END`;

/** Last change, maximum age, days of grace, end of the account. */
export const tellExpiry: Sh = sh`echo "expiry=$changed:$most:$grace:$end"`;

/**
 * Pure. Whether the account or its password comes to an end. sshd asks PAM, which then lets nobody in, whatever key they
 * have (pam_unix(8), "account"); a locked password grows old as well.
 */
export function expires(fields: string | undefined): boolean {
  const [changed, most, , end] = (fields ?? '').split(':');
  if (changed === undefined || most === undefined) return false;
  const ages = most !== '' && Number(most) >= 0 && Number(most) < FOREVER_DAYS;
  return changed === '0' || ages || (end !== undefined && end !== '' && Number(end) >= 0);
}

/** Shell that takes the ends away; the day of the last change only where it asks for a new password at the next login. */
export const unexpire = (user: string): Sh =>
  sh`chage -M -1 -I -1 -E -1 ${user}
[ "$(getent shadow ${user} | cut -d: -f3)" != 0 ] || chage -d "$(($(date +%s) / 86400))" ${user}`;

export function expiryFinding(user: string): Finding {
  return {
    id: 'user.expiry',
    level: 'change',
    summary: `Keep the account ${user} from running out, as the rules for passwords on this server would have it`,
    change: {
      kind: 'run',
      script: unexpire(user),
      undo: { stays: `The account ${user} stays without an end.` },
    },
  };
}
