import { describe, expect, it } from 'vitest';
import { shutOut } from '../../../src/steps/sshd-config/shut-out.js';

const judge = (settings: Record<string, string[]>) =>
  shutOut('ada', ['ada', 'sudo'], (name) => settings[name] ?? []);

describe('who is kept out whatever the key', () => {
  it.each<[string, Record<string, string[]>]>([
    ['nobody, where nothing says so', {}],
    ['who is named', { allowusers: ['root', 'ada'] }],
    ['who fits a pattern', { allowusers: ['a?a*'] }],
    ['who may be let in from some address', { allowusers: ['ada@192.0.2.*'] }],
    ['whose group is named', { allowgroups: ['wheel', 'sud*'] }],
    ['who may be kept out from some address only', { denyusers: ['ada@192.0.2.*'] }],
    ['others', { denyusers: ['root', 'ad'], denygroups: ['games'] }],
    ['the key alone is enough', { authenticationmethods: ['publickey,password publickey'] }],
    ['anything is enough', { authenticationmethods: ['any'] }],
    ['a command keeps a record and goes on', { forcecommand: ['/usr/local/bin/record'] }],
    ['there is neither', { forcecommand: ['none'], chrootdirectory: ['none'] }],
  ])('not %s', (_, settings) => {
    expect(judge(settings)).toBeUndefined();
  });

  it.each<[string, Record<string, string[]>]>([
    ['AllowUsers', { allowusers: ['root', 'Ada'] }],
    ['DenyUsers', { allowusers: ['ada'], denyusers: ['*'] }],
    ['DenyUsers', { denyusers: ['ada@*'] }],
    ['AllowGroups', { allowusers: ['ada'], allowgroups: ['ssh-users'] }],
    ['DenyGroups', { allowgroups: ['sudo'], denygroups: ['s*'] }],
    ['AuthenticationMethods', { authenticationmethods: ['publickey,keyboard-interactive password'] }],
    ['ForceCommand', { forcecommand: ['internal-sftp -u 0002'] }],
    ['ForceCommand', { forcecommand: ['/usr/sbin/nologin'] }],
    ['ChrootDirectory', { chrootdirectory: ['/srv/%u'] }],
  ])('by %s: %o', (door, settings) => {
    expect(judge(settings)).toBe(door);
  });
});
