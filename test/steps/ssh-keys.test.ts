import { describe, expect, it } from 'vitest';
import { sshKeys } from '../../src/steps/ssh-keys.js';
import { answering, base64, contextFor, findings, fixture, ids } from '../context.js';

const done = fixture('ssh-keys', 'bookworm-done');
const publicKey = Buffer.from(/^authorized=(.*)$/m.exec(done)?.[1] ?? '', 'base64')
  .toString()
  .trim();
const context = contextFor({ laptop: { publicKey } });

describe('ssh-keys', () => {
  it('finds nothing on a server that was set up', () => {
    expect(publicKey).toMatch(/^ssh-ed25519 /);
    expect(ids(sshKeys, done, context)).toEqual([]);
  });

  it('makes a key first; what to authorize is known only then', () => {
    const found = findings(sshKeys, '', contextFor({ settings: { key: { type: 'rsa', file: '/k' } } }));
    expect(found).toMatchObject([
      { id: 'ssh-keys.key', change: { kind: 'keygen', type: 'rsa', file: '/k' } },
    ]);
  });

  it.each([
    ['ecdsa-sha2-nistp256', ['ssh-keys.type']],
    ['ssh-dss', ['ssh-keys.type']],
    ['ssh-ed25519', []],
    ['ssh-rsa', []],
  ])('says of an own key of the type %s whether the hardened server takes it', (type, expected) => {
    const own = publicKey.replace(/^\S+/, type);
    const found = findings(sshKeys, done, contextFor({ laptop: { publicKey: own } }));
    expect(found.filter(({ level }) => level === 'stop').map(({ id }) => id)).toEqual(expected);
  });

  it.each([
    ['no file', undefined],
    ['an empty file', ''],
    ['only another key', 'ssh-ed25519 AAAAother somebody@else\n'],
    ['the key commented out', `# ${publicKey}\n`],
  ])('authorizes the key where there is %s', (_, content) => {
    const seen = answering(done, 'authorized', content === undefined ? undefined : base64(content));
    expect(ids(sshKeys, seen, context)).toEqual(['ssh-keys.authorized']);
  });

  it('takes the key for authorized whatever options and comment its line has', () => {
    const line = `from="10.0.0.0/8" ${publicKey.split(' ').slice(0, 2).join(' ')} renamed\n`;
    expect(ids(sshKeys, answering(done, 'authorized', base64(line)), context)).toEqual([]);
  });

  it.each([
    'researcher 775,researcher 700,researcher 600,',
    'researcher 755,researcher 700,researcher 666,',
    'researcher 755,nobody 700,researcher 600,',
    'researcher 755,root 700,root 600,',
    'researcher 755,root 755,root 600,',
    'root 700,researcher 700,researcher 600,',
  ])('case 35: mends what makes sshd pass over the key: %s', (modes) => {
    expect(ids(sshKeys, answering(done, 'modes', modes), context)).toEqual(['ssh-keys.modes']);
  });

  it('never makes a file that holds the keys of all accounts this one user’s own', () => {
    const shared = answering(answering(done, 'pattern', '/etc/ssh/authorized_keys'), 'authorized', undefined);
    expect(findings(sshKeys, shared, context)).toMatchObject([{ id: 'ssh-keys.shared-file', level: 'stop' }]);
    const each = answering(done, 'pattern', '/etc/ssh/keys/%u');
    expect(ids(sshKeys, each, context)).toEqual([]);
  });

  it('case 35: stops where sshd takes keys from no file', () => {
    expect(findings(sshKeys, answering(done, 'pattern', 'none'), context)).toMatchObject([
      { id: 'ssh-keys.shared-file', level: 'stop', summary: expect.stringContaining('no file at all') },
    ]);
  });

  it('case 142: leaves a link alone, and stops only where something would have to be written through it', () => {
    const link = `${done}link=/home/researcher/.ssh/authorized_keys\n`;
    expect(ids(sshKeys, link, context)).toEqual([]);
    expect(findings(sshKeys, answering(link, 'authorized', undefined), context)).toMatchObject([
      { id: 'ssh-keys.link', level: 'stop' },
    ]);
  });

  it('offers the Host entry only where one was asked for and is missing', () => {
    const asked = { settings: { key: { alias: 'mqtt' } } };
    expect(ids(sshKeys, done, contextFor({ ...asked, laptop: { publicKey, hostEntry: false } }))).toEqual([
      'ssh-keys.host-entry',
    ]);
    expect(ids(sshKeys, done, contextFor({ ...asked, laptop: { publicKey, hostEntry: true } }))).toEqual([]);
  });
});
