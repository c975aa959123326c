import { posix } from 'node:path';
import { answers, toldFile } from '../engine/answers.js';
import { effectiveSettings, privilegeFolder } from '../engine/facts/sshd.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { type Sh, sh } from '../sh.js';
import { acceptsKeyType } from '../templates/sshd-drop-in.js';

interface State {
  home: string;
  /** The first one that sshd asks for this user: AuthorizedKeysFile of sshd_config(5). */
  pattern: string;
  authorizedKeys: string | undefined;
  /** `owner mode` of the home, of the file's folder and of the file, as far as they exist; of what a link leads to. */
  modes: string[];
  /** The file is a symbolic link: as whom it may be written is not known. */
  link: string | undefined;
}

const DEFAULT_PATTERN = '.ssh/authorized_keys';

/** The laptop has a key, and the server lets the limited user in with it. */
export const sshKeys = defineStep<State>({
  id: 'ssh-keys',
  title: 'Set up the SSH key',
  probe: ({
    settings: {
      user: { name },
    },
  }) => sh`${privilegeFolder}
pattern=
while read -r setting value _; do [ "$setting" != authorizedkeysfile ] || pattern=$value; done <<END
$(${effectiveSettings(sh`${name}`)})
END
printf 'pattern=%s\n' "$pattern"
IFS=: read -r _ _ uid _ _ home _ <<END
$(getent passwd ${name})
END
[ -n "$home" ] || exit 0
printf 'home=%s\n' "$home"
file=\${pattern:-${DEFAULT_PATTERN}}
case $file in *%*) file=$(printf %s "$file" | sed "s|%h|$home|;s|%u|"${name}"|;s|%U|$uid|") ;; esac
case $file in /*) ;; *) file=$home/$file ;; esac
if [ -e "$file" ]; then printf 'authorized='; base64 -w0 "$file"; echo; fi
if [ -L "$file" ]; then printf 'link=%s\n' "$file"; fi
printf 'modes='
stat -L --printf '%U %a,' "$home" "\${file%/*}" "$file"
echo`,
  parse: ({ stdout }) => {
    const told = answers(stdout);
    return {
      home: told.get('home') ?? '',
      pattern: told.get('pattern') || DEFAULT_PATTERN,
      authorizedKeys: toldFile(told, 'authorized'),
      modes: (told.get('modes') ?? '').split(',').filter(Boolean),
      link: told.get('link'),
    };
  },
  check: (state, context) => [
    ...keyFindings(context),
    ...authorizedFindings(state, context),
    ...entryFindings(context),
  ],
});

function keyFindings({ settings, laptop }: Context): Finding[] {
  const { file, type } = settings.key;
  if (laptop.publicKey !== undefined) return typeFindings(file, laptop.publicKey);
  const comment = `${settings.user.name}@${settings.domain}`;
  return [
    {
      id: 'ssh-keys.key',
      level: 'change',
      summary: `Make an SSH key on this computer (${type}, ${file}) and let it in as ${settings.user.name}`,
      change: { kind: 'keygen', file, type, comment },
    },
  ];
}

/** Better named now than refused by the hardened server at the end. */
function typeFindings(file: string, publicKey: string): Finding[] {
  const [type = ''] = publicKey.split(' ');
  if (acceptsKeyType(type)) return [];
  return [
    {
      id: 'ssh-keys.type',
      level: 'stop',
      summary: `The key ${file} is of the type ${type}, which the SSH server will refuse once it is hardened.`,
      hint: 'Name another file as key.file: an ed25519 or RSA key, or a file that is not there yet, for a new key.',
    },
  ];
}

function authorizedFindings(state: State, { settings, laptop }: Context): Finding[] {
  // Without the key there is nothing to authorize yet: the look after it was made finds this.
  if (laptop.publicKey === undefined) return [];
  if (isShared(state.pattern)) return [SHARED(state.pattern)];
  const { name } = settings.user;
  const blob = laptop.publicKey.split(' ')[1] ?? laptop.publicKey;
  const authorized = (state.authorizedKeys ?? '')
    .split('\n')
    .some((line) => !line.startsWith('#') && line.split(/\s+/).includes(blob));
  const safe =
    state.modes.length === 3 && state.modes.every((entry, at) => isSafe(entry, name, NEEDED[at] ?? 0));
  if (authorized && safe) return [];
  if (state.link !== undefined) return [LINK(state.link, name)];
  return [
    {
      id: authorized ? 'ssh-keys.modes' : 'ssh-keys.authorized',
      level: 'change',
      summary: authorized
        ? `Put owner and mode of ${name}'s SSH files right: sshd passes over a key that others could have written, or that ${name} may not read`
        : `Add the key to those that ${name} may log in with; keys that are there stay`,
      change: {
        kind: 'run',
        script: authorize(name, laptop.publicKey, state.pattern),
        undo: authorized
          ? { stays: `Owner and mode of ${name}'s SSH files stay as they are.` }
          : { accounts: [{ path: authorizedFile(state, name), of: 'keys', user: name }] },
      },
    },
  ];
}

/** As sshd_config(5) reads the pattern; the account may still be to come. */
function authorizedFile({ pattern, home }: State, user: string): string {
  const own = home || `/home/${user}`;
  return posix.resolve(own, pattern.replaceAll('%h', own).replaceAll('%u', user));
}

/** One file for all accounts: making it this user's would lock all others out. */
function isShared(pattern: string): boolean {
  return pattern === 'none' || (pattern.startsWith('/') && !/%[uhU]/.test(pattern));
}

const SHARED = (pattern: string): Finding => ({
  id: 'ssh-keys.shared-file',
  level: 'stop',
  summary:
    pattern === 'none'
      ? 'The SSH server takes keys from no file at all (AuthorizedKeysFile none).'
      : `The SSH server takes the keys of all accounts from one file (AuthorizedKeysFile ${pattern}).`,
  hint: 'Set AuthorizedKeysFile to .ssh/authorized_keys in /etc/ssh/sshd_config, move the keys there, then run this again.',
});

const LINK = (file: string, user: string): Finding => ({
  id: 'ssh-keys.link',
  level: 'stop',
  summary: `The keys that let ${user} in are in a file that lies elsewhere (${file} is a symbolic link), and may not be this user's alone.`,
  hint: `Put a file of its own in the place of the link: sudo install -o ${user} -m 600 "$(sudo readlink -f ${file})" ${file}. Then run the same command again.`,
});

/** What the user must be able to do where everything is root's, as sshd reads keys in the user's name: enter both folders, read the file. */
const NEEDED = [0o001, 0o001, 0o004];

/** sshd's StrictModes: owned by the user (or root) and not writable by anybody else. */
function isSafe(entry: string, user: string, needed: number): boolean {
  const [owner, mode = '777'] = entry.split(' ');
  const bits = Number.parseInt(mode, 8);
  return (owner === user || (owner === 'root' && (bits & needed) !== 0)) && (bits & 0o022) === 0;
}

/** In a home all is the user's own. Elsewhere root keeps it, so that who is let in is not for the user to say. */
function authorize(user: string, publicKey: string, pattern: string): Sh {
  return sh`home=$(getent passwd ${user} | cut -d: -f6) group=$(id -gn ${user})
file=$(printf %s ${pattern} | sed "s|%h|$home|;s|%u|"${user}"|;s|%U|$(id -u ${user})|")
case $file in /*) ;; *) file=$home/$file;; esac
folder=$(dirname "$file")
# Of an account that was made without one, or whose disk is not there any more.
if [ ! -d "$home" ]; then (umask 022; mkdir -p "$home"); chown ${user}:"$group" "$home"; fi
chmod go-w "$home"
case $(stat -c %U "$home") in ${user}) ;; root) chmod o+x "$home" ;; *) chown ${user}:"$group" "$home" ;; esac
owner=${user}:$group mode=0600
case $folder in
  "$home") ;;
  "$home"/*) install -d -m 0700 -o ${user} -g "$group" "$folder" ;;
  *) owner=root:root mode=0644
    mkdir -p -m 0755 "$folder"; chmod go-w,o+x "$folder"
    case $(stat -c %U "$folder") in root | ${user}) ;; *) chown root:root "$folder" ;; esac ;;
esac
# Named in the plan; here for whoever makes one meanwhile.
[ ! -L "$file" ] || { echo 'broker-setup: The file of authorized keys is a symbolic link; it is not written through.' >&2; exit 1; }
rm -f "$folder"/.broker-setup.??????
new=$(mktemp "$folder/.broker-setup.XXXXXX")
if [ -e "$file" ]; then cat "$file" >"$new"; fi
if [ -s "$new" ] && [ -n "$(tail -c 1 "$new")" ]; then echo >>"$new"; fi
grep -qxF ${publicKey} "$new" || printf '%s\n' ${publicKey} >>"$new"
chown "$owner" "$new"; chmod "$mode" "$new"; mv -f "$new" "$file"`;
}

function entryFindings({ settings, laptop }: Context): Finding[] {
  const { alias, file } = settings.key;
  if (alias === undefined || laptop.hostEntry !== false) return [];
  return [
    {
      id: 'ssh-keys.host-entry',
      level: 'change',
      summary: `Add the entry “Host ${alias}” to ~/.ssh/config, so that “ssh ${alias}” logs in`,
      change: { kind: 'host-entry', alias, user: settings.user.name, key: file },
    },
  ];
}
