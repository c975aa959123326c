import { lastLines } from '../../engine/own-words.js';
import { SAY } from '../../engine/say.js';
import { keepSshUp } from '../../engine/ssh-up.js';
import { ownersToo } from '../../server-path.js';
import { packageName } from '../../settings/emqx-versions.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { EMQX } from './facts.js';
import { repository, SOURCE } from './repository.js';

/** A package file on the server, named by what it must be. */
export const packagePath = (sha256: string): string => `/var/cache/broker-setup/${sha256}.deb`;

const apt = sh`env ${ownersToo} DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-install-recommends --allow-change-held-packages`;

const refuse = sh`refuse() { echo "${verbatim(SAY)}$1"; echo "${verbatim(SAY)}$2"; exit 1; }`;

/** The next start must be one with the settings of this set-up: the package starts nothing, and what runs is stopped. */
const stop = sh`known=$(dpkg-query -W -f '\${db:Status-Status}\\n' emqx emqx-ee emqx-enterprise 2>/dev/null | grep -x installed || true)
systemctl stop ${EMQX.unit} 2>/dev/null || true`;

/** The package has it started with the server, open as it ships; a new one is enabled once it is not. */
const keepOff = sh`[ -n "$known" ] || systemctl disable ${EMQX.unit} 2>&1`;

/** Installs exactly this version from the vendor's repository. */
export function installFromRepository(version: string): Sh {
  const name = packageName(version);
  const { url } = repository(version);
  return lines(
    refuse,
    sh`${ownersToo} apt-get -q -o DPkg::Lock::Timeout=600 -o APT::Update::Error-Mode=any -o Dir::Etc::sourcelist=${SOURCE} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 update ||
  refuse 'The repository of EMQX (${verbatim(url)}) could not be read; what apt said is below.' 'Look whether the server reaches it; or give a package file of this computer as broker.package.'
found=$(apt-cache madison ${name} | awk -v wanted=${version} '{v = $3; sub(/[-+~].*/, "", v); if (v == wanted) {print $3; exit}}')
[ -n "$found" ] || refuse 'The repository of EMQX holds no ${verbatim(name)} ${verbatim(version)} for this server.' 'Choose another broker.version, or give a package file as broker.package.'
${stop}
${apt} install "${verbatim(name)}=$found" || refuse 'Installing EMQX failed; what apt said is below.' 'Put the cause right and run the same command again.'
${keepSshUp}
${keepOff}`,
  );
}

/** Lets the server fetch a package file. */
export function fetchPackage(url: string, sha256: string): Sh {
  const path = packagePath(sha256);
  return lines(
    refuse,
    sh`mkdir -p -m 0755 "$(dirname ${path})"
curl -fSL --globoff --no-progress-meter --proto '=https' --retry 2 -o ${`${path}.part`} ${url} ||
  refuse 'The package file could not be fetched from ${verbatim(quoteless(url))}.' 'Look at broker.package; or give a file of this computer.'
printf '%s  %s\\n' ${sha256} ${`${path}.part`} | sha256sum --check --status || {
  found=$(sha256sum <${`${path}.part`} | cut -d' ' -f1)
  rm -f ${`${path}.part`}
  refuse "The package file has the SHA-256 $found, not the one of broker.sha256." 'Nothing was installed. Compare both with what the vendor publishes.'
}
mv -f ${`${path}.part`} ${path}`,
  );
}

/** An address as it may stand between single quotes: formats.ts lets none through, so this only makes sure. */
const quoteless = (text: string) => text.replaceAll("'", '');

/** Installs a package file, after it was looked at: nothing is installed that is another thing than was asked for. */
export function installFile(version: string, sha256: string): Sh {
  const path = packagePath(sha256);
  return lines(
    refuse,
    sh`deb=${path}
field() { dpkg-deb -f "$deb" "$1" 2>/dev/null; }
name=$(field Package) && [ -n "$name" ] || refuse 'The package file is damaged: dpkg cannot read it.' 'Fetch it again.'
case $name in
  emqx|emqx-ee|emqx-enterprise) ;;
  *) refuse "The package file holds $name, not EMQX." 'Look at broker.package.' ;;
esac
found=$(field Version)
case $found in
  ${verbatim(version)}|${verbatim(version)}[-+~@]*) ;;
  *) refuse "The package file holds EMQX $found, but broker.version is ${verbatim(version)}." 'Change one of the two, so that both name the same version.' ;;
esac
own=$(dpkg --print-architecture)
built=$(field Architecture)
case $built in
  "$own"|all) ;;
  *) refuse "The package file is made for $built, but this server is $own." "Take the file for $own." ;;
esac
if ! why=$(apt-get -s -o Debug::NoLocking=1 --no-install-recommends install "$deb" 2>&1); then
  printf '%s\\n' "$why" | ${lastLines} >&2
  case $why in *Depends:*|*Conflicts:*|*Breaks:*) ;; *) refuse 'apt cannot install the package file; what it said is below.' 'Correct what it names, then run the same command again.' ;; esac
  refuse 'The package file is not made for this release of the system: packages that it needs are missing.' 'Take the file for this release; the lines below name what is missing.'
fi
${stop}
${apt} install "$deb" || refuse 'Installing EMQX failed; what apt said is below.' 'Put the cause right and run the same command again.'
${keepSshUp}
${keepOff}
rm -f "$deb"`,
  );
}
