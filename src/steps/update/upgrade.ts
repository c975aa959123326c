import { logged } from '../../engine/detached.js';
import { withoutLimit } from '../../engine/probe.js';
import { SAY } from '../../engine/say.js';
import { LOG_FOLDER, STATE_FOLDER } from '../../server-folders.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { fetchLists, SOURCES_LEFT } from './lists.js';

const LOG = `${LOG_FOLDER}/apt.log`;

/**
 * Sets $key: what the outcome of `apt-get -s upgrade` depends on. The simulation takes a third of a second, so its last
 * outcome is kept beside the key under which it holds.
 */
const upgradesKey = sh`key=$(stat -c '%n %y %s' /var/lib/dpkg/status /var/lib/apt/lists /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/preferences.d 2>/dev/null | cksum)`;

/** Stands behind the name of a package whose update comes from the archive of security updates. */
const SECURITY = '!';

/** The name of the package where its update closes a hole; undefined for other updates. */
export const isSecurity = (word: string): string | undefined =>
  word.endsWith(SECURITY) ? word.slice(0, -SECURITY.length) : undefined;

/** The name of the package, whatever its update is for. */
export const packageOf = (word: string): string => isSecurity(word) ?? word;

/**
 * Sets $pending to the names of the packages that an upgrade would install, those with a hole marked; phased updates are not
 * among them. Fails where apt fails: that is not the same as nothing to do.
 */
const simulateUpgrade = sh`simulated=$(apt-get -s -o Debug::NoLocking=1 --with-new-pkgs upgrade) && pending=$(printf '%s\\n' "$simulated" | sed -n -e 's/^Inst \\([^ ]*\\) .*([^)]*[Ss]ecurity.*/\\1${verbatim(SECURITY)}/p' -e t -e 's/^Inst \\([^ ]*\\).*/\\1/p')`;

/** Answers `upgrades`: what the simulation says, or said the last time, where nothing has changed since; not where apt fails. */
export const pendingUpgrades: Sh = lines(
  upgradesKey,
  sh`if [ "$(head -n 1 ${`${STATE_FOLDER}/upgrades`})" = "$key" ]; then pending=$(sed 1d ${`${STATE_FOLDER}/upgrades`}); else ${withoutLimit}; ${simulateUpgrade}; fi && printf 'upgrades=%s\\n' "$(echo $pending)"`,
);

const waitForFirstBoot = sh`
if command -v cloud-init >/dev/null && [ -d /run/cloud-init ] && [ ! -e /run/cloud-init/disabled ] && [ ! -e /var/lib/cloud/instance/boot-finished ]; then
  echo 'Waiting until the first-boot set-up (cloud-init) of the provider has finished'
  code=0; timeout 900 cloud-init status --wait >/dev/null || code=$?
  # 2 = finished with recoverable errors, since cloud-init 23.4.
  case $code in 0|2) ;; *) echo '${verbatim(SAY)}cloud-init, the first-boot set-up of the provider, failed or did not end within 15 minutes.'
    echo '${verbatim(SAY)}Look at "cloud-init status --long" on the server; a rebuilt server often helps.'; exit 1;; esac
fi`;

const waitForLock = sh`
held=0 told=
for lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock; do
  [ -e "$lock" ] || continue
  while :; do
    pid=$(awk -v inode=":$(stat -c %i "$lock")$" '$6 ~ inode {print $5; exit}' /proc/locks)
    [ -n "$pid" ] || break
    [ "$pid" = "$told" ] || echo "Waiting for the package lock: process $pid holds it ($(ps -o args= -p "$pid" | cut -c1-60))"
    told=$pid
    held=$((held + 1))
    if [ "$held" -gt 450 ]; then echo "${verbatim(SAY)}Another program (process $pid) has held the package lock for 15 minutes."
      echo "${verbatim(SAY)}See what it is with 'ps -fp $pid', let it finish, then run the same command again."; exit 1; fi
    sleep 2
  done
done`;

/**
 * Sets $needed: the packages without those that are there and on hold (apt-mark(8)). Somebody wants them as they are, and apt-get
 * refuses to be told to install what is held.
 */
const withoutHeld = (packages: readonly string[]): Sh => sh`needed=
for package in ${packages}; do
  case $(dpkg-query -W -f '\${db:Status-Want}:\${db:Status-Status} ' "$package" 2>/dev/null) in *hold:installed*) ;; *) needed="$needed $package" ;; esac
done`;

/** Tells which of $needed apt has no package for: their source is not named, or somebody's preferences keep them out. */
const explainMissing = sh`missing=
for package in $needed; do LC_ALL=C apt-cache policy "$package" | grep -q 'Candidate: [^(]' || missing="$missing $package"; done
[ -z "$missing" ] || { echo ${verbatim(SAY)}"apt finds no package to install for:$missing."
  echo '${verbatim(SAY)}Either their source is not named (on Ubuntu: sudo add-apt-repository universe), or a file in /etc/apt/preferences.d keeps them out: "apt policy NAME" shows which. Put it right, then run the same command again.'; exit 1; }`;

/**
 * Upgrades the system and installs `packages` in one transaction; what an installation that was cut off has left is repaired
 * first: packages that were unpacked are configured, those that were half unpacked are fetched again (dpkg(1), apt-get(8)).
 */
export function upgradeScript(packages: readonly string[]): Sh {
  const work = lines(
    sh`export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a UCF_FORCE_CONFFOLD=1 APT_LISTCHANGES_FRONTEND=none APT_LISTBUGS_FRONTEND=none LC_ALL=C`,
    waitForFirstBoot,
    waitForLock,
    // What it cannot do, apt says below in words.
    sh`dpkg --configure -a --force-confdef --force-confold || true`,
    fetchLists,
    withoutHeld(packages),
    sh`install() { apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-install-recommends --no-remove "$@"; }
whole=no
{ [ -z "$(dpkg --audit)" ] || install --fix-broken install; } && whole=yes && install --with-new-pkgs upgrade $needed || {
  ${explainMissing}
  [ "$whole" = no ] || removed=$(apt-get -s -o Debug::NoLocking=1 --no-install-recommends install $needed | sed -n 's/^Remv \\([^ ]*\\).*/\\1/p')
  [ -z "\${removed:-}" ] || { echo ${verbatim(SAY)}"To make room for what is needed here, apt would remove other software: $(echo $removed)."
    echo '${verbatim(SAY)}If nobody needs it, remove it yourself with sudo apt remove, then run the same command again.'; exit 1; }
  echo '${verbatim(SAY)}Installing the packages failed; what apt said is above.'
  echo '${verbatim(SAY)}Run the same command again: it repairs an interrupted installation. If the mirror is down, wait.'; exit 1; }`,
    sh`mkdir -p ${STATE_FOLDER}; touch ${`${STATE_FOLDER}/updated`}`,
    // Lists that were fetched in the same second would count as newer.
    sh`[ ! -e ${SOURCES_LEFT} ] || touch ${SOURCES_LEFT}`,
    upgradesKey,
    sh`if ${simulateUpgrade}; then printf '%s\\n' "$key" "$pending" >${`${STATE_FOLDER}/upgrades`}; fi`,
  );
  return sh`${logged(work, LOG)}
exit "$code"`;
}
