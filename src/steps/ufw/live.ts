import { type Sh, sh } from '../../sh.js';
import { SHUTTERS } from './provider-reject-rules.js';

/** For awk: the number of the family whose rules follow. */
const FAMILY = '/^@[46]$/ {family = substr($0, 2); next}';

/** For awk: collects the rules that show that ufw is in force; prints `live4=RULES` and `live6=RULES`. */
const LIVE = `/^-P INPUT DROP|^-A INPUT -j ufw6?-before-input|^-A ufw6?-user-input/ {live[family] = live[family] $0 ";"}
END {print "live4=" live[4]; print "live6=" live[6]}`;

/** Shell that prints what the rules in the kernel show; $rules and $rules6 are those of tellNetfilter. */
export const tellLive: Sh = sh`printf '%s\n' @4 "$rules" @6 "$rules6" | awk ${[FAMILY, SHUTTERS, LIVE].join('\n')}`;
