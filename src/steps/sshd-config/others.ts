import type { Context, Finding } from '../../engine/step.js';
import { fingerprint } from '../../host/host-key.js';
import { type Sh, sh } from '../../sh.js';
import {
  isExpired,
  KEY_LINE,
  type KeyOptions,
  type ListedKey,
  optionsOf,
  refusalOf,
} from './authorized-keys.js';

/** More accounts than this are not looked at; each takes the server a few milliseconds. */
const MOST = 100;

/** Somebody who can log in today besides the limited user. */
export interface Other {
  name: string;
  password: boolean;
  keys: (ListedKey & { options: KeyOptions })[];
}

/**
 * Tells who else has a way in. Lines of root's file that let nobody in are passed over: cloud-init's forced command, which only
 * names another user.
 */
export const tellOthers = (user: string): Sh =>
  sh`getent passwd | grep -v -E '/(nologin|false|sync|shutdown|halt)$' | head -n ${MOST} | while IFS=: read -r name _ _ _ _ home _; do
  [ "$name" != ${user} ] || continue
  IFS=: read -r _ hash _ <<END
$(getent shadow "$name")
END
  case $hash in '' | '!'* | '*'*) password=no ;; *) password=yes ;; esac
  lines= keys=
  if [ -s "$home/.ssh/authorized_keys" ]; then lines=$(grep -hsv 'login as the user' "$home/.ssh/authorized_keys" | sed -n ${KEY_LINE}); fi
  if [ -n "$lines" ]; then keys=$(printf '%s\n' "$lines" | ssh-keygen -lf - | base64 -w0) lines=$(printf '%s\n' "$lines" | base64 -w0); fi
  printf 'other %s %s %s %s\n' "$name" "$password" "$keys" "$lines"
done`;

/** Pure. */
export function toldOthers(stdout: string): Other[] {
  return [...stdout.matchAll(/^other (\S+) (yes|no) ?(\S*) ?(\S*)$/gm)].map(
    ([, name = '', password, keys = '', lines = '']) => ({
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
    }),
  );
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
  others: readonly Other[],
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
    if (other.name === 'root') return root && keys.length > 0 ? [`root with ${named(keys)}`] : [];
    const hardened = { accepted, rsaBits: 0, now };
    if (keys.some((key) => refusalOf(key, key.options, hardened) === undefined)) return [];
    if (keys.length > 0) return [`${other.name} with ${named(keys)}`];
    return other.password && passwords ? [`${other.name} with a password`] : [];
  });
  if (shut.length === 0) return [];
  return [
    {
      id: 'sshd-config.others',
      level: 'warn',
      summary: `Once root and passwords are refused, these get in no more: ${shut.join('; ')}.`,
      hint: 'Where that is somebody else, give them a user of their own with a key first (sudo adduser NAME, then their key in /home/NAME/.ssh/authorized_keys), or put a key into the account that they have.',
    },
  ];
}

function named(keys: Other['keys']): string {
  const names = keys.slice(0, 5).map(({ comment, type }) => (comment === 'no comment' ? type : comment));
  const more = keys.length > names.length ? ' ...' : '';
  return `the key${keys.length === 1 ? '' : 's'} ${names.join(', ')}${more}`;
}
