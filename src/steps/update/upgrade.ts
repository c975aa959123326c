import { logged } from '../../engine/detached.js';
import { simulateAndKeep } from '../../engine/facts/upgrades.js';
import { SAY } from '../../engine/say.js';
import { keepSshUp } from '../../engine/ssh-up.js';
import { LOG_FOLDER, STATE_FOLDER } from '../../server-folders.js';
import { ownersToo } from '../../server-path.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { fetchLists, SOURCES_LEFT } from './lists.js';

const LOG = `${LOG_FOLDER}/apt.log`;

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
for package in $needed; do
  # Where apt itself fails, nothing is known of the packages.
  policy=$(LC_ALL=C apt-cache policy "$package" 2>/dev/null) || { missing=; break; }
  case $policy in *'Candidate: '[!\\(]*) ;; *) missing="$missing $package" ;; esac
done
[ -z "$missing" ] || { echo ${verbatim(SAY)}"apt finds no package to install for:$missing."
  echo '${verbatim(SAY)}Either their source is not named (on Ubuntu: sudo add-apt-repository universe), or a file in /etc/apt/preferences.d keeps them out: "apt policy NAME" shows which. Put it right, then run the same command again.'; exit 1; }`;

/**
 * Upgrades the system and installs `packages` in one transaction; what an installation that was cut off has left is repaired
 * first: packages that were unpacked are configured, those that were half unpacked are fetched again (dpkg(1), apt-get(8)).
 */
export function upgradeScript(packages: readonly string[]): Sh {
  const work = lines(
    sh`export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a UCF_FORCE_CONFFOLD=1 APT_LISTCHANGES_FRONTEND=none APT_LISTBUGS_FRONTEND=none LC_ALL=C`,
    ownersToo,
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
  echo '${verbatim(SAY)}Installing the packages failed; what apt said is below.'
  echo '${verbatim(SAY)}Correct what it names, then run the same command again: it repairs an interrupted installation.'; exit 1; }`,
    sh`mkdir -p ${STATE_FOLDER}; touch ${`${STATE_FOLDER}/updated`}`,
    // Lists that were fetched in the same second would count as newer.
    sh`[ ! -e ${SOURCES_LEFT} ] || touch ${SOURCES_LEFT}`,
    sh`{ ${simulateAndKeep}; } || true`,
  );
  return sh`${logged(work, LOG)}
${keepSshUp}
exit "$code"`;
}
