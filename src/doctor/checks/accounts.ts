import { privilegeFolder } from '../../engine/facts/sshd.js';
import type { Account } from '../../engine/inventory.js';
import {
  listAccounts,
  listUnlisted,
  loginFunctions,
  otherWays,
  readSummary,
  unlistedSources,
} from '../../engine/logins.js';
import { defineStep, type Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import {
  KEY_LINE,
  type KeyOptions,
  type ListedKey,
  limitsOf,
  optionsOf,
  refusalOf,
} from '../../steps/sshd-config/authorized-keys.js';
import { isList, shutOut } from '../../steps/sshd-config/shut-out.js';

/** More accounts than this cannot be told about in time; each takes the server some 30 ms. */
const MOST = 300;

/** Of a file in which something is no key, so many lines are looked at one by one. */
const MOST_LINES = 50;

interface State {
  accounts: (Account & { uid: number; status: string; useless: boolean })[];
  /** Lines in files of keys that sshd cannot read as one, and whether they are the head of a private key. */
  broken: { file: string; line: number; secret: boolean }[];
  /** Sources of accounts that cannot be listed. */
  unlisted: readonly string[];
}

/** Who can log in, with what, and how far they get: what sshd and sudo themselves say. */
export const accounts = defineStep<State>({
  id: 'accounts',
  title: 'Who can log in',
  probe: () => sh`${privilegeFolder}
${loginFunctions}
${listUnlisted}
{ ${listAccounts}; } | while read -r name uid gid shell home; do
  told=$((told + 1))
  [ "$told" -le ${MOST} ] || { echo cut=yes; break; }
  login_settings || { echo unread=sshd; break; }
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
  echo "account $name $uid \${status%% *} $(login_summary)groups=$groups, $allowed"
  more=$(other_ways)
  [ "$shell" != none ] || more=$more'shell-less,'
  [ -z "$more" ] || echo "more $name $more"
  if supplied=$(supplied_keys); then
    [ -z "$supplied" ] || printf '%s\n' "$supplied" | ssh-keygen -lf - | sed "s/^[0-9]/key $name &/"
  else slow=yes; echo "more $name supplied,"; fi
  key_files | while IFS= read -r file; do
    content=$(print_keys "$file")
    [ -n "$content" ] || continue
    listed=$(printf '%s\n' "$content" | ssh-keygen -lf -)
    [ -z "$listed" ] || printf '%s\n' "$listed" | sed "s/^[0-9]/key $name &/"
    [ -z "$listed" ] || printf '%s\n' "$content" | sed -n ${KEY_LINE} | sed "s/^/line $name /"
    [ "$(printf '%s\n' "$listed" | grep -c .)" -lt "$(printf '%s\n' "$content" | grep -c '^[[:space:]]*[^#[:space:]]')" ] || continue
    # Not each line is a key: which are none, ssh-keygen says with the exit code 255.
    printf '%s\n' "$content" | grep -nE '^[[:space:]]*[^#[:space:]]' | head -n ${MOST_LINES} | while IFS=: read -r number line; do
      printf '%s\n' "$line" | ssh-keygen -lf - >/dev/null 2>&1
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
      unlisted: unlistedSources(stdout),
      broken: [...broken].map(([, kind, line, file = '']) => ({
        file,
        line: Number(line),
        secret: kind === 'secret',
      })),
      accounts: found.map(([, name = '', uid, status = '', sshd = '', sudo = '']) =>
        account(
          { name, uid: Number(uid), status, sshd, sudo, more: moreOf(name, stdout) },
          keysOf(name, stdout),
          now,
        ),
      ),
    };
  },
  check: ({ accounts: all, broken, unlisted }) => [
    ...all.flatMap(findings),
    ...brokenFindings(broken),
    ...unlistedFindings(unlisted),
  ],
  inventory: ({ accounts: all }) => ({
    accounts: all
      .filter(({ ssh, shell }) => shell !== false || ssh.length > 0)
      .map(({ uid: _, status: __, useless: ___, ...account }) => account),
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
  /** Other ways to log in, `supplied` where keys come from a program that could not be asked, and `shell-less`. */
  more: readonly string[];
}

function account(
  { name, uid, status, sshd, sudo, more }: Told,
  listed: readonly Key[],
  now: Date,
): State['accounts'][number] {
  const told = readSummary(sshd);
  const is = (setting: string, value: string) => told(setting)[0] === value;
  const rootLogin = name === 'root' ? told('permitrootlogin')[0] : 'yes';
  const door = shutOut(name, told('groups'), told);
  const typed = is('passwordauthentication', 'yes') || is('kbdinteractiveauthentication', 'yes');
  // More than a key may be asked for, or no shell given: that is a way in all the same.
  const allowed = (door === undefined || !isList(door)) && rootLogin !== 'no';
  const keys = judged(listed, told, rootLogin === 'forced-commands-only', now);
  const usable = more.includes('supplied') || keys.some(({ refused }) => refused === undefined);
  const keyTaken = allowed && is('pubkeyauthentication', 'yes');
  const byKey = keyTaken && usable;
  const byPassword = allowed && status === 'P' && typed && rootLogin === 'yes';
  const others = otherWays(more).filter((way) => way !== 'certificate' || is('pubkeyauthentication', 'yes'));
  return {
    name,
    uid,
    status,
    useless: keyTaken && keys.length > 0 && !usable,
    root: uid === 0 ? 'itself' : rootThroughSudo(sudo),
    password: status === 'P',
    ...(more.includes('shell-less') ? { shell: false as const } : {}),
    ssh: [
      ...(byKey ? (['key'] as const) : []),
      ...(byPassword ? (['password'] as const) : []),
      ...(allowed ? others : []),
    ],
    keys,
  };
}

/** Each key with why sshd refuses it, and what narrows a login with it. @param commandOnly only a key with a forced command lets in */
function judged(
  listed: readonly Key[],
  told: ReturnType<typeof readSummary>,
  commandOnly: boolean,
  now: Date,
): Account['keys'] {
  // Before 8.5 it has the older name; without either, as OpenSSH before 6.8 has it, no type is refused.
  const accepted = ['pubkeyacceptedalgorithms', 'pubkeyacceptedkeytypes']
    .map((setting) => told(setting).flatMap((value) => value.split(',')))
    .find((all) => all.length > 0);
  const rules = { accepted: accepted ?? [], rsaBits: Number(told('requiredrsasize')[0] ?? 0), now };
  return listed.map(({ bits, options, ...key }) => {
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
}

const moreOf = (name: string, stdout: string): string[] =>
  [...stdout.matchAll(/^more (\S+) (\S+)$/gm)].flatMap(([, owner, words = '']) =>
    owner === name ? words.split(',') : [],
  );

/** Lines of sudo(8) -l: `(ALL : ALL) NOPASSWD: ALL`, in the order of the files; the last one that matches decides (sudoers(5)). */
function rootThroughSudo(sudo: string): Account['root'] {
  if (sudo === '') return 'no';
  const [tags] = [...sudo.matchAll(/\) ((?:\w+: )*)ALL\b/g)].at(-1)?.slice(1) ?? [];
  if (tags === undefined) return 'limited';
  return tags.includes('NOPASSWD:') ? 'without-password' : 'with-password';
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

function unlistedFindings(sources: readonly string[]): Finding[] {
  if (sources.length === 0) return [];
  return [
    {
      id: 'accounts.unlisted',
      level: 'warn',
      summary: `Accounts also come from ${sources.join(', ')} (/etc/nsswitch.conf), which may not list them all: who of them can log in was not checked.`,
      hint: 'Ask the people who manage these accounts who may log in to this server. What is in force for one of them: sudo sshd -T -C user=NAME',
    },
  ];
}
