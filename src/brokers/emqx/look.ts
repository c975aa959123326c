import { type Answers, answers } from '../../engine/answers.js';
import { replacedIn } from '../../engine/facts/services.js';
import type { Unit } from '../../engine/facts/units.js';
import type { Needs } from '../../engine/facts.js';
import { programs } from '../../engine/listening.js';
import type { Probed } from '../../engine/probe.js';
import type { SeenFile } from '../../engine/seen-files.js';
import type { Asking } from '../../engine/step.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { listensAsRoot } from '../as-root.js';
import { EARLIER_FILES } from '../taken-ports.js';
import {
  ABOUT_ACCOUNTS,
  type AccountCode,
  type Accounts,
  NO_ACCOUNTS,
  parseAccounts,
  tellAccounts,
  termsOf,
} from './accounts.js';
import { parseShippedCookies, printShippedCookies } from './cookie.js';
import { EMQX, VM } from './facts.js';
import { LIMITS_FILE } from './limits.js';
import { RESTARTS_FILE, type Restarts, restartsOf } from './restarts.js';

/** What was seen of an EMQX of any version. */
export interface Seen {
  /** The package's program is there. */
  installed: boolean;
  files: ReadonlyMap<string, SeenFile>;
  /** Seconds since 1970 at which the running node was started; undefined where none runs. */
  started: number | undefined;
  /** For how long it has been running, in seconds. */
  age: number;
  /** When the newest of its files in /etc was changed; those in its data it writes itself while it runs. */
  changed: number;
  /** undefined where they could not be asked for. */
  accounts: Accounts | undefined;
  /** What else the running node reports, in terms that its family understands; undefined where none runs or answers. */
  running: readonly string[] | undefined;
  /** The last words of a node that runs but did not answer. */
  unanswered: string | undefined;
  /** The cookies that the installed package contains, and that are known to everybody. */
  shippedCookies: readonly string[];
  /** Who listens where: TCP port → name of the program. */
  listening: ReadonlyMap<number, string>;
  /** What LwM2M devices consist of is described in files of the package; 6.x comes without. */
  lwm2mObjects: boolean;
  /** A port for IPv6 takes IPv4 as well: the system knows both, and does not keep them apart (ipv6(7), bindv6only). */
  bothFamilies: boolean;
  /** Whether and when systemd starts it again after a crash. */
  restarts: Restarts;
  /** Started with the server: by systemd, or by the init script of versions before 4.3.12. */
  enabled: boolean;
  /** Names of the nodes that have left data here, such as emqx@127.0.0.1. */
  nodes: readonly string[];
  /** Its program and libraries that were replaced on disk while it runs. */
  replaced: readonly string[];
  /** It runs as root; and the files of systemd's that may say so, where the next start will. */
  root: { runs: boolean; place: string | undefined };
  /** Those of its folders with secrets in them that everybody on the server may enter. */
  open: readonly string[];
}

/** @param files words for Needs */
export const needs = (files: Sh): Needs => ({
  units: [EMQX.unit],
  files: [files, LIMITS_FILE, RESTARTS_FILE, ...EARLIER_FILES],
  listeners: true,
  services: true,
});

/** @param files the same words */
export function probe(files: Sh, code: AccountCode, { settings }: Asking): Sh {
  return lines(
    sh`set --
for file in ${files}; do [ ! -f "$file" ] || set -- "$@" "$file"; done
if [ -e /usr/bin/emqx ]; then
echo installed=yes
${printShippedCookies}
fi
if [ -n "$(ls -A ${EMQX.data}/mnesia)" ]; then echo used=yes; fi
printf 'nodes=%s\\n' "$(echo $(ls ${EMQX.data}/mnesia | grep '^[A-Za-z0-9_-]*@'))"
if ls ${EMQX.etc}/lwm2m_xml/*.xml >/dev/null; then echo lwm2m-objects=there; fi
if [ -e /proc/net/if_inet6 ] && [ "$(cat /proc/sys/net/ipv6/bindv6only)" = 0 ]; then echo families=both; fi
if ls /etc/rc3.d/S??emqx >/dev/null; then echo rc=started; fi
printf 'open=%s\\n' "$(echo $(find ${[EMQX.data, EMQX.log]} -maxdepth 0 -type d -perm /007))"
[ "$#" -eq 0 ] || printf 'changed=%s\\n' "$(stat -L -c '%Z %n' "$@" | grep ' ${verbatim(EMQX.etc)}/' | sort -n | tail -n 1 | cut -d' ' -f1)"
pid=$(pgrep -o -u ${EMQX.user} -x ${VM})
if [ -n "$pid" ]; then
  age=$(ps -o etimes= -p "$pid")
  printf 'age=%s\\nstarted=%s\\n' "$((age))" "$(($(date +%s) - age))"`,
    tellAccounts(code, settings.device.name),
    sh`fi`,
  );
}

export function parse({ stdout, facts }: Probed): Seen {
  const told = answers(stdout);
  const started = told.get('started');
  const more = termsOf(told.get('accounts') ?? '').slice(ABOUT_ACCOUNTS);
  return {
    installed: told.get('installed') === 'yes',
    files: facts.files(),
    started: started === undefined ? undefined : Number(started),
    age: Number(told.get('age') ?? 0),
    changed: Number(told.get('changed') ?? 0),
    accounts:
      started === undefined && told.get('used') !== 'yes' ? NO_ACCOUNTS : parseAccounts(told.get('accounts')),
    running: more.length === 0 ? undefined : more,
    unanswered: told.get('unanswered'),
    shippedCookies: parseShippedCookies(told.get('shipped-cookies')),
    listening: programs(facts.listeners()),
    lwm2mObjects: told.get('lwm2m-objects') === 'there',
    bothFamilies: told.get('families') === 'both',
    restarts: restartsOf(facts.unit(EMQX.unit)),
    enabled: isEnabled(facts.unit(EMQX.unit), told),
    nodes: (told.get('nodes') ?? '').split(' ').filter(Boolean),
    replaced: replacedIn(facts.services(), EMQX.unit),
    root: { runs: listensAsRoot(facts, EMQX.unit), place: placeOfUser(facts.unit(EMQX.unit)) },
    open: (told.get('open') ?? '').split(' ').filter(Boolean),
  };
}

/** Whether the node runs and was started after its files were last changed, so that it should do what they say. Both are whole seconds. */
export const isSinceItsFiles = ({ started, changed }: Seen): boolean =>
  started !== undefined && changed <= started + 1;

/** Its own unit names a user; who has it start as root has added a file, or replaced the unit. */
function placeOfUser({ user, file, dropIns }: Unit): string | undefined {
  return ['root', '0'].includes(user) ? `${[file, ...dropIns].join(' or ')} says “User=${user}”` : undefined;
}

function isEnabled({ enabled }: Unit, told: Answers): boolean {
  return enabled === 'enabled' || (enabled === 'generated' && told.get('rc') === 'started');
}
