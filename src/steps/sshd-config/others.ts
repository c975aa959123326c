import type { Context, Finding } from '../../engine/step.js';
import { fingerprint } from '../../host/host-key.js';
import { type Sh, sh } from '../../sh.js';
import { acceptsKeyType } from '../../templates/sshd-drop-in.js';

/** More accounts than this are not looked at; each takes the server a few milliseconds. */
const MOST = 100;

/** Somebody who can log in today besides the limited user. */
export interface Other {
  name: string;
  password: boolean;
  keys: { type: string; fingerprint: string; comment: string }[];
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
  keys=$(grep -hsv 'login as the user' "$home/.ssh/authorized_keys" | ssh-keygen -lf - | base64 -w0)
  printf 'other %s %s %s\n' "$name" "$password" "$keys"
done`;

/** Pure. */
export function toldOthers(stdout: string): Other[] {
  return [...stdout.matchAll(/^other (\S+) (yes|no) ?(\S*)$/gm)].map(
    ([, name = '', password, keys = '']) => ({
      name,
      password: password === 'yes',
      // Lines of ssh-keygen(1) -l: `256 SHA256:… comment (ED25519)`.
      keys: [
        ...Buffer.from(keys, 'base64')
          .toString()
          .matchAll(/^\d+ (\S+) (.*) \((\S+)\)$/gm),
      ].map(([, fingerprint = '', comment = '', type = '']) => ({ type, fingerprint, comment })),
    }),
  );
}

/** What is in force before the change. */
export interface InForce {
  root: boolean;
  passwords: boolean;
}

/** Pure. Who gets in today and will not when root and passwords are refused, and keys of older kinds. Said before the yes, not after. */
export function othersFindings(
  others: readonly Other[],
  { root, passwords }: InForce,
  { laptop }: Context,
): Finding[] {
  const own =
    laptop.publicKey === undefined
      ? undefined
      : fingerprint(Buffer.from(laptop.publicKey.split(' ')[1] ?? '', 'base64'));
  const shut = others.flatMap((other) => {
    const keys = other.keys.filter(({ fingerprint }) => fingerprint !== own);
    if (other.name === 'root') return root && keys.length > 0 ? [`root with ${named(keys)}`] : [];
    if (keys.some(({ type }) => isAccepted(type))) return [];
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

/** ssh-keygen's short names of the types, in the words of the .pub files. */
function isAccepted(type: string): boolean {
  return acceptsKeyType(type === 'ED25519-SK' ? 'sk-ssh-ed25519@openssh.com' : `ssh-${type.toLowerCase()}`);
}

function named(keys: Other['keys']): string {
  const names = keys.slice(0, 5).map(({ comment, type }) => (comment === 'no comment' ? type : comment));
  const more = keys.length > names.length ? ' ...' : '';
  return `the key${keys.length === 1 ? '' : 's'} ${names.join(', ')}${more}`;
}
