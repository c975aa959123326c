import type { FindingName } from '../catalogue/index.js';
import type { AccountFile } from '../engine/account-files.js';
import { answers } from '../engine/answers.js';
import type { Undo } from '../engine/change.js';
import { isAsWanted, type SeenFile } from '../engine/seen-files.js';
import { type Context, defineStep, type Finding } from '../engine/step.js';
import { sameLogin } from '../proofs/login.js';
import { isLongEnough, SHORTEST_PASSWORD } from '../settings/password.js';
import { Secret, type Sh, sh } from '../sh.js';
import {
  isProgram,
  type Locked,
  lockedFinding,
  lockedFor,
  programFinding,
  tellLocked,
} from './user/existing-account.js';
import { expires, expiryFinding, readShadow, tellExpiry, unexpire } from './user/expiry.js';
import { askingFinding, askingRule, SUDOERS_FILES } from './user/sudo-rules.js';
import { passedOver, tellIncluded } from './user/sudoers.js';

export const ADMINS = 'sudo';

/** What says who is who: passwd(5), shadow(5), group(5), subuid(5). */
const ACCOUNTS: readonly AccountFile[] = ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'].map(
  (name) => ({ path: `/etc/${name}`, of: 'accounts' }),
);

interface State {
  exists: boolean;
  /** Number, home and shell: passwd(5). */
  uid: string;
  home: string;
  shell: string;
  groups: string[];
  /** Second field of `passwd -S`: P has a password, NP none, L locked. */
  password: string | undefined;
  expires: boolean;
  /** Where the SSH server would take the account for a locked one. */
  locked: Locked | undefined;
  /** All files of the server that were read, sudo's among them, by path. */
  files: ReadonlyMap<string, SeenFile>;
  /** sudo does not read the folder in which that file is. */
  passedOver: boolean;
}

/** The drop-in that lets the limited user use sudo without a password; later files win, so its name is late. */
const sudoersPath = (user: string) => `/etc/sudoers.d/95-broker-setup-${user}`;
const sudoersContent = (user: string) => `# Written by broker-setup.\n${user} ALL=(ALL:ALL) NOPASSWD: ALL\n`;

/** Our file alone: without -f it would also fail over owner and mode of a file of the provider's image, which sudo accepts. */
const checkSudoers = (user: string): Sh =>
  sh`[ ! -e ${sudoersPath(user)} ] || visudo -c -f ${sudoersPath(user)} >/dev/null`;

/** The limited user exists and may use sudo in the way that was chosen. */
export const user = defineStep<State>({
  id: 'user',
  title: 'Make your user',
  packages: () => ['sudo'],
  guard: ({ settings: { user } }) => ({
    paths: [sudoersPath(user.name)],
    accounts: ACCOUNTS,
    reload: sh`:`,
    proofs: [sameLogin],
  }),
  needs: () => ({ files: [SUDOERS_FILES], sshd: ['root'] }),
  probe: ({
    settings: {
      user: { name },
    },
  }) => sh`printf 'passwd=%s\n' "$(getent passwd ${name})"
printf 'groups=%s\n' "$(id -nG ${name})"
printf 'status=%s\n' "$(passwd -S ${name})"
${readShadow(name)}
${tellExpiry}
${tellLocked}
${tellIncluded()}`,
  parse: ({ stdout, facts }) => {
    const told = answers(stdout);
    const entry = told.get('passwd') ?? '';
    const [, , uid = '', , , home = '', shell = ''] = entry.split(':');
    return {
      exists: entry !== '',
      uid,
      home,
      shell,
      groups: (told.get('groups') ?? '').split(' '),
      password: told.get('status')?.split(' ')[1],
      expires: expires(told.get('expiry')),
      locked: lockedFor(facts.sshd('root'), told.get('locked')),
      files: facts.files(),
      passedOver: told.get('drop-ins') === 'passed-over',
    };
  },
  check: (state, context) => [...accountFindings(state, context), ...sudoFindings(state, context)],
});

function accountFindings(state: State, { settings }: Context): Finding[] {
  const { name } = settings.user;
  if (!state.exists) {
    return [
      change('account', `Make the user ${name}, in the group ${ADMINS}`, makeUser(name), {
        stays: `The account ${name} stays, as its home may hold files of yours. To remove it: sudo deluser ${name}`,
      }),
    ];
  }
  const found: Finding[] = [];
  if (!state.groups.includes(ADMINS)) {
    found.push(
      change('group', `Put ${name} into the group ${ADMINS}`, sh`usermod -aG ${ADMINS} ${name}`, {
        stays: `${name} stays in the group ${ADMINS}.`,
      }),
    );
  }
  if (state.expires) found.push(expiryFinding(name));
  if (isProgram(state)) found.push(programFinding(name, state));
  if (state.locked !== undefined && settings.user.sudo === 'without-password')
    found.push(lockedFinding(name, state.locked));
  return found;
}

/** A group of the same name may be left from an account that was deleted. The password is one that nothing equals; with none, it would be locked. */
function makeUser(name: string): Sh {
  return sh`if getent group ${name} >/dev/null; then set -- -g ${name}; else set -- -U; fi
useradd --create-home --shell /bin/bash --password '*' --groups ${ADMINS} "$@" ${name}
${unexpire(name)}`;
}

function sudoFindings(state: State, { settings, secrets }: Context): Finding[] {
  const { name, sudo } = settings.user;
  const present = state.files.get(sudoersPath(name));
  if (sudo === 'without-password') {
    if (state.passedOver) return [passedOver(name)];
    const asking = askingRule(state.files, sudoersPath(name), {
      name,
      uid: state.uid,
      groups: [...state.groups, ADMINS],
    });
    if (asking) return [askingFinding(asking, name, sudoersPath(name))];
    const file = { path: sudoersPath(name), content: sudoersContent(name), mode: '0440', owner: 'root:root' };
    if (isAsWanted(present, file)) return [];
    return [
      {
        id: 'user.sudo',
        level: 'change',
        summary: `Let ${name} use sudo without a password`,
        change: {
          kind: 'write',
          files: [{ ...file, before: present?.content }],
          activate: checkSudoers(name),
        },
      },
    ];
  }
  if (state.password === 'P' && present === undefined) return [];
  return [passwordFinding(name, secrets.sudoPassword)];
}

/**
 * One change: the rule that asks for no password goes only once a password is set that somebody knows. A password that
 * the account had before may be known to nobody, and then no sudo would be left.
 */
function passwordFinding(name: string, password: Secret | undefined): Finding {
  if (!password) {
    return {
      id: 'user.password',
      level: 'stop',
      summary: `sudo is to ask ${name} for a password, but there is none to set.`,
      hint: 'Put it into the environment variable BROKER_SETUP_SUDO_PASSWORD, or run in a terminal to be asked.',
    };
  }
  // One that the account has already may be shorter: it is only typed, and not set.
  if (!isLongEnough(password.reveal())) {
    return {
      id: 'user.password',
      level: 'stop',
      summary: `The password that sudo is to ask ${name} for is too short: it must have at least ${SHORTEST_PASSWORD} characters.`,
      hint: 'Put a longer one into the environment variable BROKER_SETUP_SUDO_PASSWORD, or leave that out: then one is generated.',
    };
  }
  const entry = new Secret(`${name}:${password.reveal()}`);
  return change(
    'password',
    `Set the password that sudo asks ${name} for`,
    sh`printf '%s\n' ${entry} | chpasswd
rm -f ${sudoersPath(name)}`,
    { stays: `The password of ${name} stays, and sudo goes on asking for it.` },
  );
}

function change(name: FindingName<'user'>, summary: string, script: Sh, undo: Undo): Finding {
  return { id: `user.${name}`, level: 'change', summary, change: { kind: 'run', script, undo } };
}
