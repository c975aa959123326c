import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseTransport, type HopFacts, sharesNothing } from '../../../src/host/ssh/transport.js';
import { hopFacts } from '../../../src/host/ssh/transport-facts.js';
import { scratch, startServer } from '../server.js';

type Option = readonly [string, string];
const hop = (more: Partial<HopFacts> = {}, target: Partial<HopFacts['target']> = {}): HopFacts => ({
  keys: [],
  certificates: [],
  agent: [],
  known: [],
  ...more,
  target: { name: 'box', proxyCommand: undefined, sshOptions: [], identitiesOnly: false, ...target },
});
const plain = { file: '/k/id', type: 'ssh-ed25519' };
const hardware = { file: '/k/sk', type: 'sk-ssh-ed25519@openssh.com' };
const options = (...sshOptions: Option[]) => hop({}, { sshOptions });
const authority = { type: 'ssh-ed25519', base64: 'A', marker: 'cert-authority' as const };

describe('which transport carries a connection', () => {
  it.each<[string, HopFacts[], RegExp | undefined]>([
    ['nothing special', [hop({ keys: [plain], agent: ['ssh-rsa'] })], undefined],
    ['a jump host', [hop(), hop({ keys: [plain] })], undefined],
    ['a ProxyCommand', [hop({}, { proxyCommand: 'nc %h %p' })], /box through a ProxyCommand/],
    ['a ProxyCommand of a jump host', [hop({}, { name: 'gate', proxyCommand: 'nc' }), hop()], /gate through/],
    [
      'a certificate',
      [hop({ keys: [plain], certificates: ['/k/id-cert.pub'] })],
      /certificate .*\/k\/id-cert\.pub/,
    ],
    ['a key on a security key', [hop({ keys: [plain, hardware] })], /\/k\/sk is on a security key/],
    [
      'an agent with nothing else',
      [hop({ agent: [hardware.type] })],
      /agent holds only keys of a security key/,
    ],
    ['an agent with another key', [hop({ agent: [hardware.type, 'ssh-rsa'] })], undefined],
    ['the same beside a key file', [hop({ keys: [plain], agent: [hardware.type] })], undefined],
    ['an agent that is not asked', [hop({ agent: [hardware.type] }, { identitiesOnly: true })], undefined],
    ['a smart card', [options(['pkcs11provider', '/usr/lib/card.so'])], /sets PKCS11Provider/],
    ['an address to come from', [options(['bindaddress', '192.0.2.1'])], /sets BindAddress/],
    ['a program that knows host keys', [options(['knownhostscommand', 'x'])], /KnownHostsCommand/],
    [
      'post-quantum only',
      [options(['kexalgorithms', 'mlkem768x25519-sha256,sntrup761x25519-sha512'])],
      /post-quantum/,
    ],
    [
      'post-quantum first',
      [options(['kexalgorithms', 'mlkem768x25519-sha256,curve25519-sha256'])],
      undefined,
    ],
    ['host certificates', [hop({ known: [authority] })], /by a certificate authority/],
    [
      'host certificates beside a key',
      [hop({ known: [authority, { type: 'ssh-rsa', base64: 'B' }] })],
      undefined,
    ],
  ])('%s', (_what, hops, why) => {
    const chosen = chooseTransport('auto', 'linux', hops);
    expect(chosen.transport).toBe(why === undefined ? 'node' : 'openssh');
    if (why === undefined) expect(chosen.why).toBeUndefined();
    else expect(chosen.why).toMatch(why);
    // Windows' ssh has no ControlMaster, and what was asked for is done.
    expect(chooseTransport('auto', 'win32', hops).transport).toBe('node');
    expect(chooseTransport('node', 'linux', hops).transport).toBe('node');
    expect(chooseTransport('openssh', 'linux', hops)).toEqual({ transport: 'openssh', why: undefined });
  });

  it.each<[string, string, boolean]>([
    ['handshake-failed', 'Handshake failed: no matching key exchange algorithm', true],
    ['handshake-failed', 'Protocol version mismatch', false],
    ['unreachable', 'no matching', false],
  ])('after %s: %s', (code, message, expected) => {
    expect(sharesNothing({ code, cause: new Error(message) })).toBe(expected);
  });
});

describe('what lies on this computer', () => {
  const box = scratch();
  afterEach(() => box.remove());

  it('is told of each file: its kind, and the certificate beside it', async () => {
    mkdirSync(box.directory, { recursive: true });
    const file = (name: string) => join(box.directory, name);
    const ed25519 = box.key('plain');
    const locked = box.key('locked', 'open sesame');
    writeFileSync(`${locked.file}.pub`, '');
    writeFileSync(file('sk.pub'), 'sk-ecdsa-sha2-nistp256@openssh.com AAAA me\n');
    writeFileSync(`${ed25519.file}-cert.pub`, 'ssh-ed25519-cert-v01@openssh.com AAAA\n');
    const server = await startServer();
    await server.close();
    const identityFiles = [ed25519.file, file('sk'), file('none')];
    const [facts] = await hopFacts(server.target({ identityFiles }), [locked.file], () =>
      Promise.resolve([authority]),
    );
    expect(facts).toMatchObject({
      keys: [
        { file: ed25519.file, type: 'ssh-ed25519' },
        { file: file('sk'), type: 'sk-ecdsa-sha2-nistp256@openssh.com' },
        { file: locked.file, type: 'ssh-ed25519' },
      ],
      certificates: [`${ed25519.file}-cert.pub`],
      agent: [],
      known: [authority],
    });
  });
});
