import { posix } from 'node:path';
import { answers, toldFile } from '../engine/answers.js';
import { controlled } from '../engine/controlled.js';
import { effectiveSettings, privilegeFolder } from '../engine/facts/sshd.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { sh } from '../sh.js';
import { acceptsKeyType } from '../templates/sshd-drop-in.js';
import { authorize } from './ssh-keys/authorize.js';

interface State {
  home: string;
  /** The first one that sshd asks for this user: AuthorizedKeysFile of sshd_config(5). */
  pattern: string;
  authorizedKeys: string | undefined;
  /** `owner mode` of the home, of the file's folder and of the file, as far as they exist; of what a link leads to. */
  modes: string[];
  /** The file, or a folder between it and the home, is a symbolic link: whose keys they are is not known. */
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
${controlled}
controls "$file" && if as "$owner" test -f "$file"; then printf 'authorized='; as "$owner" base64 -w0 "$file"; echo; fi
at=$file
while [ "$at" != "$home" ] && [ -n "$at" ]; do
  if [ -L "$at" ]; then printf 'link=%s\n' "$at"; fi
  at=\${at%/*}
done
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
          : { accounts: [{ path: authorizedFile(state, name), of: 'keys' }] },
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
  summary: `The keys of ${user} are stored elsewhere: ${file} is a symbolic link. They may not belong to this user alone.`,
  hint: `Replace the link with a copy, with the rights of ${user} only: sudo -u ${user} sh -c 'cp -rL ${file} ${file}.copy && rm ${file} && mv ${file}.copy ${file}'. Then run the same command again.`,
});

/** What the user must be able to do where everything is root's, as sshd reads keys in the user's name: enter both folders, read the file. */
const NEEDED = [0o001, 0o001, 0o004];

/** sshd's StrictModes: owned by the user (or root) and not writable by anybody else. */
function isSafe(entry: string, user: string, needed: number): boolean {
  const [owner, mode = '777'] = entry.split(' ');
  const bits = Number.parseInt(mode, 8);
  return (owner === user || (owner === 'root' && (bits & needed) !== 0)) && (bits & 0o022) === 0;
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
