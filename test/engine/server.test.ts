import { describe, expect, it } from 'vitest';
import { parseServer } from '../../src/engine/server.js';
import { fixture } from '../context.js';

const parse = (stdout: string) => parseServer({ code: 0, stdout }, 'root', '203.0.113.7');
const system = (id: string, version: string) =>
  `ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${id} ${version}"\nINIT=systemd\n`;

describe('the server', () => {
  it('is read from a real Debian 13', () => {
    const server = parse(fixture('server', 'trixie-fresh'));
    expect(server).toMatchObject({
      id: 'debian',
      version: '13',
      codename: 'trixie',
      arch: 'amd64',
      reached: ['203.0.113.7'],
    });
    expect(server.addresses).toEqual(['10.213.6.10', 'fd62:7372:0:6::10']);
    expect(server.hostKeys.map((line) => line.split(' ')[0])).toEqual([
      'ecdsa-sha2-nistp256',
      'ssh-ed25519',
      'ssh-rsa',
    ]);
  });

  it('has only addresses and keys that are such', () => {
    const more = [
      'ADDRESS=evil',
      'ADDRESS=2001:db8::7/64',
      'HOSTKEY=ssh-rsa AAAA',
      'HOSTKEY=@revoked x\u001b[2J',
    ];
    const server = parse(`${system('debian', '12')}${more.join('\n')}`);
    expect(server.addresses).toEqual(['2001:db8::7']);
    expect(server.hostKeys).toEqual(['ssh-rsa AAAA']);
  });

  it.each([
    ['debian', '12'],
    ['debian', '13'],
    ['ubuntu', '20.04'],
    ['ubuntu', '22.04'],
    ['ubuntu', '25.10'],
    ['ubuntu', '26.04'],
  ])('%s %s is supported', (id, version) => {
    expect(parse(system(id, version)).version).toBe(version);
  });

  it.each([
    ['debian', '11'],
    ['debian', '14'],
    ['debian', ''],
    ['ubuntu', '18.04'],
    ['ubuntu', '26.10'],
    ['fedora', '44'],
    ['', ''],
  ])('%s %s is refused, and nothing was changed', (id, version) => {
    expect(() => parse(system(id, version))).toThrow('which broker-setup does not know');
  });

  it('is refused without systemd, or without any answer', () => {
    expect(() => parse(system('debian', '12').replace('INIT=systemd', ''))).toThrow('does not run systemd');
    expect(() => parseServer(undefined, 'root', '203.0.113.7')).toThrow('an unknown system');
  });
});
