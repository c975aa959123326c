import { SAY } from '../../engine/say.js';
import { isSourceAvailable } from '../../settings/emqx-versions.js';
import { type Sh, sh, verbatim } from '../../sh.js';

/** Where the vendor publishes (release.yaml at the tags v5.8.9 and 6.2.2): the open-source versions, and those from 5.9.0 on. */
const VENDOR = 'https://packagecloud.io/emqx';

/** The vendor's apt repository for a version. */
export function repository(version: string): { url: string; key: string } {
  const url = `${VENDOR}/${isSourceAvailable(version) ? 'emqx-enterprise5' : 'emqx'}`;
  return { url, key: `${url}/gpgkey` };
}

export const KEYRING = '/etc/apt/keyrings/broker-setup-emqx.asc';
export const SOURCE = '/etc/apt/sources.list.d/broker-setup-emqx.list';

/** What stands before the fingerprint of the accepted key in the source's file. */
export const KEY_MARK = '# Key: ';

/** The line of sources.list(5) for that repository: only what this key has signed is believed. */
export function sourceLine(version: string, system: { id: string; codename: string; arch: string }): string {
  const { url } = repository(version);
  return `deb [arch=${system.arch} signed-by=${KEYRING}] ${url}/${system.id}/ ${system.codename} main`;
}

/**
 * Fetches the key of the repository and installs it with the source. The keyring gets this one key only, as apt trusts every key in
 * it. gpg prints the fingerprint (doc/DETAILS: field 10 of the `fpr` record after `pub`; those after `sub` belong to subkeys).
 * @param pinned the fingerprint it must have; undefined at first use, when it is recorded instead
 */
export function addRepository(version: string, line: string, pinned: string | undefined): Sh {
  const { key } = repository(version);
  return sh`work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
new="$work/key"
if ! curl -fsSL --proto '=https' --retry 2 -m 60 -o "$new" ${key}; then
  echo '${verbatim(SAY)}The key of the repository of EMQX could not be fetched (${verbatim(key)}).'
  echo '${verbatim(SAY)}If the server does not reach it, give a package file of this computer as broker.package.'
  exit 1
fi
openpgp() { gpg --homedir "$work" --batch --no-autostart "$@" 2>/dev/null; }
keys=$(openpgp --show-keys --with-colons "$new" | awk -F: '$1 == "pub" {primary = 1} $1 == "fpr" && primary {print $10; primary = 0}')
pinned=${pinned ?? ''}
# The vendor may publish a new key along with the pinned one.
found=$(printf '%s\n' "$keys" | grep -xF -e "$pinned" || printf '%s\n' "$keys" | head -n 1)
if [ -z "$found" ]; then
  echo '${verbatim(SAY)}What ${verbatim(key)} answers is no OpenPGP key.'
  echo '${verbatim(SAY)}Something between the server and the vendor may answer in its place; give a package file as broker.package.'
  exit 1
fi
if [ -n "$pinned" ] && [ "$found" != "$pinned" ]; then
  echo "${verbatim(SAY)}The key of the repository of EMQX is $found, but broker.repository_key is $pinned."
  echo '${verbatim(SAY)}Nothing was installed. If the vendor says that it has a new key, take broker.repository_key out of broker.yaml.'
  exit 1
fi
openpgp --import "$new"
openpgp --armor --export "$found" >"$work/alone"
install -D -o root -g root -m 0644 "$work/alone" ${KEYRING}
printf '# Laid down by broker-setup: EMQX, from its vendor.\\n%s%s\\n%s\\n' ${KEY_MARK} "$found" ${line} >${SOURCE}`;
}
