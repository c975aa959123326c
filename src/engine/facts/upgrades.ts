import { STATE_FOLDER } from '../../server-folders.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { withoutLimit } from '../probe.js';

/** A package that an upgrade would install. */
export interface Upgrade {
  name: string;
  /** The update comes from the archive of security updates. */
  security: boolean;
}

/** Stands behind the name of a package whose update comes from the archive of security updates. */
const SECURITY = '!';

const KEPT = `${STATE_FOLDER}/upgrades`;

/** Sets $key: what the outcome of `apt-get -s upgrade` depends on, in one line. */
const setKey = sh`key=$(stat --printf '%n %y %s;' /var/lib/dpkg/status /var/lib/apt/lists /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/preferences.d 2>/dev/null)`;

/**
 * Sets $pending to the names of the packages that an upgrade would install; phased updates are not among them. Fails where
 * apt fails: that is not the same as nothing to do.
 */
const simulate = sh`simulated=$(apt-get -s -o Debug::NoLocking=1 --with-new-pkgs upgrade) && pending=$(printf '%s\\n' "$simulated" | sed -n -e 's/^Inst \\([^ ]*\\) .*([^)]*[Ss]ecurity.*/\\1${verbatim(SECURITY)}/p' -e t -e 's/^Inst \\([^ ]*\\).*/\\1/p')`;

/**
 * Shell that simulates an upgrade and keeps the outcome beside the key under which it is valid: the simulation takes a third
 * of a second of processor time. It fails where apt fails.
 */
export const simulateAndKeep: Sh = lines(
  setKey,
  sh`${simulate} && { [ ! -d ${STATE_FOLDER} ] || { printf '%s\\n' "$key" "$pending" >${KEPT}.new && mv -f ${KEPT}.new ${KEPT}; } || :; }`,
);

/** Shell that prints `upgrades=NAMES`: of the last simulation where nothing has changed since, otherwise of a new one. */
export const printUpgrades: Sh = lines(
  setKey,
  sh`known= pending=
if [ -f ${KEPT} ]; then
  { IFS= read -r known; while read -r name; do pending="$pending $name"; done; } <${KEPT}
fi
if [ "$known" != "$key" ]; then ${withoutLimit}; { ${simulateAndKeep}; } || { echo failed; exit 0; }; fi
set -f; set -- $pending; printf 'upgrades=%s\\n' "$*"`,
);

/** Pure. Undefined where apt fails. */
export function parseUpgrades(stdout: string): Upgrade[] | undefined {
  const [, names] = /^upgrades=(.*)$/m.exec(stdout) ?? [];
  return names
    ?.split(' ')
    .filter(Boolean)
    .map((word) => ({
      name: word.endsWith(SECURITY) ? word.slice(0, -SECURITY.length) : word,
      security: word.endsWith(SECURITY),
    }));
}
