import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/sh.js';
import { user } from '../../src/steps/user.js';
import { answering, contextFor, findings, fixture, ids } from '../context.js';
import { withFile, withOwn, withSshd } from '../facts.js';

const context = contextFor();
const withPassword = contextFor({
  settings: { user: { name: 'researcher', sudo: 'with-password' } },
  secrets: { sudoPassword: new Secret('a longer s3cret') },
});
const done = fixture('user', 'bookworm-done');
const RULE = '/etc/sudoers.d/95-broker-setup-researcher';

describe('user', () => {
  it('is guarded: all that says who is who, and the login of this run must work afterwards', () => {
    const guard = user.guard?.(context);
    expect(guard?.paths).toEqual([RULE]);
    expect(guard?.accounts?.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow']),
    );
    expect(guard?.proofs?.map(({ id }) => id)).toEqual(['login.first']);
  });

  it('finds nothing on a server that was set up', () => {
    expect(ids(user, done, context)).toEqual([]);
  });

  it('makes the user, then the rule of sudo', () => {
    expect(ids(user, fixture('user', 'trixie-fresh'), context)).toEqual(['user.account', 'user.sudo']);
  });

  it.each([
    ['the default', '20781:99999::', false],
    ['none', '20781:::', false],
    ['switched off', '20781:-1:-1:-1', false],
    ['of sixty days', '20781:60::', true],
    ['at once', '0:99999::', true],
    ['an end of the account', '20781:99999::21000', true],
  ])('case 102: an end of account or password, %s', (_, fields, found) => {
    expect(ids(user, answering(done, 'expiry', fields), context)).toEqual(found ? ['user.expiry'] : []);
  });

  it('case 125: stops where sudo does not read the folder of its rule, and names the line', () => {
    const told = withFile(answering(done, 'drop-ins', 'passed-over'), RULE, undefined);
    expect(findings(user, told, context)).toMatchObject([
      { id: 'user.sudoers', level: 'stop', hint: expect.stringContaining('#includedir /etc/sudoers.d') },
    ]);
    expect(ids(user, told, withPassword)).not.toContain('user.sudoers');
    expect(ids(user, answering(done, 'drop-ins', 'read'), context)).toEqual([]);
  });

  it('checks the sudo rules before they are live', () => {
    const change = findings(user, withFile(done, RULE, undefined), context)[0]?.change;
    expect(change).toMatchObject({
      kind: 'write',
      activate: { run: expect.stringMatching(/visudo -c -f \S+95-broker-setup-researcher >\/dev\/null$/) },
      files: [{ mode: '0440', owner: 'root:root' }],
    });
  });

  it('puts an existing account into the group', () => {
    expect(ids(user, answering(done, 'groups', 'researcher users'), context)).toEqual(['user.group']);
  });

  it.each([
    [
      'that belongs to a program',
      'researcher:x:999:999::/srv:/usr/sbin/nologin',
      'its shell is /usr/sbin/nologin',
    ],
    ['without a home', 'researcher:x:999:999::/nonexistent:/bin/sh', 'its home is /nonexistent'],
    ['that is root under another name', 'researcher:x:0:0::/root:/bin/bash', 'root under another name'],
  ])('case 156: refuses an account %s', (_, passwd, why) => {
    expect(findings(user, answering(done, 'passwd', passwd), context)).toMatchObject([
      { id: 'user.shell', level: 'stop', summary: expect.stringContaining(why) },
    ]);
  });

  it('case 155: an account that sshd would take for locked is opened for keys, but not where somebody has locked it', () => {
    const locked = (how: string) => withOwn(withSshd(done, 'root', 'usepam', 'no'), `locked=${how}`);
    expect(findings(user, locked('bare'), context)).toMatchObject([
      { id: 'user.locked', level: 'change', change: { script: { run: "usermod -p '*' researcher" } } },
    ]);
    expect(findings(user, locked('password'), context)).toMatchObject([
      { id: 'user.locked', level: 'stop', hint: expect.stringContaining('sudo passwd -u researcher') },
    ]);
  });

  it.each([
    ['there is none', done],
    [
      'nobody may know the one that is there',
      answering(done, 'status', 'researcher P 11/22/2026 0 99999 7 -1'),
    ],
  ])('with a password: sets one where %s, and only then takes the free rule away', (_, seen) => {
    const found = findings(user, seen, withPassword);
    expect(found.map((one) => one.id)).toEqual(['user.password']);
    const change = found[0]?.change;
    expect(change?.kind === 'run' && change.script.run).toMatch(
      /researcher:a longer s3cret.* chpasswd\nrm -f \S+researcher$/,
    );
    expect(
      JSON.stringify(found.map(({ change: one }) => one?.kind === 'run' && one.script.show)),
    ).not.toContain('a longer s3cret');
  });

  it('with a password: keeps the one that is there', () => {
    const set = withFile(answering(done, 'status', 'researcher P 11/22/2026 0 99999 7 -1'), RULE, undefined);
    expect(ids(user, set, withPassword)).toEqual([]);
  });

  it.each([
    ['eleven char', 'stop'],
    ['twelve chars', 'change'],
  ])('with a password: sets none of less than twelve characters (%s)', (text, level) => {
    const given = { ...withPassword, secrets: { ...withPassword.secrets, sudoPassword: new Secret(text) } };
    const found = findings(user, withFile(done, RULE, undefined), given);
    expect(found).toMatchObject([{ id: 'user.password', level }]);
    expect(JSON.stringify(found.map(({ summary, hint }) => [summary, hint]))).not.toContain(text);
  });

  it('with a password, but none to set: says where to put it', () => {
    const none = { ...withPassword, secrets: { ...withPassword.secrets, sudoPassword: undefined } };
    expect(findings(user, withFile(done, RULE, undefined), none)).toMatchObject([
      { id: 'user.password', level: 'stop' },
    ]);
  });
});
