import type { Account } from '../../engine/inventory.js';
import { defineStep, type Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import { effectiveSettings } from '../../steps/sshd-config/effective.js';

/** More accounts than this cannot be told about in time; each takes the server some 30 ms. */
const MOST = 300;

interface State {
  accounts: (Account & { uid: number; status: string })[];
}

/** Who can log in, with what, and how far they get: what sshd and sudo themselves say. */
export const accounts = defineStep<State>({
  id: 'accounts',
  title: 'Who can log in',
  probe:
    () => sh`getent passwd | awk -F: '$7 !~ /\\/(nologin|false|sync|shutdown|halt)$/ {print $1 " " $3}' | while read -r name uid; do
  told=$((told + 1))
  [ "$told" -le ${MOST} ] || { echo cut=yes; break; }
  settings=$(${effectiveSettings(sh`"$name"`)})
  allowed=
  if command -v sudo >/dev/null; then allowed=$(sudo -n -l -U "$name") || echo unread=sudo; fi
  allowed=$(printf '%s\\n' "$allowed" | grep -E '^ +\\(' | tr -d '\\n')
  echo "account $name $uid $(passwd -S "$name" | cut -d' ' -f2) $(printf '%s\\n' "$settings" | awk '/^(passwordauthentication|kbdinteractiveauthentication|pubkeyauthentication|permitrootlogin) / {printf "%s=%s,", $1, $2} $1 == "allowusers" {users = users "|" $2} END {if (users != "") printf "allowusers=%s,", users}') $allowed"
  home=$(getent passwd "$name" | cut -d: -f6)
  for file in $(printf '%s\\n' "$settings" | sed -n 's/^authorizedkeysfile //p' | sed "s|%h|$home|g;s|%u|$name|g"); do
    case $file in /*) ;; *) file=$home/$file ;; esac
    ! grep -qs '^[^#[:space:]]' "$file" || { ssh-keygen -lf "$file" || echo unread=keys; } | sed "s/^[0-9]/key $name &/"
  done
done`,
  parse: ({ stdout }) => {
    const found = [...stdout.matchAll(/^account (\S+) (\d+) (\S+) (\S*) ?(.*)$/gm)];
    if (found.length === 0 || /^(?:cut|unread)=/m.test(stdout) || found.some(([, , , , sshd]) => !sshd))
      throw new Error('The server did not tell of all its accounts what they may do.');
    return {
      accounts: found.map(([, name = '', uid, status = '', sshd = '', sudo = '']) =>
        account({ name, uid: Number(uid), status, sshd, sudo }, keysOf(name, stdout)),
      ),
    };
  },
  check: ({ accounts: all }) => all.flatMap(findings),
  inventory: ({ accounts: all }) => ({
    accounts: all.map(({ uid: _, status: __, ...account }) => account),
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

function account({ name, uid, status, sshd, sudo }: Told, keys: Account['keys']): State['accounts'][number] {
  const says = new Map(sshd.split(',').map((pair) => pair.split('=') as [string, string]));
  const rootLogin = name === 'root' ? says.get('permitrootlogin') : 'yes';
  const allowed = isAllowed(name, says.get('allowusers'));
  const byKey =
    allowed && keys.length > 0 && says.get('pubkeyauthentication') === 'yes' && rootLogin !== 'no';
  const typed = ['passwordauthentication', 'kbdinteractiveauthentication'].some(
    (way) => says.get(way) === 'yes',
  );
  const byPassword = allowed && status === 'P' && typed && rootLogin === 'yes';
  return {
    name,
    uid,
    status,
    root: uid === 0 ? 'itself' : rootThroughSudo(sudo),
    password: status === 'P',
    ssh: [...(byKey ? (['key'] as const) : []), ...(byPassword ? (['password'] as const) : [])],
    keys,
  };
}

/** AllowUsers of sshd_config(5), as sshd tells it for all: `|ada|eve@192.0.2.1`. Patterns may let in whom they name. */
function isAllowed(name: string, users: string | undefined): boolean {
  if (users === undefined) return true;
  return users.split('|').some((one) => one.split('@')[0] === name || /[*?]/.test(one));
}

/** Lines of sudo(8) -l: `(ALL : ALL) NOPASSWD: ALL`. */
function rootThroughSudo(sudo: string): Account['root'] {
  if (sudo === '') return 'no';
  if (/NOPASSWD:(?: \w+:)* ALL\b/.test(sudo)) return 'without-password';
  return /\) (?:\w+: )*ALL\b/.test(sudo) ? 'with-password' : 'limited';
}

/** Lines of ssh-keygen(1) -l: `256 SHA256:… comment (ED25519)`. */
function keysOf(name: string, stdout: string): Account['keys'] {
  return [...stdout.matchAll(/^key (\S+) \d+ (\S+) (.*) \((\S+)\)$/gm)]
    .filter(([, owner]) => owner === name)
    .map(([, , fingerprint = '', comment = '', type = '']) => ({ type, fingerprint, comment }));
}

function findings({ name, uid, status }: State['accounts'][number]): Finding[] {
  const found: Finding[] = [];
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
