import { SAY } from '../../engine/say.js';
import { STATE_FOLDER } from '../../server-folders.js';
import { type Sh, sh, verbatim } from '../../sh.js';

/** The package sources without which the last fetching went on: `URI SUITE`, one a line. */
export const SOURCES_LEFT = `${STATE_FOLDER}/sources-left`;

const say = verbatim(SAY);

/** A package source that could not be fetched from. */
export interface SourceLeft {
  /** `URI SUITE` as apt prints it. */
  source: string;
  /** Files that name it. */
  files: string[];
}

/** Tells them, each with the files that name it, as long as nobody has fetched lists since. Between apt's `cdrom://[` and a file's `cdrom:[` the scheme differs. */
export const tellSourcesLeft: Sh = sh`if [ ${SOURCES_LEFT} -nt /var/lib/apt/lists ]; then
  while IFS= read -r line; do
    uri=\${line% *}
    printf 'source-left=%s\t%s\n' "$line" "$(grep -rlsF -- "\${uri#*://}" /etc/apt/sources.list /etc/apt/sources.list.d | tr '\n' ' ')"
  done <${SOURCES_LEFT}
fi`;

/** Pure. */
export function parseSourcesLeft(stdout: string): SourceLeft[] {
  return [...stdout.matchAll(/^source-left=([^\t\n]+)\t?(.*)$/gm)].map(([, source = '', files = '']) => ({
    source,
    files: files.split(' ').filter(Boolean),
  }));
}

/** Whether the lists that $1 names, by `URI SUITE`, are the distribution's own; a list is kept under its address, apt's URItoFileName. */
const ours = sh`distribution() {
  name=$(printf '%s/dists/%s' "\${1%% *}" "\${1#* }" | sed 's|^[^:]*://||;s|//|/|g;s/_/%5f/g;s/:/%3a/g;s|/|_|g')
  grep -qsE '^Origin: (Debian|Ubuntu)$' "/var/lib/apt/lists/\${name}_InRelease" "/var/lib/apt/lists/\${name}_Release"
}`;

/** Sets $proxy to the address, without name and password, of a proxy of apt's that was not reached; it is named where the lists are missing. To apt, capitals are all one. */
const findProxy = sh`proxy=
for one in \${http_proxy:-} \${https_proxy:-} $(apt-config dump | sed -n 's/^Acquire::https\\{0,1\\}::\\(.*::\\)*Proxy "\\([^"]\\{1,\\}\\)";$/\\2/Ip'); do
  one=$(printf '%s' "$one" | sed 's|//[^/@]*@|//|')
  host=$(printf '%s' "$one" | sed 's|^[a-z0-9]*://||; s|[:/].*||')
  if grep -E 'Could not (connect|resolve)|Unable to connect|Cannot initiate' "$said/out" | grep -qF -- "$host"; then proxy=$one; fi
done`;

/**
 * Fetches the package lists. Sources of other software that do not answer are told and done without: whoever keeps them must not
 * keep security updates from this server. What the distribution itself publishes must be there, all of it.
 */
export const fetchLists: Sh = sh`said=$(mktemp -d -p /run 2>/dev/null || mktemp -d)
trap 'rm -rf "$said"' EXIT
${ours}
# By itself apt-get calls a mirror that does not answer a warning, exits with 0 and goes on with old lists or none.
# Translated descriptions take a third of the time, and the daily timer fetches them (apt.conf(5)).
{ code=0; apt-get -q -o DPkg::Lock::Timeout=600 -o APT::Update::Error-Mode=any -o Acquire::Languages=none update 2>&1 || code=$?; echo "$code" >"$said/code"; } | tee "$said/out"
# The name of a disc has spaces in it.
{ sed -n -e 's/^Err:[0-9]* \\(cdrom:.*\\] [^ ]*\\) .*/\\1/p; t' -e 's/^Err:[0-9]* \\([^ ]* [^ ]*\\) .*/\\1/p' "$said/out"
  sed -n 's|^[EW]: Release file for \\(.*\\)/dists/\\(.*\\)/InRelease .*|\\1 \\2|p' "$said/out"; } | sort -u >"$said/failed"
sed -n 's/^\\(Hit\\|Get\\):[0-9]* \\([^ ]* [^ ]*\\) InRelease.*/\\2/p' "$said/out" | grep -vxFf "$said/failed" >"$said/fetched" || true
mkdir -p ${STATE_FOLDER}
rm -f ${SOURCES_LEFT}
if [ "$(cat "$said/code")" != 0 ] || [ -s "$said/failed" ]; then
  base=missing
  while read -r uri suite; do
    case $suite in *-*|*/*) ;; *) if distribution "$uri $suite"; then base=there; fi ;; esac
  done <"$said/fetched"
  while read -r uri suite; do
    if distribution "$uri $suite"; then base=missing; fi
    case $suite in *-security|*-updates|*/updates) cut -d' ' -f2 "$said/fetched" | grep -qxF "$suite" || base=missing ;; esac
  done <"$said/failed"
  if [ "$base" = missing ] || [ ! -s "$said/failed" ]; then
    ${findProxy}
    [ -z "$proxy" ] || { echo ${say}"apt on this server goes through a proxy that was not reached: $proxy"
      echo '${say}If there is none any more, take it out: "grep -in proxy /etc/environment /etc/apt/apt.conf*" and "grep -rin proxy /etc/apt/apt.conf.d" show the file. Then run the same command again.'; exit 1; }
    # What is said of other software's sources is not why the distribution's own are missing.
    case $(. /etc/os-release; grep -F "\${VERSION_CODENAME:-}" "$said/out" || cat "$said/out") in
    *'is not valid yet'*) echo '${say}The package lists are from the future, by the clock of the server: that clock is behind.'
      echo '${say}Set it right: sudo timedatectl set-ntp true. Then run the same command again.' ;;
    *'is expired'*) echo '${say}The package lists have run out, by the clock of the server: that clock is ahead, or the mirror has been given up.'
      echo '${say}Look at the clock with "date"; if it is right, name another mirror in /etc/apt/sources.list*. Then run the same command again.' ;;
    *'E: Malformed '*|*'list of sources could not be read'*|*'E: Conflicting values'*) echo '${say}apt cannot read one of the files that name package sources; it says below which.'
      echo '${say}Correct that file or move it away, then run the same command again.' ;;
    *NO_PUBKEY*|*EXPKEYSIG*) echo '${say}The signature of the package lists could not be verified: the key for it is missing or has run out.'
      echo '${say}Often it helps to reinstall the keys: debian-archive-keyring or ubuntu-keyring. Then run the same command again.' ;;
    *NOSPLIT*|*'Clearsigned file'*) echo '${say}What the server was given in place of the package lists is none: a proxy or a network with a login may have answered.'
      echo '${say}What apt said is below. See what answers with: curl -v, and the address that apt names; then run the same command again.' ;;
    *'is not signed'*) echo '${say}apt does not take package lists without a valid signature; it says below which, and why.'
      echo '${say}Correct that source in /etc/apt/sources.list*, then run the same command again.' ;;
    *'does not have a Release file'*|*'no longer has a Release file'*) echo '${say}The mirror does not have the package lists of this release (any more).'
      echo '${say}Correct the address in /etc/apt/sources.list*; a release that is no longer cared for needs a new server. Then run the same command again.' ;;
    *'failure resolving'*|*'Could not resolve'*) echo '${say}The server cannot look up names (DNS), so the package lists could not be fetched.'
      echo '${say}See "cat /etc/resolv.conf" on the server, put it right, then run the same command again.' ;;
    *) if [ -s "$said/failed" ]; then echo '${say}The package lists could not be fetched from the mirror.'
      echo '${say}What apt said is below. Check that the server reaches the internet, and that /etc/apt/sources.list* is right, then run the same command again.'
      else echo '${say}apt-get update failed, though no mirror did; what apt said is below.'
      echo '${say}Correct what it names (settings of apt are in /etc/apt/apt.conf.d), then run the same command again.'; fi ;;
    esac
    exit 1
  fi
  sed 's/^/Going on without the packages of /' "$said/failed"
  cp "$said/failed" ${SOURCES_LEFT}
fi`;
