import { DISTRIBUTION } from '../server-path.js';
import { type Sh, sh, verbatim } from '../sh.js';
import { effectiveSettings } from './facts/sshd.js';

/** The settings that say who may log in at all, in the order in which sshd asks them: auth.c, allowed_user. */
export const DOORS = ['DenyUsers', 'AllowUsers', 'DenyGroups', 'AllowGroups'] as const;

/** A file of keys is read up to this size, in bytes; sshd reads on, but nobody has so many keys. */
const MOST_BYTES = 262_144;

/** How long the program that supplies keys may take for one account, in seconds. */
const COMMAND_SECONDS = 3;

/** For sh(1) -c. A pipe would be waited for. */
const READ = `[ -f "$1" ] && exec head -c ${MOST_BYTES} -- "$1"`;

/** For awk: the settings about logins in one word, `name=value,`; of a list `name=|one|two,`. A comma in a value becomes a plus. */
const SUMMARY = `{ value = substr($0, length($1) + 2); gsub(/,/, "+", value); gsub(/ /, "|", value) }
/^(passwordauthentication|kbdinteractiveauthentication|challengeresponseauthentication|pubkeyauthentication|permitrootlogin|pubkeyacceptedalgorithms|pubkeyacceptedkeytypes|requiredrsasize|gssapiauthentication|hostbasedauthentication) / { printf "%s=%s,", $1, value }
/^(${[...DOORS, 'AuthenticationMethods'].join('|').toLowerCase()}) / { list[$1] = list[$1] "|" value }
END { for (name in list) printf "%s=%s,", name, list[name] }`;

/**
 * Shell that prints `NAME UID GID SHELL HOME` for each account that may be let in, with `none` for one without a shell: sshd forwards
 * connections for it and serves SFTP all the same (sshd(8), internal-sftp), so it counts where it has a password or a file of keys.
 * The home comes last, as its name may hold blanks.
 */
export const listAccounts: Sh = sh`typed=$(getent shadow | awk -F: '$2 ~ /^[^*!]/ {printf " %s ", $1}')
getent passwd | while IFS=: read -r name _ uid gid _ home shell; do
  case $shell in
    */sync | */shutdown | */halt) continue ;;
    */nologin | */false)
      case $typed in *" $name "*) ;; *) [ -s "$home/.ssh/authorized_keys" ] || [ -s "$home/.ssh/authorized_keys2" ] || [ -s "/etc/ssh/authorized_keys/$name" ] || continue ;; esac
      shell=none ;;
    *) shell=usual ;;
  esac
  echo "$name $uid $gid $shell $home"
done`;

/** Sources of accounts in nsswitch.conf(5) that getent(1) lists in full. */
const LISTED = 'files|systemd|compat|db|extrausers|nis';

/** Shell that prints `unlisted=SOURCE` for each other source: a directory such as sss gives an account to whoever knows its name. */
export const listUnlisted: Sh = sh`sed -n 's/#.*//; s/\\[[^]]*\\]//g; s/^[[:space:]]*passwd:[[:space:]]*//p' /etc/nsswitch.conf 2>/dev/null | tr -s '[:space:]' '\\n' | grep -vxE ${`${LISTED}|`} | sed 's/^/unlisted=/'`;

/** Pure. The sources that listUnlisted printed. */
export const unlistedSources = (stdout: string): string[] =>
  [...stdout.matchAll(/^unlisted=(\S+)$/gm)].map(([, source = '']) => source);

/**
 * Shell functions that tell how an account may log in, by all that sshd has in force: sshd_config(5). Each reads what the one before has set.
 *
 * login_settings: sets $settings, and from them $patterns, $command, $runner and $certificates; only where a file could make a
 * difference between accounts is sshd asked more than once.
 * login_summary: prints those about logins in one word.
 * key_files: prints the files of keys, by the patterns with their tokens. print_keys FILE: what the account itself may read of one.
 * supplied_keys: prints what the command for keys says; sets nothing, and fails where it could not be asked.
 * other_ways: prints `certificate`, `gssapi` or `hostbased`, each with a comma.
 */
export const loginFunctions: Sh = sh`set -f
each=
for word in $(grep -RihE '^[[:space:]]*(match|include)[[:space:]=]' /etc/ssh 2>/dev/null); do
  case $word in /etc/ssh/*) ;; /* | '"'* | [Mm][Aa][Tt][Cc][Hh]*) each=yes ;; esac
done
login_settings() {
  if [ -n "$each" ] || [ -z "$settings" ]; then settings=$(${effectiveSettings(sh`"$name"`)}) || return 1; fi
  patterns= command=none runner=root ca=none principals=none principals_command=none gssapi=no hostbased=no
  while read -r setting value; do
    case $setting in
      authorizedkeysfile) patterns=$value ;;
      authorizedkeyscommand) command=$value ;;
      authorizedkeyscommanduser) runner=$value ;;
      trustedusercakeys) ca=$value ;;
      authorizedprincipalsfile) principals=$value ;;
      authorizedprincipalscommand) principals_command=$value ;;
      gssapiauthentication) gssapi=$value ;;
      hostbasedauthentication) hostbased=$value ;;
    esac
  done <<END
$settings
END
}
login_summary() { awk ${SUMMARY} <<END
$settings
END
}
expand() {
  rest=$1 expanded=
  while :; do case $rest in
    *%*)
      expanded=$expanded\${rest%%\\%*} rest=\${rest#*%}
      case $rest in h*) expanded=$expanded$home ;; u*) expanded=$expanded$name ;; U*) expanded=$expanded$uid ;; *) expanded=$expanded% ;; esac
      case $rest in [huU%]*) rest=\${rest#?} ;; esac ;;
    *) expanded=$expanded$rest; return ;;
  esac; done
}
expand_path() {
  expand "$1"
  case $expanded in /*) ;; *) expanded=$home/$expanded ;; esac
}
key_files() {
  for pattern in $patterns; do
    [ "$pattern" != none ] || continue
    expand_path "$pattern"
    # Only root’s own eyes may be turned away from a home, on a network file system.
    if [ -e "$expanded" ] || { [ -d "$home" ] && [ ! -x "$home" ]; }; then printf '%s\\n' "$expanded"; fi
  done
}
print_keys() {
  if [ "$uid" = 0 ]; then timeout 5 sh -c ${READ} sh "$1"
  else timeout 5 setpriv --reuid="$uid" --regid="$gid" --init-groups sh -c ${READ} sh "$1"; fi 2>/dev/null
}
supplied_keys() {
  [ "$command" != none ] || return 0
  [ -z "$slow" ] || return 1
  # A key that is offered is not known here (%k, %f and the like).
  case $command in *%[!uUh%]*) return 1 ;; esac
  set --
  for word in $command; do expand "$word"; set -- "$@" "$expanded"; done
  [ "$#" -gt 1 ] || set -- "$1" "$name"
  # sshd runs only what is root's, as a user whose name may depend on the account, and with little in its environment (misc.c, subprocess).
  [ -O "$1" ] || return 0
  expand "$runner"
  as=$expanded as_home=$(getent passwd "$expanded" | cut -d: -f6)
  timeout -k 1 ${COMMAND_SECONDS} setpriv --reuid="$as" --regid="$(id -g "$as")" --init-groups env -i PATH=${verbatim(DISTRIBUTION)} USER="$as" LOGNAME="$as" HOME="$as_home" "$@" </dev/null 2>/dev/null
  case $? in 124 | 137) return 1 ;; esac
}
other_ways() {
  if [ "$ca" != none ]; then
    expand_path "$principals"
    if [ "$principals" = none ] || [ "$principals_command" != none ] || [ -s "$expanded" ]; then printf certificate,; fi
  fi
  if [ "$gssapi" = yes ] && [ -e /etc/krb5.keytab ]; then printf gssapi,; fi
  if [ "$hostbased" = yes ]; then printf hostbased,; fi
}`;

/** Who may log in without a key or a password of its own. */
export type OtherWay = 'certificate' | 'gssapi' | 'hostbased';

/** How the other ways are called in a sentence. */
export const WAY_NAMES: Readonly<Record<OtherWay, string>> = {
  certificate: 'a certificate',
  gssapi: 'a Kerberos ticket',
  hostbased: 'a trusted host',
};

/** Pure. @param words what other_ways printed */
export const otherWays = (words: readonly string[]): OtherWay[] =>
  (Object.keys(WAY_NAMES) as OtherWay[]).filter((way) => words.includes(way));

/** Pure. The settings in one word, as login_summary printed them: the values of one by its name. */
export function readSummary(summary: string): (name: string) => readonly string[] {
  const values = new Map(summary.split(',').map((pair) => pair.split('=') as [string, string]));
  return (name) =>
    (values.get(name) ?? '')
      .split('|')
      .filter(Boolean)
      .map((value) => value.replaceAll('+', ','));
}
