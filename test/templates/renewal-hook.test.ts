import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mosquitto } from '../../src/brokers/mosquitto.js';
import { lookAtPort } from '../../src/proofs/port.js';
import { sh } from '../../src/sh.js';
import { askPort, renewalHook } from '../../src/templates/renewal-hook.js';

/** The hook is run by a real sh on a tree of its own; openssl s_server stands in for the broker. */
let root: string;
let ports: number[];
let servers: ChildProcess[] = [];
const domain = 'mqtt.example.org';
const at = (path: string) => join(root, path);
const live = `etc/letsencrypt/live/${domain}`;
const copies = 'etc/mosquitto/certs';

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

function newCertificate(): void {
  mkdirSync(at(live), { recursive: true });
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-nodes',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-subj',
        `/CN=${domain}`,
      ],
      ...['-keyout', at(`${live}/privkey.pem`), '-out', at(`${live}/fullchain.pem`)],
    ],
    { stdio: 'pipe' },
  );
}

const stopServers = () => {
  for (const server of servers) server.kill('SIGKILL');
  servers = [];
};

async function serve(): Promise<void> {
  stopServers();
  servers = ports.map((port) =>
    spawn(
      'openssl',
      [
        's_server',
        '-quiet',
        '-accept',
        `127.0.0.1:${port}`,
        '-cert',
        at(`${copies}/fullchain.pem`),
        '-key',
        at(`${copies}/privkey.pem`),
      ],
      { stdio: ['pipe', 'ignore', 'ignore'] },
    ),
  );
  for (const port of ports)
    while ((await lookAtPort('127.0.0.1', port)) !== 'open')
      await new Promise((resolve) => setTimeout(resolve, 30));
}

function lay(takeCertificate: string): void {
  const { username } = userInfo();
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
  const certificate = {
    directory: at(copies),
    fullchain: at(`${copies}/fullchain.pem`),
    privkey: at(`${copies}/privkey.pem`),
    owner: username,
    group,
    reader: username,
  };
  const broker = {
    title: 'Mosquitto',
    certificate,
    takeCertificate: { run: takeCertificate, show: takeCertificate },
    ready: sh`true`,
  };
  const script = renewalHook(broker, domain, ports.map(String))
    .replaceAll('/etc/letsencrypt', at('etc/letsencrypt'))
    .replaceAll('/var/log', at('var/log'))
    .replace('-le 15', '-le 2')
    .replace('sleep 1', 'sleep 0.1')
    .replace(/^PATH=.*$/m, `PATH=${at('bin')}:$PATH`);
  writeFileSync(at('hook'), script);
  chmodSync(at('hook'), 0o755);
}

/** Restarts the servers like a broker: the hook's shell asks for it by a file, since they belong to this process. */
const TAKE = () => `touch '${at('restart')}'; while [ -e '${at('restart')}' ]; do sleep 0.05; done`;

async function run(
  environment: Record<string, string> = {},
): Promise<{ status: number | null; stderr: string }> {
  const child = spawn('sh', [at('hook')], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let status: number | null | undefined;
  void ended.then((code) => (status = code));
  while (status === undefined) {
    if (existsSync(at('restart'))) {
      await serve();
      rmSync(at('restart'));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { status, stderr };
}

const log = () => readFileSync(at('var/log/broker-setup/renewal.log'), 'utf8').trim().split('\n');
const fingerprint = () =>
  execFileSync('openssl', ['x509', '-in', at(`${live}/fullchain.pem`), '-noout', '-fingerprint', '-sha256'], {
    encoding: 'utf8',
  })
    .trim()
    .split('=')[1];

beforeAll(() => {
  expect(spawnSync('openssl', ['version']).status).toBe(0);
});
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'hook-'));
  mkdirSync(at('bin'));
  writeFileSync(at('bin/logger'), '#!/bin/sh\n');
  chmodSync(at('bin/logger'), 0o755);
  ports = [await freePort(), await freePort()];
  newCertificate();
  lay(TAKE());
});
afterEach(() => {
  stopServers();
  rmSync(root, { recursive: true });
});

describe('the deploy hook', { timeout: 30_000 }, () => {
  it('case 50: copies, makes the broker take it, and proves that each port presents it', async () => {
    expect(await run({ RENEWED_LINEAGE: at(live), RENEWED_DOMAINS: domain })).toEqual({
      status: 0,
      stderr: '',
    });
    expect(readFileSync(at(`${copies}/privkey.pem`))).toEqual(readFileSync(at(`${live}/privkey.pem`)));
    expect(readFileSync(at(`${copies}/fullchain.pem`))).toEqual(readFileSync(at(`${live}/fullchain.pem`)));
    expect(statSync(at(`${copies}/privkey.pem`)).mode & 0o777).toBe(0o640);
    expect(readdirSync(at(copies)).sort()).toEqual(['fullchain.pem', 'privkey.pem']);
    expect(log()).toEqual([
      expect.stringMatching(new RegExp(`^\\S+Z \\S+/${domain} ok sha256=${fingerprint()}$`)),
    ]);
  });

  it('takes a renewed certificate, with new modification times', async () => {
    await run();
    const first = statSync(at(`${copies}/fullchain.pem`)).mtimeMs;
    newCertificate();
    expect((await run({ RENEWED_LINEAGE: at(live) })).status).toBe(0);
    expect(log().at(-1)).toContain(`ok sha256=${fingerprint()}`);
    expect(statSync(at(`${copies}/fullchain.pem`)).mtimeMs).toBeGreaterThan(first);
  });

  it('disturbs nobody where nothing is new', async () => {
    await run();
    lay(`touch '${at('disturbed')}'`);
    expect((await run()).status).toBe(0);
    expect(existsSync(at('disturbed'))).toBe(false);
    expect(log()).toHaveLength(2);
  });

  it('leaves other certificates alone', async () => {
    expect((await run({ RENEWED_LINEAGE: at('etc/letsencrypt/live/other.example.org') })).status).toBe(0);
    expect(existsSync(at(copies))).toBe(false);
  });

  it('cases 51, 60: fails and says so when a port goes on presenting the old one', async () => {
    await run();
    newCertificate();
    lay('true');
    const { status, stderr } = await run();
    expect(status).toBe(1);
    expect(stderr).toBe(`broker-setup: port ${ports.join(' ')} does not present the new certificate\n`);
    expect(log().at(-1)).toContain(`FAILED: port ${ports.join(' ')} does not present`);
  });

  it.each([
    ['the broker does not come up', () => lay('false'), 'Mosquitto did not come up with the new certificate'],
    [
      'there is no certificate',
      () => rmSync(at(live), { recursive: true }),
      'there is no certificate that could be read',
    ],
    ['there is no key', () => rmSync(at(`${live}/privkey.pem`)), 'the new certificate could not be copied'],
  ])('fails where %s', async (_, spoil, complaint) => {
    spoil();
    const { status, stderr } = await run();
    expect(status).toBe(1);
    expect(stderr).toContain(`broker-setup: ${complaint}\n`);
    expect(log().at(-1)).toContain(`FAILED: ${complaint}`);
  });
});

it.each([
  ['8883', 's_client -no-CAfile -no-CApath -connect 127.0.0.1:8883'],
  ['5684/udp', 's_client -dtls1_2 -no-CAfile -no-CApath -connect 127.0.0.1:5684'],
])('asks %s in its own way', (port, expected) => {
  writeFileSync(at('bin/openssl'), `#!/bin/sh\necho "$*" >>'${at('asked')}'\n`);
  chmodSync(at('bin/openssl'), 0o755);
  const input = `ask() {\n${askPort(domain).run}\n}\nask '${port}'\n`;
  const env = { PATH: `${at('bin')}:${process.env.PATH ?? ''}` };
  expect(spawnSync('sh', ['-u'], { input, env }).status).toBe(0);
  expect(readFileSync(at('asked'), 'utf8')).toBe(`${expected} -servername ${domain}\n`);
});

it('is shell that a shell can read, for the real broker', () => {
  const hook = renewalHook(mosquitto, domain, ['8883', '8084', '5684/udp']);
  expect(spawnSync('sh', ['-n'], { input: hook }).status).toBe(0);
  expect(hook.split('\n')[0]).toBe('#!/bin/sh');
});
