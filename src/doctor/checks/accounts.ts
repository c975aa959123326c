import { effectiveSettings, privilegeFolder } from '../../engine/facts/sshd.js';
import type { Account } from '../../engine/inventory.js';
import { defineStep, type Finding } from '../../engine/step.js';
import { sh, verbatim } from '../../sh.js';
import {
  KEY_LINE,
  type KeyOptions,
  type ListedKey,
  limitsOf,
  optionsOf,
  refusalOf,
} from '../../steps/sshd-config/authorized-keys.js';
import { DOORS, shutOut } from '../../steps/sshd-config/shut-out.js';

/** More accounts than this cannot be told about in time; each takes the server some 30 ms. */
const MOST = 300;

/** Of a file in which something is no key, so many lines are looked at one by one. */
const MOST_LINES = 50;

/** `$1 == "allowusers"` and its like, for awk: the lists of who may log in at all. */
const LISTS = DOORS.map((name) => `$1 == "${name.toLowerCase()}"`).join(' || ');

interface State {
  accounts: (Account & { uid: number; status: string; useless: boolean })[];
  /** Lines in files of keys that sshd cannot read as one, and whether they are the head of a private key. */
  broken: { file: string; line: number; secret: boolean }[];
}

/** Who can log in, with what, and how far they get: what sshd and sudo themselves say. */
export const accounts = defineStep<State>({
  id: 'accounts',
  title: 'Who can log in',
  probe: () => sh`${privilegeFolder}
getent passwd | awk -F: '$7 !~ /\\/(nologin|false|sync|shutdown|halt)$/ {print $1 " " $3 " " $6}' | while read -r name uid home; do
  told=$((told + 1))
  [ "$told" -le ${MOST} ] || { echo cut=yes; break; }
  settings=$(${effectiveSettings(sh`"$name"`)})
  allowed=
  if command -v sudo >/dev/null; then allowed=$(sudo -n -l -U "$name") || echo unread=sudo; fi
  allowed=$(awk '/^ +\\(/ {printf "%s", $0}' <<END
$allowed
END
)
  status=$(passwd -S "$name")
  status=\${status#* }
  set -- $(id -nG "$name")
  IFS='|'; groups=$*; unset IFS
  login=$(awk '/^(passwordauthentication|kbdinteractiveauthentication|pubkeyauthentication|permitrootlogin) / {printf "%s=%s,", $1, $2} /^(pubkeyaccepted(algorithms|keytypes)|requiredrsasize) / {gsub(/,/, "|", $2); printf "%s=%s,", $1, $2} ${verbatim(LISTS)} {list[$1] = list[$1] "|" $2} END {for (name in list) printf "%s=%s,", name, list[name]}' <<END
$settings
END
)
  echo "account $name $uid \${status%% *} \${login}groups=$groups, $allowed"
  for file in $(printf '%s\\n' "$settings" | sed -n 's/^authorizedkeysfile //p' | sed "s|%h|$home|g;s|%u|$name|g"); do
    case $file in /*) ;; *) file=$home/$file ;; esac
    grep -qs '^[^#[:space:]]' "$file" || continue
    listed=$(ssh-keygen -lf "$file")
    [ -z "$listed" ] || printf '%s\\n' "$listed" | sed "s/^[0-9]/key $name &/"
    [ -z "$listed" ] || sed -n ${KEY_LINE} "$file" | sed "s/^/line $name /"
    [ "$(printf '%s\\n' "$listed" | grep -c .)" -lt "$(grep -c '^[[:space:]]*[^#[:space:]]' "$file")" ] || continue
    # Not each line is a key: which are none, ssh-keygen says with the exit code 255.
    grep -nE '^[[:space:]]*[^#[:space:]]' "$file" | head -n ${MOST_LINES} | while IFS=: read -r number line; do
      printf '%s\\n' "$line" | ssh-keygen -lf - >/dev/null 2>&1
      case $? in 0) continue ;; 255) ;; *) echo unread=keys; break ;; esac
      case $line in *'PRIVATE KEY'*) kind=secret ;; *) kind=other ;; esac
      echo "broken $kind $number $file"
    done
  done
done || echo unread=accounts`,
  parse: ({ stdout }, { now }) => {
    const found = [...stdout.matchAll(/^account (\S+) (\d+) (\S+) (\S*) ?(.*)$/gm)];
    if (
      found.length === 0 ||
      /^(?:cut|unread)=/m.test(stdout) ||
      found.some(([, , , , sshd]) => !sshd?.includes('pubkeyauthentication='))
    )
      throw new Error('The server did not tell of all its accounts what they may do.');
    const broken = stdout.matchAll(/^broken (secret|other) (\d+) (.+)$/gm);
    return {
      broken: [...broken].map(([, kind, line, file = '']) => ({
        file,
        line: Number(line),
        secret: kind === 'secret',
      })),
      accounts: found.map(([, name = '', uid, status = '', sshd = '', sudo = '']) =>
        account({ name, uid: Number(uid), status, sshd, sudo }, keysOf(name, stdout), now),
      ),
    };
  },
  check: ({ accounts: all, broken }) => [...all.flatMap(findings), ...brokenFindings(broken)],
  inventory: ({ accounts: all }) => ({
    accounts: all.map(({ uid: _, status: __, useless: ___, ...account }) => account),
  }),
});

interface Told {
  name: string;
  uid: number;
  /** Second field of `passwd -S`: P has a password, NP none, L locked. */
  status: string;
  /** `passwordauthentication=no,…` in force for this account. */
  sshd: string;
  /** What `sudo -l` lists for it. */
  sudo: string;
}

function account(
  { name, uid, status, sshd, sudo }: Told,
  listed: readonly Key[],
  now: Date,
): State['accounts'][number] {
  const says = new Map(sshd.split(',').map((pair) => pair.split('=') as [string, string]));
  const rootLogin = name === 'root' ? says.get('permitrootlogin') : 'yes';
  const list = (of: string) => says.get(of)?.split('|').filter(Boolean) ?? [];
  // Before 8.5 it has the older name; without either, as OpenSSH before 6.8 has it, no type is refused.
  const accepted = ['pubkeyacceptedalgorithms', 'pubkeyacceptedkeytypes']
    .map(list)
    .find((all) => all.length > 0);
  const rules = { accepted: accepted ?? [], rsaBits: Number(says.get('requiredrsasize') ?? 0), now };
  const commandOnly = rootLogin === 'forced-commands-only';
  const keys = listed.map(({ bits, options, ...key }) => {
    const refused =
      accepted &&
      (refusalOf({ ...key, bits }, options, rules) ??
        (commandOnly && !options.has('command') ? 'root may log in with a forced command only' : undefined));
    const limits = limitsOf(options);
    return {
      ...key,
      ...(refused === undefined ? {} : { refused }),
      ...(limits.length === 0 ? {} : { limits }),
    };
  });
  const usable = keys.some(({ refused }) => refused === undefined);
  const allowed = shutOut(name, list('groups'), list) === undefined;
  const keyTaken = allowed && says.get('pubkeyauthentication') === 'yes' && rootLogin !== 'no';
  const byKey = keyTaken && usable;
  const typed = ['passwordauthentication', 'kbdinteractiveauthentication'].some(
    (way) => says.get(way) === 'yes',
  );
  const byPassword = allowed && status === 'P' && typed && rootLogin === 'yes';
  return {
    name,
    uid,
    status,
    useless: keyTaken && keys.length > 0 && !usable,
    root: uid === 0 ? 'itself' : rootThroughSudo(sudo),
    password: status === 'P',
    ssh: [...(byKey ? (['key'] as const) : []), ...(byPassword ? (['password'] as const) : [])],
    keys,
  };
}

/** Lines of sudo(8) -l: `(ALL : ALL) NOPASSWD: ALL`. */
function rootThroughSudo(sudo: string): Account['root'] {
  if (sudo === '') return 'no';
  if (/NOPASSWD:(?: \w+:)* ALL\b/.test(sudo)) return 'without-password';
  return /\) (?:\w+: )*ALL\b/.test(sudo) ? 'with-password' : 'limited';
}

type Key = ListedKey & { options: KeyOptions };

function keysOf(name: string, stdout: string): Key[] {
  const lines = [...stdout.matchAll(/^line (\S+) (.*)$/gm)]
    .filter(([, owner]) => owner === name)
    .map(([, , text = '']) => text);
  const options = optionsOf(lines);
  return [...stdout.matchAll(/^key (\S+) (\d+) (\S+) (.*) \((\S+)\)$/gm)]
    .filter(([, owner]) => owner === name)
    .map(([, , bits, fingerprint = '', comment = '', type = '']) => ({
      bits: Number(bits),
      type,
      fingerprint,
      comment,
      options: options.get(fingerprint) ?? new Map(),
    }));
}

function findings({ name, uid, status, useless, keys, ssh }: State['accounts'][number]): Finding[] {
  const found: Finding[] = [];
  if (useless) {
    const reasons = keys.map(({ comment, refused }) => `${comment}: ${refused}`).join('; ');
    found.push({
      id: 'accounts.refused-key',
      level: 'warn',
      summary: `${name} has ${keys.length === 1 ? 'a key' : 'keys'}, but cannot log in with ${keys.length === 1 ? 'it' : 'any of them'} (${reasons}).`,
      hint: `${ssh.includes('password') ? 'A password is still accepted. ' : ''}If ${name} is to log in, add a key of the type ed25519 to the authorized keys of the account; ssh-keygen -t ed25519 makes one. Otherwise delete the lines.`,
    });
  }
  if (status === 'NP') {
    found.push({
      id: 'accounts.empty-password',
      level: 'stop',
      summary: `The account ${name} has an empty password.`,
      hint: `Lock its password: sudo passwd -l ${name}. Keys go on working.`,
    });
  }
  if (uid === 0 && name !== 'root') {
    found.push({
      id: 'accounts.second-root',
      level: 'stop',
      summary: `The account ${name} has the number 0, so it is root.`,
      hint: `If you did not make it, somebody else was on this server. See it with: getent passwd ${name}`,
    });
  }
  return found;
}

/** A key that was pasted with a line break in it, or the wrong half of one. */
function brokenFindings(broken: State['broken']): Finding[] {
  const files = [...new Set(broken.map(({ file }) => file))];
  return files.map((file): Finding => {
    const lines = broken.filter((one) => one.file === file);
    const numbers = lines.map(({ line }) => line).join(', ');
    if (lines.some(({ secret }) => secret))
      return {
        id: 'accounts.broken-key',
        level: 'stop',
        summary: `A private key lies in ${file} (lines ${numbers}), where only public ones belong. It lets nobody in.`,
        hint: `Take these lines out: sudo nano ${file}. Put the line of the file that ends in .pub there instead. Do not use the private key any more: others may have read it.`,
      };
    return {
      id: 'accounts.broken-key',
      level: 'warn',
      summary: `In ${file} not every line is a key (line ${numbers}), so the SSH server passes over it.`,
      hint: `A key must stand on one line, as in the file that ends in .pub; it is easily broken in two when it is pasted. Mend it with: sudo nano ${file}`,
    };
  });
}
