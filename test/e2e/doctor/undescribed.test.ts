import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quote } from 'shlex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesNothing } from '../before-after.js';
import { type Ground, ground, hostKeyOf } from '../ground.js';
import { makeKey } from '../resident.js';
import { BARE, BARE_DESCRIBED, GUIDE } from './expected.js';
import { idsIn, idsOf, reportOf } from './report-of.js';

const GUIDE_SCRIPT = fileURLToPath(new URL('../../../bench/peers/guide.sh', import.meta.url));

describe('doctor on a server that init never touched', () => {
  let on: Ground;
  let hostKey: string;
  beforeAll(async () => {
    on = await ground('bookworm');
    hostKey = await hostKeyOf(on);
  });
  afterAll(() => on?.down());

  it.each(BARE_DESCRIBED)('finds %s, where a broker.yaml says what it is to be', async (_, args, found) => {
    const given = args.map((arg) => arg.replace('HOME', on.home));
    if (found.includes('ssh-keys.type')) await makeKey(on, 'ecdsa', { type: 'ecdsa' });
    const report = reportOf(await on.run(['doctor', '--json', '--host-key', hostKey, ...given]));
    expect(idsOf(report)).toEqual(expect.arrayContaining([...found]));
  });

  it('a bare one: says what is wrong with any server, and what init would do', async () => {
    await rm(join(on.home, 'broker.yaml'));
    const output = await changesNothing(on, () => on.run(['doctor', on.server.address, '--json']));
    const report = reportOf(output);
    expect(output.exitCode).toBe(1);
    expect(report.domain).toBeUndefined();
    expect({
      problem: idsIn(report, 'problem'),
      warning: idsIn(report, 'warning'),
      unknown: idsIn(report, 'unknown'),
    }).toEqual(BARE);
    const text = (await on.run(['doctor', on.server.address])).stdout;
    expect(text).toContain(`broker-setup init ${on.server.address}`);
    expect(text).not.toContain('--fix');
    expect(await on.run(['doctor', on.server.address, '--fix', '--yes'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Nobody has said what this server is to be'),
    });
  });

  it('one that was set up by hand after the guide: names what is wrong with it, and nothing else', async () => {
    const key = await makeKey(on, 'ada');
    const ca = await readFile(on.server.acme.caBundle, 'base64');
    const variables = {
      NAME: 'mqtt',
      DOMAIN: on.server.domain,
      ADMIN: 'ada',
      PUBLIC_KEY: key.line,
      ACME_DIRECTORY: on.server.acme.directory,
      REQUESTS_CA_BUNDLE: '/etc/rehearsal-ca.pem',
      DEVICE_PASSWORD: 'a-password-of-the-test',
    };
    const assignments = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
    const script = await readFile(GUIDE_SCRIPT, 'base64');
    // The logins that the tests above had refused: the guide's fail2ban would count them when it starts.
    await on.inside('journalctl -q --rotate --vacuum-time=1s');
    await on.inside(`echo ${ca} | base64 -d >/etc/rehearsal-ca.pem
${assignments.join('\n')}
echo ${script} | base64 -d | bash`);
    const given = {
      'login.key': key.file,
      'certificate.resolver': on.server.resolver,
      'certificate.ca_bundle': on.server.acme.caBundle,
    };
    const set = Object.entries(given).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const report = reportOf(await on.run(['doctor', `ada@${on.server.address}`, '--json', ...set]));
    expect(report.domain).toBe(on.server.domain);
    expect({
      problem: idsIn(report, 'problem'),
      warning: idsIn(report, 'warning'),
      unknown: idsIn(report, 'unknown'),
    }).toEqual(GUIDE);
  });
});
