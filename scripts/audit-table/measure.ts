import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { brokerFor } from '../../src/brokers/index.js';
import { complete } from '../../src/settings/complete.js';
import type { Settings } from '../../src/settings/schema.js';
import { sh } from '../../src/sh.js';
import { WATCH } from '../../src/watch/paths.js';
import { watchService } from '../../src/watch/units.js';
import { type Ground, ground, hostKeyOf } from '../../test/e2e/ground.js';
import { type Auditor, installed } from './auditor.js';
import { type Exposure, exposures, lynisIndex } from './inside.js';
import { KNOWN_UDP, openPorts } from './nmap.js';
import { type PolicyAudit, parsePolicy, parseSshAudit, policyFor, type SshAudit } from './ssh-audit.js';
import type { Audited, Server } from './table.js';
import { parseTestssl, type TlsAudit } from './testssl.js';

/** Boots a server, sets it up where it is not to stay fresh, and measures it from outside and then from inside. */
export async function audit(server: Server, from: Auditor): Promise<Audited> {
  const on = await ground(server.release);
  try {
    const settings = server.profile === undefined ? undefined : await setUp(on, server);
    const broker = settings && brokerFor(settings);
    const listeners =
      settings && broker ? broker.listeners(settings).filter(({ reach }) => reach === 'world') : [];
    const encrypted = listeners.filter(({ tls, transport }) => tls && transport === 'tcp');
    // The logins of ssh-audit come last, lest the server shuts the auditor out.
    const tcp = await scan(from, on, 'tcp', ['-sS', '-p-']);
    const udp = await scan(from, on, 'udp', ['-sU', '-p', KNOWN_UDP.join(',')]);
    const tls = await tlsOf(
      from,
      on,
      encrypted.map(({ port }) => port),
    );
    const { ssh, policy } = await sshOf(from, on, server);
    const units = settings && broker ? await unitsOf(on, settings) : [];
    // On the server itself, so nothing else is measured afterwards.
    const [lynis = ''] = await installed(on.server, ['lynis']);
    await on.inside('lynis audit system --quick --no-colors >/dev/null 2>&1 || true');
    return {
      ...server,
      tcp,
      udp,
      asked: { tcp: asked(listeners, 'tcp'), udp: asked(listeners, 'udp') },
      tls,
      ssh,
      policy,
      units,
      erlang: server.emqx && (await erlangOf(on)),
      lynis: { index: lynisIndex(await on.inside('cat /var/log/lynis-report.dat')), version: lynis },
    };
  } finally {
    await on.down();
  }
}

const SSH = 22;

const asked = (listeners: readonly { port: number; transport: string }[], of: 'tcp' | 'udp') =>
  [
    ...(of === 'tcp' ? [SSH] : []),
    ...listeners.filter(({ transport }) => transport === of).map(({ port }) => port),
  ].sort((a, b) => a - b);

async function setUp(on: Ground, { settings: changes }: Server): Promise<Settings> {
  await on.configure(changes);
  const run = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
  if (run.exitCode !== 0) throw new Error(`init failed:\n${run.stderr}`);
  const { settings } = {
    settings: undefined,
    ...complete(parse(await readFile(join(on.home, 'broker.yaml'), 'utf8'))),
  };
  if (!settings) throw new Error('the settings of this run are not complete');
  return settings;
}

async function scan(
  from: Auditor,
  { server }: Ground,
  of: 'tcp' | 'udp',
  what: readonly string[],
): Promise<number[]> {
  const quick = ['-n', '-Pn', '-T4', '--min-rate=5000', '--max-retries=2', '-oG', '-'];
  return openPorts(await from.run(sh`nmap ${[...what, ...quick]} ${server.address}`.run), of);
}

async function tlsOf(from: Auditor, { server }: Ground, ports: readonly number[]): Promise<TlsAudit[]> {
  if (ports.length === 0) return [];
  const folder = `/root/${server.name}`;
  await from.run(sh`mkdir -p ${folder}`.run);
  await from.bring(server.acme.caBundle, `${folder}/ca.pem`);
  const options = [
    '--quiet',
    '--color',
    '0',
    '--warnings',
    'off',
    '--add-ca',
    `${folder}/ca.pem`,
    '-n',
    'none',
  ];
  const of = async (port: number): Promise<TlsAudit> => {
    const file = `${folder}/${port}.json`;
    const what = ['--jsonfile', file, '--ip', server.address, `${server.domain}:${port}`];
    return parseTestssl(
      await from.run(sh`testssl ${[...options, ...what]} >/dev/null 2>&1; cat ${file}`.run),
      port,
    );
  };
  return Promise.all(ports.map(of));
}

async function sshOf(
  from: Auditor,
  { server }: Ground,
  { release }: Server,
): Promise<{ ssh: SshAudit; policy: PolicyAudit }> {
  const name = policyFor(release, await from.run('ssh-audit -L'));
  // The test of rates is a flood: it finds what every sshd without a limit on connections has.
  const ask = (...more: string[]) =>
    from.run(sh`ssh-audit -jj --skip-rate-test ${more} ${server.address}`.run);
  return { ssh: parseSshAudit(await ask()), policy: parsePolicy(await ask('-P', name)) };
}

/** Packages of 5.0 and newer have this file (rel/BUILD_INFO at the tags). */
async function erlangOf(on: Ground): Promise<string> {
  const told = await on.inside('cat /usr/lib/emqx/releases/*/BUILD_INFO || true');
  return /^erlang: "(.+)"$/m.exec(told)?.[1] ?? 'of an unknown version';
}

async function unitsOf(on: Ground, settings: Settings): Promise<Exposure[]> {
  const broker = brokerFor(settings);
  const watch = `/run/${WATCH.service}`;
  return exposures(
    await on.inside(
      sh`set -e; printf %s ${watchService(broker, settings)} >${watch}
systemd-analyze security --no-pager ${broker.unit}
systemd-analyze security --no-pager --offline=true ${watch}; rm ${watch}`.run,
    ),
  );
}
