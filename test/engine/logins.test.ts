import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { listUnlisted, unlistedSources } from '../../src/engine/logins.js';
import { sh } from '../../src/sh.js';
import { tellOthers, toldOthers } from '../../src/steps/sshd-config/other-logins.js';
import { type Server, serverFolders } from '../run-log/server.js';

/** An account of every Debian that is no person's; its number and its group are the same. */
const USER = { name: 'daemon', uid: 1 };
const key = (comment: string) =>
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILHiaNSVXNpDXoZ8TGjYOxZzAXbHoNHPXIzV6n+5Qnaj ${comment}\n`;

let server: Server;
let home: string;
beforeEach(() => {
  server = serverFolders();
  chmodSync(server.root, 0o755);
  home = join(server.root, 'home');
  mkdirSync(join(home, '.ssh'), { recursive: true });
  server.stub('getent', `case $1 in passwd) echo "${USER.name}:x:1:1::${home}:/bin/sh" ;; esac`);
});
const settings = (text: string) => server.stub('sshd', `cat <<'END'\n${text}\nEND`);
const put = (path: string, content: string, mode = 0o644) => {
  writeFileSync(path, content, { mode });
  chownSync(path, 1, 1);
};
const others = () => toldOthers(server.run(tellOthers('nobody')).stdout);
const comments = () => others().flatMap(({ keys }) => keys.map(({ comment }) => comment));

describe.skipIf(process.getuid?.() !== 0)('case 246: who can log in is read', () => {
  it('from all files that the patterns name, with their tokens', () => {
    mkdirSync(join(server.root, 'keys%'));
    put(join(home, '.ssh/authorized_keys2'), key('second'));
    put(join(server.root, 'keys%/daemon'), key('by name'));
    put(join(server.root, 'keys%/1'), key('by number'));
    const folder = join(server.root, 'keys');
    settings(
      `authorizedkeysfile .ssh/authorized_keys %h/.ssh/authorized_keys2 ${folder}%%/%u ${folder}%%/%U none`,
    );
    expect(comments()).toEqual(['second', 'by name', 'by number']);
  });

  it('from the program that supplies keys, and said where it cannot be asked', () => {
    const program = join(server.root, 'supply');
    writeFileSync(
      program,
      `#!/bin/sh\n[ "$(id -un)" = nobody ] && echo '${key('$1').trim()}' | sed "s/.1$/$1/"`,
      {
        mode: 0o755,
      },
    );
    settings(`authorizedkeysfile none\nauthorizedkeyscommand ${program}\nauthorizedkeyscommanduser nobody`);
    expect(comments()).toEqual(['daemon']);
    settings(`authorizedkeyscommand ${program} %u %f\nauthorizedkeyscommanduser nobody`);
    expect(others()[0]?.more).toEqual(['supplied']);
    writeFileSync(program, '#!/bin/sh\nsleep 60');
    settings(`authorizedkeyscommand ${program}\nauthorizedkeyscommanduser nobody`);
    expect(others()[0]?.more).toEqual(['supplied']);
  });

  it('from certificates, trusted hosts and Match blocks', () => {
    const principals = join(server.root, 'daemon.principals');
    settings(
      `trustedusercakeys /etc/ssh/ca.pub\nauthorizedprincipalsfile ${server.root}/%u.principals\nhostbasedauthentication yes`,
    );
    expect(others()[0]?.more).toEqual(['hostbased']);
    writeFileSync(principals, 'staff\n');
    expect(others()[0]?.more).toEqual(['certificate', 'hostbased']);
    settings(
      'trustedusercakeys /etc/ssh/ca.pub\nauthorizedprincipalsfile none\npermitrootlogin no\nallowgroups a\nallowgroups b',
    );
    const [one] = others();
    expect([
      one?.more,
      one?.told?.('permitrootlogin'),
      one?.told?.('allowgroups'),
      one?.told?.('groups'),
    ]).toEqual([['certificate'], ['no'], ['a', 'b'], ['daemon']]);
  });

  it('case 330: from a file of principals in the home, and a command that runs as a user of its own for each account', () => {
    settings('trustedusercakeys /etc/ssh/ca.pub\nauthorizedprincipalsfile .ssh/principals');
    expect(others()[0]?.more).toEqual([]);
    writeFileSync(join(home, '.ssh/principals'), 'staff\n');
    expect(others()[0]?.more).toEqual(['certificate']);
    const program = join(server.root, 'supply');
    const body = `echo "${key('$(id -un)-$USER-$LOGNAME').trim()}"`;
    writeFileSync(program, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    settings(`authorizedkeysfile none\nauthorizedkeyscommand ${program}\nauthorizedkeyscommanduser %u`);
    expect(comments()).toEqual(['daemon-daemon-daemon']);
  });

  it('case 330: of accounts without a shell, where they have a key or a password', () => {
    const as = (hash: string) =>
      server.stub(
        'getent',
        `case $1 in shadow) echo "${USER.name}:${hash}:1::" ;; passwd) echo "${USER.name}:x:1:1::${home}:/usr/sbin/nologin" ;; esac`,
      );
    settings('authorizedkeysfile .ssh/authorized_keys');
    as('*');
    expect(others()).toEqual([]);
    as('_j9T.x');
    expect(others().map(({ name, password }) => [name, password])).toEqual([['daemon', true]]);
    as('!');
    put(join(home, '.ssh/authorized_keys'), key('tunnel'));
    expect(comments()).toEqual(['tunnel']);
  });

  it('case 330: of 300 accounts, and says so where there are more', () => {
    settings('authorizedkeysfile none');
    const many = `case $1 in passwd) seq 301 | sed 's|.*|u&:x:1:1::${home}:/bin/sh|' ;; esac`;
    server.stub('getent', many);
    for (const name of ['id', 'ssh-keygen', 'base64']) server.stub(name, ':');
    expect(server.run(tellOthers('nobody')).stdout).toMatch(/^others=more$/m);
  });

  it.each([
    ['passwd: files systemd', []],
    ['passwd:\t\tfiles [NOTFOUND=return] sss winbind # ldap', ['sss', 'winbind']],
    ['#passwd: ldap\ngroup: files sss', []],
    ['passwd: compat cache_oslogin oslogin', ['cache_oslogin', 'oslogin']],
  ])('case 333: of which directories may hide some: %j', (conf, sources) => {
    const file = join(server.root, 'nsswitch.conf');
    writeFileSync(file, `${conf}\n`);
    const run = listUnlisted.run.replace('/etc/nsswitch.conf', file);
    expect(unlistedSources(server.run({ run, show: run }).stdout)).toEqual(sources);
  });

  it('case 247: with the rights of the account alone', () => {
    settings('authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2');
    const secret = join(server.root, 'secret');
    writeFileSync(secret, key('of root'), { mode: 0o600 });
    symlinkSync(secret, join(home, '.ssh/authorized_keys'));
    server.run(sh`mkfifo ${join(home, '.ssh/authorized_keys2')}`);
    const before = Date.now();
    expect([comments(), Date.now() - before < 15_000]).toEqual([[], true]);
  });
});
