import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fetchPackage,
  installFile,
  installFromRepository,
  packagePath,
} from '../../../src/brokers/emqx/package.js';
import { type Stubs, stubs } from './stubs.js';

const CACHE = '/var/cache/broker-setup';
const CONTENT = 'a package\n';
const SHA = createHash('sha256').update(CONTENT).digest('hex');

let server: Stubs;
beforeEach(() => {
  server = stubs('systemctl', 'apt-get');
  server.stub('systemctl', 'case "$*" in *is-failed*) exit 1 ;; esac');
  server.stub('dpkg', 'echo amd64');
  server.stub('dpkg-query', `[ ! -e '${server.root}/installed' ] || echo installed`);
});
afterEach(() => server.remove());

/** EMQX is there already, in whatever version. */
const known = () => writeFileSync(join(server.root, 'installed'), '');
/** apt, after which dpkg knows the package. */
const apt = () =>
  server.stub(
    'apt-get',
    `case "$*" in
  -s*) ;;
  *' install '*) touch '${server.root}/installed' ;;
esac`,
  );
/** What was done to the service and to packages, in order; the trial of apt left out. */
const done = () =>
  server.calls().flatMap((call) => {
    if (call.startsWith('systemctl ')) return call.includes('is-failed') ? [] : [call];
    return / install /.test(call) && !call.startsWith('apt-get -s') ? ['install'] : [];
  });
const STOP = 'systemctl stop emqx.service';
const DISABLE = 'systemctl disable emqx.service';

const deb = () => join(server.root, packagePath(SHA));
const installs = () => server.calls().filter((call) => /^apt-get (?!-s).* install /.test(call));

/** A file that dpkg-deb says this of. */
function lay(fields: Partial<Record<'Package' | 'Version' | 'Architecture', string>>): void {
  mkdirSync(join(server.root, CACHE), { recursive: true });
  writeFileSync(deb(), CONTENT);
  const all = { Package: 'emqx', Version: '5.8.9', Architecture: 'amd64', ...fields };
  const cases = Object.entries(all).map(([name, value]) => `${name}) echo '${value}' ;;`);
  server.stub('dpkg-deb', `case $3 in ${cases.join(' ')} esac`);
}

describe('installing a file', () => {
  const install = () => server.run(installFile('5.8.9', SHA).run, CACHE);

  it.each([
    {},
    { Package: 'emqx-enterprise' },
    { Version: '5.8.9-1' },
    { Version: '5.8.9-otp26.2.5.14-1' },
    { Version: '5.8.9+debian12' },
    { Architecture: 'all' },
  ])('takes %j, keeps the service from starting with what ships, and clears up', (fields) => {
    lay(fields);
    apt();
    expect(install()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(installs()).toEqual([expect.stringContaining(` install ${deb()}`)]);
    // First a trial.
    expect(server.calls().find((call) => !call.startsWith('dpkg'))).toMatch(/^apt-get -s /);
    expect(done()).toEqual([STOP, 'install', DISABLE]);
    expect(existsSync(deb())).toBe(false);
  });

  it('leaves it to the owner whether an upgraded one is started with the server', () => {
    lay({});
    apt();
    known();
    expect(install().status).toBe(0);
    expect(done()).toEqual([STOP, 'install']);
  });

  it.each([
    [{ Package: 'nginx' }, 'The package file holds nginx, not EMQX.'],
    [{ Package: 'emqx-more' }, 'The package file holds emqx-more, not EMQX.'],
    [{ Package: '' }, 'The package file is damaged: dpkg cannot read it.'],
    [{ Version: '5.8.8' }, 'The package file holds EMQX 5.8.8, but broker.version is 5.8.9.'],
    [{ Version: '5.8.90' }, 'The package file holds EMQX 5.8.90, but broker.version is 5.8.9.'],
    [{ Version: '15.8.9' }, 'The package file holds EMQX 15.8.9, but broker.version is 5.8.9.'],
    [{ Architecture: 'arm64' }, 'The package file is made for arm64, but this server is amd64.'],
  ])('refuses %j', (fields, message) => {
    lay(fields);
    const { status, stdout } = install();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^broker-setup: .*\nbroker-setup: .+\n$/);
    expect(stdout).toContain(`broker-setup: ${message}\n`);
    expect(installs()).toEqual([]);
  });

  it('refuses what is made for another release, and names what is missing', () => {
    lay({});
    server.stub(
      'apt-get',
      'echo "Reading package lists..."; echo " emqx : Depends: libssl1.1 but it is not installable"; exit 100',
    );
    const { status, stdout, stderr } = install();
    expect(status).toBe(1);
    expect(stdout).toContain('broker-setup: The package file is not made for this release of the system');
    expect(stderr).toMatch(/ emqx : Depends: libssl1.1 but it is not installable\n$/);
    expect(installs()).toEqual([]);
  });

  it('keeps the file where apt fails, so that it need not be sent again', () => {
    lay({});
    server.stub('apt-get', '[ "$1" = -s ]');
    const { status, stdout } = install();
    expect([status, existsSync(deb())]).toEqual([1, true]);
    expect(stdout).toContain('broker-setup: Installing EMQX failed; what apt said is below.\n');
  });
});

describe('fetching a file', () => {
  const url = 'https://example.org/emqx.deb';
  const fetch = () => server.run(fetchPackage(url, SHA).run, CACHE);
  const answer = (content: string) =>
    server.stub('curl', `while [ "$1" != -o ]; do shift; done; printf '${content}' >"$2"`);

  it('lays it down where it is what it must be', () => {
    answer(CONTENT.replace('\n', '\\n'));
    expect(fetch()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(deb(), 'utf8')).toBe(CONTENT);
    expect(server.calls()).toEqual([
      expect.stringMatching(/--proto =https .* https:\/\/example\.org\/emqx\.deb$/),
    ]);
  });

  it('throws away what is something else, and says what came', () => {
    answer('another');
    const { status, stdout } = fetch();
    expect(status).toBe(1);
    const came = createHash('sha256').update('another').digest('hex');
    expect(stdout).toContain(
      `broker-setup: The package file has the SHA-256 ${came}, not the one of broker.sha256.\n`,
    );
    expect([existsSync(deb()), existsSync(`${deb()}.part`)]).toEqual([false, false]);
  });

  it('says where it could not be fetched from', () => {
    server.stub('curl', 'exit 22');
    const { status, stdout } = fetch();
    expect(status).toBe(1);
    expect(stdout).toContain(`broker-setup: The package file could not be fetched from ${url}.\n`);
    expect(existsSync(deb())).toBe(false);
  });
});

describe('installing from the repository', () => {
  const install = () => server.run(installFromRepository('4.4.19').run);
  const offers = (...versions: string[]) =>
    server.stub(
      'apt-cache',
      versions.map((one) => `echo '      emqx | ${one} | https://packagecloud.io x'`).join('\n'),
    );

  it.each([
    ['4.4.19', '4.4.19'],
    ['4.4.19-otp24.3.4.2-1', '4.4.19-otp24.3.4.2-1'],
  ])('takes exactly that version, as %s', (offered, taken) => {
    offers('5.8.9', '4.4.190', offered, '4.4.1');
    expect(install().status).toBe(0);
    expect(installs()).toEqual([expect.stringMatching(new RegExp(` install emqx=${taken}$`))]);
  });

  it.each([
    ['is not there, it is not started with the server yet', () => {}, [STOP, 'install', DISABLE]],
    ['is there, that stays as it is', known, [STOP, 'install']],
  ])('where EMQX %s', (_, before, expected) => {
    offers('4.4.19');
    before();
    apt();
    expect(install().status).toBe(0);
    expect(done()).toEqual(expected);
  });

  it('takes no other one', () => {
    offers('5.8.9', '4.4.18');
    const { status, stdout } = install();
    expect(status).toBe(1);
    expect(stdout).toContain('broker-setup: The repository of EMQX holds no emqx 4.4.19 for this server.\n');
    expect(installs()).toEqual([]);
  });

  it('says where the repository cannot be read', () => {
    server.stub('apt-get', 'exit 100');
    const { status, stdout } = install();
    expect(status).toBe(1);
    expect(stdout).toContain(
      'broker-setup: The repository of EMQX (https://packagecloud.io/emqx/emqx) could not be read',
    );
  });
});
