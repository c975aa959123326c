import { type Sh, sh } from '../../sh.js';
import { JAIL } from '../../templates/fail2ban-jail.js';

/**
 * Shell that prints what our jail watches. fail2ban's own client takes a tenth of a second of processor time to start,
 * most of it for modules that this question does not need.
 */
export const tellWatching: Sh = sh`printf 'status=%s\n' "$(fail2ban-client status ${JAIL} | grep -oE '(Journal matches|File list):.*')"`;

/** Pure. Whether the jail watches a journal or a file. */
export const watches = (stdout: string): boolean => /^status=[^:\n]*:[^\S\n]*\S/m.test(stdout);
