import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { accounts } from '../../../src/doctor/checks/accounts.js';
import type { Account } from '../../../src/engine/inventory.js';
import { fixture } from '../../context.js';
import { probed } from '../../facts.js';
import { contextWith, recorded, seen } from '../../recorded.js';

const context = contextWith();
const done = fixture('accounts', 'bookworm-complete');
const all = (stdout: string): readonly Account[] =>
  accounts.see(probed(stdout), context).inventory.accounts ?? [];

interface Told {
  name?: string;
  uid?: number;
  status?: string;
  root?: string;
  password?: string;
  interactive?: string;
  sudo?: string;
  key?: boolean;
}
/** Lines as the probe prints them. */
const told = ({ name = 'eve', uid = 1001, status = 'L', sudo = '', ...sshd }: Told) =>
  `account ${name} ${uid} ${status} permitrootlogin=${sshd.root ?? 'no'},pubkeyauthentication=yes,passwordauthentication=${
    sshd.password ?? 'no'
  },kbdinteractiveauthentication=${sshd.interactive ?? 'no'}, ${sudo}\n${
    sshd.key ? `key ${name} 256 SHA256:abc eve@laptop (ED25519)\n` : ''
  }`;

describe('who can log in', () => {
  it('is read from a real server', () => {
    expect(all(done)).toEqual([
      { name: 'root', root: 'itself', password: true, ssh: [], keys: [] },
      {
        name: 'researcher',
        root: 'without-password',
        password: false,
        ssh: ['key'],
        keys: [
          {
            type: 'ED25519',
            fingerprint: 'SHA256:4WCJUIzILHfnwj6jsp+OJ00b4IBtd/yq0bTbQE78j1M',
            comment: 'researcher@mqtt.rehearsal.test',
          },
        ],
      },
    ]);
    for (const name of ['bookworm-complete', 'trixie-complete'])
      expect(seen(accounts, recorded('accounts', name), context)).toEqual([]);
  });

  it.each<[string, Told, Account['ssh']]>([
    ['a key', { key: true }, ['key']],
    ['nothing', {}, []],
    ['a password', { status: 'P', password: 'yes' }, ['password']],
    ['a password that is asked for by PAM', { status: 'P', interactive: 'yes' }, ['password']],
    ['both', { status: 'P', password: 'yes', key: true }, ['key', 'password']],
    ['no password that is locked', { status: 'L', password: 'yes' }, []],
    ['no password where sshd takes none', { status: 'P' }, []],
    ['nothing: root is refused', { name: 'root', uid: 0, status: 'P', password: 'yes', key: true }, []],
    [
      'a key only: root, without a password',
      { name: 'root', uid: 0, status: 'P', password: 'yes', key: true, root: 'without-password' },
      ['key'],
    ],
    [
      'anything: root, on a server as it is rented',
      { name: 'root', uid: 0, status: 'P', password: 'yes', key: true, root: 'yes' },
      ['key', 'password'],
    ],
  ])('with %s', (_, account, ssh) => {
    expect(all(told(account))[0]?.ssh).toEqual(ssh);
  });

  it.each<[string, Told, Account['root']]>([
    ['is root', { uid: 0 }, 'itself'],
    ['never gets there', {}, 'no'],
    ['gives its password', { sudo: '    (ALL : ALL) ALL' }, 'with-password'],
    ['gives none', { sudo: '    (ALL) NOPASSWD: ALL' }, 'without-password'],
  ])('and %s', (_, account, root) => {
    expect(all(told(account))[0]?.root).toBe(root);
  });

  it('keeps each key with its owner, whatever its comment says', () => {
    const stdout = `${told({ name: 'ada', key: true })}${told({ name: 'eve' })}key eve 3072 SHA256:def a comment (of two) words (RSA)\n`;
    expect(
      all(stdout).map(({ name, keys }) => [name, keys.map(({ comment, type }) => `${comment}: ${type}`)]),
    ).toEqual([
      ['ada', ['eve@laptop: ED25519']],
      ['eve', ['a comment (of two) words: RSA']],
    ]);
  });

  it.each<[string, string, Account['ssh']]>([
    ['AllowUsers that names others', 'allowusers=|ada,groups=eve,', []],
    ['AllowUsers that names it', 'allowusers=|ada|eve@192.0.2.*,groups=eve,', ['key']],
    ['DenyUsers', 'denyusers=|e*,groups=eve,', []],
    ['AllowGroups that it is not in', 'allowgroups=|wheel,groups=eve|users,', []],
    ['DenyGroups that it is in', 'denygroups=|users,groups=eve|users,', []],
  ])('case 36: by %s', (_, lists, ssh) => {
    const stdout = told({ key: true }).replace(/(kbdinteractiveauthentication=no,)/, `$1${lists}`);
    expect(all(stdout)[0]?.ssh).toEqual(ssh);
  });

  const ACCEPTED = 'pubkeyacceptedalgorithms=ssh-ed25519|rsa-sha2-512,requiredrsasize=2048,';
  const rules = (stdout: string) => stdout.replace(/(kbdinteractiveauthentication=no,)/, `$1${ACCEPTED}`);
  const BLOB = 'AAAAC3NzaC1lZDI1NTE5AAAAIJrsFQx3pHgXKLg6Ip9Bg6rOYdX6UIV0LZ2ScDfMvjxJ';
  const print = `SHA256:${createHash('sha256').update(Buffer.from(BLOB, 'base64')).digest('base64').replace(/=+$/, '')}`;
  const line = (options: string) =>
    `key eve 256 ${print} eve@lab (ED25519)\nline eve ${options}ssh-ed25519 ${BLOB}\n`;
  it.each<[string, string, Account['ssh'], string[]]>([
    [
      'a key of a type that is refused',
      'key eve 256 SHA256:a eve (ECDSA)\n',
      [],
      ['accounts.refused-key warn'],
    ],
    ['a token of such a type', 'key eve 256 SHA256:a eve (ECDSA-SK)\n', [], ['accounts.refused-key warn']],
    ['an RSA key that is too short', 'key eve 1024 SHA256:a eve (RSA)\n', [], ['accounts.refused-key warn']],
    ['a key that is taken beside one', `${line('')}key eve 256 SHA256:a eve (ECDSA)\n`, ['key'], []],
    ['a key that has expired', line('expiry-time="20200101" '), [], ['accounts.refused-key warn']],
    ['an authority', line('cert-authority '), [], ['accounts.refused-key warn']],
    ['a key for some addresses', line('from="10.0.0.0/8" '), ['key'], []],
  ])('case 221: with %s', (_, keys, ssh, expected) => {
    const stdout = rules(told({})) + keys;
    expect(all(stdout)[0]?.ssh).toEqual(ssh);
    expect(seen(accounts, probed(stdout), context)).toEqual(expected);
  });

  it('case 221: says why a key is refused, and what narrows another', () => {
    const stdout = `${rules(told({}))}${line('command="true" ')}key eve 256 SHA256:a old (ECDSA)\n`;
    expect(all(stdout)[0]?.keys).toMatchObject([
      { comment: 'eve@lab', limits: ['runs only “true”'] },
      { comment: 'old', refused: expect.stringContaining('ECDSA') },
    ]);
  });

  it('case 222: could not be checked where sshd refuses its files', () => {
    expect(() => all('account eve 1001 L groups=eve, \n')).toThrow('did not tell of all its accounts');
  });

  it('could not be checked where nobody was told of', () => {
    expect(() => all('')).toThrow('did not tell of all its accounts');
  });

  it('could not be checked where only the first were told of', () => {
    expect(() => all(`${told({})}unread=accounts\n`)).toThrow('did not tell of all its accounts');
  });
});

describe('what is wrong with any account', () => {
  it.each<[string, Told, string[]]>([
    ['an empty password', { status: 'NP' }, ['accounts.empty-password stop']],
    ['a second root', { name: 'toor', uid: 0 }, ['accounts.second-root stop']],
    ['root itself', { name: 'root', uid: 0 }, []],
    ['a locked account', { status: 'L' }, []],
    [
      'both',
      { name: 'toor', uid: 0, status: 'NP' },
      ['accounts.empty-password stop', 'accounts.second-root stop'],
    ],
  ])('%s', (_, account, expected) => {
    expect(seen(accounts, probed(told(account)), context)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    ['a line that is no key', 'broken other 2 /home/eve/.ssh/authorized_keys', ['accounts.broken-key warn']],
    ['a private key', 'broken secret 1 /root/.ssh/authorized_keys', ['accounts.broken-key stop']],
  ])('case 35: %s among those that let in', (_, line, expected) => {
    expect(seen(accounts, probed(`${told({})}${line}\n`), context)).toEqual(expected);
  });

  it('is said of each, by name', () => {
    const stdout = `${done}${told({ name: 'eve', status: 'NP' })}${told({ name: 'bob', status: 'NP' })}`;
    expect(accounts.see(probed(stdout), context).findings.map(({ summary }) => summary)).toEqual([
      'The account eve has an empty password.',
      'The account bob has an empty password.',
    ]);
  });
});
