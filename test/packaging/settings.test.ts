import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { expectFailure } from '../e2e/before-after.js';
import type { Output } from '../e2e/ground.js';

/** Nobody is at this address (RFC 5737), and nobody is asked. */
const SERVER = { server: { address: '192.0.2.1', rootPassword: 'the-password-of-root' } };

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'broker-setup-settings-'));
  const settings = {
    version: 1,
    server: SERVER.server.address,
    domain: 'mqtt.rehearsal.test',
    broker: { kind: 'mosquitto' },
    key: { file: join(home, 'key') },
    certificate: { agree_terms: true, directory: 'https://192.0.2.2:14000/dir' },
  };
  await writeFile(join(home, 'broker.yaml'), stringify(settings));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Runs the program as it is installed from its package. */
async function run(args: string[]): Promise<Output> {
  const program = join(inject('packed').installed, 'bin/broker-setup.js');
  const { exitCode, stdout, stderr } = await execa('node', [program, ...args], {
    cwd: home,
    env: { HOME: home, BROKER_SETUP_LOGIN_PASSWORD: SERVER.server.rootPassword, NO_COLOR: '1' },
    reject: false,
    stdin: 'ignore',
  });
  return { exitCode, stdout, stderr };
}

/** A run that is agreed to beforehand. */
const init = (args: string[]) => run(['init', '--yes', '--host-key', `SHA256:${'A'.repeat(43)}`, ...args]);

describe('settings, before anything is asked of the network', () => {
  it('names every missing setting at once', async () => {
    await writeFile(join(home, 'empty.yaml'), '');
    const output = await run(['init', '--config', 'empty.yaml', '--yes']);
    expectFailure(SERVER, output, {
      code: 2,
      says: [
        'server is missing',
        'domain is missing',
        'certificate.agree_terms is missing',
        '--agree-terms',
        'as first argument',
      ],
    });
  });

  it.each([
    ['user.name=a b', 'user.name is "a b", but must be a user name'],
    ['user.name=$(reboot)', 'user.name is "$(reboot)", but must be a user name'],
    ['user.name=root', 'must not be an account that the system uses itself'],
    ['domain=mqtt.example.org\nreboot', 'domain is "mqtt.example.org\\u000areboot", but must be'],
    ["hostname='; reboot #", `hostname is "'; reboot #", but must be`],
    ['server=-oProxyCommand=reboot', 'server is "-oProxyCommand=reboot", but must be an address'],
    ['login.port=70000', 'login.port is 70000, but must be a number from 1 to 65535'],
    ['login.port=ssh', 'login.port is "ssh", but must be a number'],
    ['exposure=all', 'exposure is "all", but must be one of: encrypted, guide'],
    ['certificate.directory=http://ca.example.org', 'must be an https:// address'],
    ['certificate.email=nobody', 'certificate.email is "nobody", but must be an e-mail address'],
    ['device.name=a:b', 'device.name is "a:b", but must be'],
    ['usr.name=ada', '"usr.name" is no setting; did you mean user.name?'],
    ['user.name', '--set "user.name" must have the form PATH=VALUE'],
  ])('--set %j', async (pair, message) => {
    expectFailure(SERVER, await init(['--set', pair]), { code: 2, says: [message] });
  });

  it('shows only the beginning of a value of 10 KB', async () => {
    const output = await init(['--set', `user.name=${'x'.repeat(10_000)}`]);
    expectFailure(SERVER, output, {
      code: 2,
      says: ['user.name is "xxxxx', 'but must be a user name of at most 32'],
    });
    expect(output.stderr.length).toBeLessThan(1000);
  });

  it('never shows the value of something that looks like a secret', async () => {
    const output = await init(['--set', 'login.password=hunter2hunter2']);
    expectFailure(SERVER, output, {
      code: 2,
      says: ['BROKER_SETUP_LOGIN_PASSWORD'],
      secrets: ['hunter2hunter2'],
    });
  });

  it('names file, line and column of broken YAML', async () => {
    await writeFile(join(home, 'broken.yaml'), 'server: 203.0.113.7\nuser:\n  name: "ada\n');
    const output = await run(['init', '--config', 'broken.yaml', '--yes']);
    expectFailure(SERVER, output, {
      code: 2,
      says: ['broken.yaml is not valid YAML', /broken\.yaml, line [34], column \d+/],
    });
  });

  it('names a settings file that is not there', async () => {
    const output = await run(['init', '--config', 'nowhere.yaml', '--yes']);
    expectFailure(SERVER, output, { code: 2, says: ['nowhere.yaml cannot be read: there is no such file'] });
  });

  it('names a bundle of roots that is not there, or none', async () => {
    const missing = await init(['--set', 'certificate.ca_bundle=/nowhere.pem']);
    expectFailure(SERVER, missing, {
      code: 2,
      says: ['certificate.ca_bundle is "/nowhere.pem"', 'there is no such file'],
    });
    const other = await init(['--set', 'certificate.ca_bundle=broker.yaml']);
    expectFailure(SERVER, other, { code: 2, says: ['it must be a PEM file'] });
  });
});
