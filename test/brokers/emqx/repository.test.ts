import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMQX } from '../../../src/brokers/emqx/facts.js';
import { addRepository, KEYRING, SOURCE, sourceLine } from '../../../src/brokers/emqx/repository.js';
import { brokerFor } from '../../../src/brokers/index.js';
import { probed, withUnit } from '../../facts.js';
import { contextFor } from './node.js';
import { type Stubs, stubs } from './stubs.js';

const KEY = '0123456789ABCDEF0123456789ABCDEF01234567';
const SUBKEY = 'F'.repeat(40);
const system = { id: 'debian', codename: 'bookworm', arch: 'amd64' };
const line = sourceLine('5.8.9', system);

let server: Stubs;
beforeEach(() => {
  server = stubs();
  mkdirSync(join(server.root, 'etc/apt/keyrings'), { recursive: true });
  mkdirSync(join(server.root, 'etc/apt/sources.list.d'));
  server.stub('curl', 'while [ "$1" != -o ]; do shift; done; echo "a key" >"$2"');
  server.stub(
    'gpg',
    `case "$*" in
*--export*) echo 'a key' ;;
*--show-keys*) printf '%s\\n' pub:-:4096:1:89ABCDEF01234567:1500000000:::-: fpr:::::::::${KEY}: sub:-:4096:1:FFFFFFFFFFFFFFFF:1500000000: fpr:::::::::${SUBKEY}: ;;
esac`,
  );
  // Not everybody who runs the tests may give files away.
  server.stub('install', 'while [ $# -gt 2 ]; do shift; done; cat "$1" >"$2"');
});
afterEach(() => server.remove());

const add = (pinned?: string) => server.run(addRepository('5.8.9', line, pinned).run, '/etc/apt/');
const laid = () => [KEYRING, SOURCE].filter((path) => existsSync(join(server.root, path)));

describe('the line of the source', () => {
  it.each([
    ['5.8.9', 'debian', 'bookworm', 'https://packagecloud.io/emqx/emqx/debian/ bookworm main'],
    ['4.4.19', 'ubuntu', 'jammy', 'https://packagecloud.io/emqx/emqx/ubuntu/ jammy main'],
    ['6.3.1', 'ubuntu', 'noble', 'https://packagecloud.io/emqx/emqx-enterprise5/ubuntu/ noble main'],
  ])('%s on %s %s', (version, id, codename, expected) => {
    expect(sourceLine(version, { id, codename, arch: 'arm64' })).toBe(
      `deb [arch=arm64 signed-by=${KEYRING}] ${expected}`,
    );
  });
});

describe('adding the repository', () => {
  it.each([undefined, KEY])('lays down key and source; the key that must be is %s', (pinned) => {
    expect(add(pinned)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(server.root, KEYRING), 'utf8')).toBe('a key\n');
    expect(readFileSync(join(server.root, SOURCE), 'utf8')).toMatch(
      /^# .*\n# Key: [0-9A-F]{40}\ndeb .* main\n$/,
    );
    expect(readdirSync(server.root).sort()).toEqual(['bin', 'calls', 'etc']);
  });

  it('is seen by the next look, with its key', () => {
    add();
    const asking = contextFor('5.8.9');
    const { install } = brokerFor(asking.settings);
    server.stub('systemctl', ':');
    server.stub('dpkg-query', ':');
    server.stub('apt-mark', ':');
    const { stdout } = server.run(install.probe(asking).run.replace(/^/, 'set +e\n'), '/etc/apt/');
    expect(stdout).toContain(`\nkey=${KEY}\n`);
    const there = probed(withUnit(stdout.replaceAll(server.root, ''), EMQX.unit, {}));
    expect(install.see(there, asking).findings.map(({ id }) => id)).not.toContain(
      'broker-install.repository',
    );
  });

  describe('from a file with two keys', () => {
    const keys = ['one', 'two'].map((name) =>
      readFileSync(new URL(`../../fixtures/emqx-repository/${name}.asc`, import.meta.url), 'utf8'),
    );
    /** What a real gpg says of primary keys. */
    const fingerprints = (input: string) =>
      [
        ...spawnSync('gpg', ['--show-keys', '--with-colons'], { input, encoding: 'utf8' }).stdout.matchAll(
          /^fpr:+(\w+):/gm,
        ),
      ].map(([, found]) => found);
    const [first, second] = keys.flatMap(fingerprints);
    beforeEach(() => {
      rmSync(join(server.root, 'bin/gpg'));
      writeFileSync(join(server.root, 'both'), keys.join(''));
      server.stub('curl', `while [ "$1" != -o ]; do shift; done; cat '${server.root}/both' >"$2"`);
    });

    it.each([
      ['the first at first use', undefined, first],
      ['the one that must be, wherever it stands', second, second],
    ])('case 177: %s enters the keyring, and no other', (_, pinned, expected) => {
      expect(add(pinned).status).toBe(0);
      expect(fingerprints(readFileSync(join(server.root, KEYRING), 'utf8'))).toEqual([expected]);
      expect(readFileSync(join(server.root, SOURCE), 'utf8')).toContain(`# Key: ${expected}\n`);
    });

    it('neither of which is the one that must be: refused', () => {
      expect(add('E'.repeat(40)).status).toBe(1);
      expect(laid()).toEqual([]);
    });
  });

  it('refuses a key that is not the one that must be', () => {
    const { status, stdout } = add('E'.repeat(40));
    expect(status).toBe(1);
    expect(stdout).toContain(
      `The key of the repository of EMQX is ${KEY}, but broker.repository_key is ${'E'.repeat(40)}.`,
    );
    expect(laid()).toEqual([]);
  });

  it('does not take the key inside a key for it', () => {
    expect(add(SUBKEY).status).toBe(1);
    expect(laid()).toEqual([]);
  });

  it.each([
    ['what comes is no key', 'gpg', 'exit 2', 'answers is no OpenPGP key.'],
    ['nothing comes', 'curl', 'exit 6', 'could not be fetched (https://packagecloud.io/emqx/emqx/gpgkey).'],
  ])('says where %s', (_, name, behaviour, message) => {
    server.stub(name, behaviour);
    const { status, stdout } = add();
    expect(status).toBe(1);
    expect(stdout).toContain(message);
    expect(stdout).toMatch(/^broker-setup: .*\nbroker-setup: .+\n$/);
    expect(laid()).toEqual([]);
  });
});
