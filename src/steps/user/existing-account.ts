import type { SshdSettings } from '../../engine/facts/sshd.js';
import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';

/** What of an entry in passwd(5) says whom it is for. */
interface Entry {
  uid: string;
  home: string;
  shell: string;
}

/** Pure. An account that cannot be a person's way in. */
export const isProgram = ({ uid, home, shell }: Entry): boolean =>
  uid === '0' || home === '/nonexistent' || /\/(nologin|false)$/.test(shell);

export function programFinding(user: string, { uid, home, shell }: Entry): Finding {
  if (uid === '0')
    return {
      id: 'user.shell',
      level: 'stop',
      summary: `The account ${user} is root under another name (its number is 0), and the SSH server is to refuse root.`,
      hint: 'Choose another name for your user (setting user.name).',
    };
  const why = home === '/nonexistent' ? `its home is ${home}` : `its shell is ${shell}`;
  return {
    id: 'user.shell',
    level: 'stop',
    summary: `The account ${user} exists, but is one that cannot log in (${why}).`,
    hint: 'It probably belongs to a program. Choose another name for your user (setting user.name).',
  };
}

/** Whether there is a password behind the lock. */
export type Locked = 'bare' | 'password';

/** Answers `locked` for a password that begins with “!”, as useradd(8) leaves it and passwd(1) -l makes it. */
export const tellLocked: Sh = sh`case $password in '!' | '!!' | '!*') echo locked=bare ;; '!'*) echo locked=password ;; esac`;

/** Pure. Where UsePAM is off, sshd lets nobody in with a key whose password is locked: sshd(8), “AUTHENTICATION”. */
export function lockedFor(sshd: SshdSettings, locked: string | undefined): Locked | undefined {
  if (sshd.get('usepam')?.[0] !== 'no') return undefined;
  return locked === 'bare' || locked === 'password' ? locked : undefined;
}

export function lockedFinding(user: string, locked: Locked): Finding {
  if (locked === 'password')
    return {
      id: 'user.locked',
      level: 'stop',
      summary: `The account ${user} is locked, and this SSH server lets nobody into a locked account, whatever the key (UsePAM no).`,
      hint: `If nobody meant to shut ${user} out: sudo passwd -u ${user}. Then run the same command again.`,
    };
  return {
    id: 'user.locked',
    level: 'change',
    summary: `Let ${user} in by key though it has no password, which this SSH server takes for a lock (UsePAM no)`,
    change: {
      kind: 'run',
      script: sh`usermod -p '*' ${user}`,
      undo: { stays: `The account ${user} stays without a password, and without a lock.` },
    },
  };
}
