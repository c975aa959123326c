import { effectiveSettings } from '../../engine/facts/sshd.js';
import {
  listAccounts,
  listUnlisted,
  loginFunctions,
  otherWays,
  readSummary,
  WAY_NAMES,
} from '../../engine/logins.js';
import type { Context, Finding } from '../../engine/step.js';
import { fingerprint } from '../../host/trust/host-key.js';
import { type Sh, sh } from '../../sh.js';
import { SSHD_DROP_IN } from '../../templates/sshd-drop-in.js';
import {
  isExpired,
  KEY_LINE,
  type KeyOptions,
  type KeyRules,
  type ListedKey,
  optionsOf,
  refusalOf,
} from './authorized-keys.js';
import { isList, shutOut, type Told } from './shut-out.js';

/** More accounts than this are not looked at; each takes the server some 30 ms. */
const MOST = 300;

/** Somebody who can log in today besides the limited user. */
export interface Other {
  name: string;
  password: boolean;
  keys: (ListedKey & { options: KeyOptions })[];
  /** What sshd has in force for this account, and its groups; undefined where that was not read. */
  told: Told | undefined;
  /** Other ways to log in, `supplied` for keys from a program that could not be asked and `typed-on` where a Match block goes on taking passwords. */
  more: readonly string[];
}

/** What the hardened server refuses, where no Match block says otherwise: sshd takes the first value, and these come before all files. */
const REFUSED = ['PermitRootLogin=no', 'PasswordAuthentication=no', 'KbdInteractiveAuthentication=no'];

/**
 * Prints who else can log in, and how, as far as sshd itself would let them; nothing where root and passwords are refused already. Lines of root's file that let nobody in are passed over: cloud-init's
 * forced command, which only names another user.
 */
export const tellOthers = (user: string): Sh =>
  sh`if [ "$(grep -csE ${`^(${REFUSED.map((one) => one.replace('=', ' '))
    .slice(0, 2)
    .join('|')})$`} ${SSHD_DROP_IN})" != 2 ]; then
${loginFunctions}
${listUnlisted}
{ ${listAccounts}; } | while read -r name uid gid _ home; do
  [ "$name" != ${user} ] || continue
  told=$((told + 1))
  [ "$told" -le ${MOST} ] || { echo others=more; break; }
  login_settings || continue
  IFS=: read -r _ hash _ <<END
$(getent shadow "$name")
END
  case $hash in '' | '!'* | '*'*) password=no ;; *) password=yes ;; esac
  more=$(other_ways)
  keys=$({ supplied_keys || echo supplied; key_files | while IFS= read -r file; do print_keys "$file"; echo; done; } | grep -v 'login as the user')
  case $keys in supplied | supplied'
'*) more=$more'supplied,' slow=yes ;; esac
  keys=$(printf '%s\n' "$keys" | sed -n ${KEY_LINE}) lines=
  if [ -n "$keys" ]; then lines=$(printf '%s\n' "$keys" | base64 -w0) keys=$(printf '%s\n' "$keys" | ssh-keygen -lf - | base64 -w0); fi
  summary=$(login_summary)
  case $summary in *groups=*) set -- $(id -nG "$name"); IFS='|'; summary=$summary"groups=$*,"; unset IFS ;; esac
  if [ -n "$each" ]; then
    case $(${effectiveSettings(sh`"$name"`)} ${REFUSED.flatMap((one) => ['-o', one])} | tr '\n' ' ') in
      *'passwordauthentication yes'* | *'kbdinteractiveauthentication yes'*) more=$more'typed-on,' ;;
    esac
  fi
  printf 'other %s %s %s %s more:%s;%s\n' "$name" "$password" "$keys" "$lines" "$more" "$summary"
done
fi`;

/** Pure. */
export function toldOthers(stdout: string): Other[] {
  return [
    ...stdout.matchAll(/^other (\S+) (yes|no) ?((?!more:)\S*) ?((?!more:)\S*)(?: more:(\S*);(\S*))?$/gm),
  ].map(([, name = '', password, keys = '', lines = '', more = '', summary]) => ({
    name,
    password: password === 'yes',
    // Lines of ssh-keygen(1) -l: `256 SHA256:… comment (ED25519)`.
    keys: [
      ...Buffer.from(keys, 'base64')
        .toString()
        .matchAll(/^(\d+) (\S+) (.*) \((\S+)\)$/gm),
    ].map(([, bits, fingerprint = '', comment = '', type = '']) => ({
      bits: Number(bits),
      type,
      fingerprint,
      comment,
      options:
        optionsOf(Buffer.from(lines, 'base64').toString().split('\n')).get(fingerprint) ??
        (new Map() as KeyOptions),
    })),
    told: summary === undefined ? undefined : readSummary(summary),
    more: more.split(',').filter(Boolean),
  }));
}

/** What is in force before the change. */
export interface InForce {
  root: boolean;
  passwords: boolean;
}

/**
 * Pure. Who gets in today and will not when root and passwords are refused, and keys of older kinds. Said before the yes, not after.
 * @param accepted PubkeyAcceptedAlgorithms of the hardened server
 */
export function othersFindings(
  {
    others,
    moreOthers,
    unlisted,
  }: { others: readonly Other[]; moreOthers: boolean; unlisted: readonly string[] },
  { root, passwords }: InForce,
  accepted: readonly string[],
  { laptop, now }: Context,
): Finding[] {
  const own =
    laptop.publicKey === undefined
      ? undefined
      : fingerprint(Buffer.from(laptop.publicKey.split(' ')[1] ?? '', 'base64'));
  const shut = others.flatMap((other) => {
    // What has expired lets nobody in today.
    const keys = other.keys.filter((key) => key.fingerprint !== own && !isExpired(key.options, now));
    const ways = lostWays({ ...other, keys }, { root, passwords }, { accepted, rsaBits: 0, now });
    return ways.length === 0 ? [] : [`${other.name} with ${ways.join(' or ')}`];
  });
  const known = [
    ...(shut.length > 0
      ? [`Once root and passwords are refused, these get in no more: ${shut.join('; ')}.`]
      : []),
    ...(moreOthers
      ? [`Only the first ${MOST} accounts were checked: others may not be able to log in any more.`]
      : []),
    ...(unlisted.length > 0
      ? [
          `Accounts from ${unlisted.join(', ')} (/etc/nsswitch.conf) may not all be listed: those without a key will not be able to log in any more.`,
        ]
      : []),
  ];
  if (known.length === 0) return [];
  return [
    {
      id: 'sshd-config.others',
      level: 'warn',
      summary: known.join(' '),
      hint: 'Where that is somebody else, give them a user of their own with a key first (sudo adduser NAME, then their key in /home/NAME/.ssh/authorized_keys), or put a key into the account that they have.',
    },
  ];
}

/** Pure. How an account logs in today, where it cannot any more afterwards; [] where one way stays, or none is there. */
function lostWays(
  { name, password, keys, told, more }: Other,
  inForce: InForce,
  hardened: KeyRules,
): string[] {
  const is = (setting: string) => told?.(setting)[0];
  const root = told ? is('permitrootlogin') !== 'no' : inForce.root;
  const typed = told
    ? is('passwordauthentication') === 'yes' || is('kbdinteractiveauthentication') === 'yes'
    : inForce.passwords;
  const door = told && shutOut(name, told('groups'), told);
  if ((door !== undefined && isList(door)) || (name === 'root' && !root)) return [];
  const byKey = is('pubkeyauthentication') !== 'no';
  const others = otherWays(more).filter((way) => byKey || way !== 'certificate');
  const supplied =
    byKey && more.includes('supplied') ? ['keys that a program supplies (AuthorizedKeysCommand)'] : [];
  const named = [
    ...(byKey && keys.length > 0 ? [namesOf(keys)] : []),
    ...supplied,
    ...others.map((way) => WAY_NAMES[way]),
  ];
  if (name === 'root') return named;
  // A second factor that is typed is not taken any more.
  const keyAlone = door !== 'AuthenticationMethods';
  const stays =
    others.length > 0 ||
    (password && typed && more.includes('typed-on')) ||
    (byKey &&
      keyAlone &&
      (supplied.length > 0 || keys.some((key) => refusalOf(key, key.options, hardened) === undefined)));
  if (stays) return [];
  if (named.length > 0) return keyAlone ? named : [`${named.join(' or ')} and a second factor`];
  return password && typed ? ['a password'] : [];
}

function namesOf(keys: Other['keys']): string {
  const names = keys.slice(0, 5).map(({ comment, type }) => (comment === 'no comment' ? type : comment));
  const more = keys.length > names.length ? ' ...' : '';
  return `the key${keys.length === 1 ? '' : 's'} ${names.join(', ')}${more}`;
}
