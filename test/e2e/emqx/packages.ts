import { mkdtemp, readdir } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { repository } from '../../../src/brokers/emqx/repository.js';
import type { Release } from '../../../src/rehearsal/index.js';
import { LAST_FREE, MAINTAINED } from '../../../src/settings/emqx-versions.js';
import { buildStandIn } from '../../emqx-stand-in/build.js';

/** An EMQX to set up, and on which release. */
export interface Emqx {
  /** What is tested; a stand-in is called one. */
  title: string;
  version: string;
  release: Release;
  /** For the block `broker` of broker.yaml. */
  broker: object;
  /** Who made the package, in words that follow “from”. */
  origin: string;
  /** Whether it is also restarted, spoiled and set up otherwise, which takes as long as all the rest. */
  thorough: boolean;
}

/** One of each family and kind: no unit, forking unit, 5.0, base.hocon, another package name; one of each family thoroughly. */
const STAND_INS: readonly (readonly [version: string, release: Release, thorough: boolean])[] = [
  ['4.3.5', 'bookworm', true],
  ['4.4.19', 'bookworm', false],
  ['5.0.26', 'bookworm', false],
  ['5.8.9', 'bookworm', true],
  ['6.2.2', 'trixie', true],
];

/** What to test with: real packages, else stand-ins. */
export async function emqxPackages(): Promise<Emqx[]> {
  const real = await realEmqx();
  return real.length > 0 ? real : standIns();
}

/** The packages in the folder EMQX_PACKAGES; else those of the vendor's repository, where it answers; else none. */
export async function realEmqx(): Promise<Emqx[]> {
  const folder = process.env.EMQX_PACKAGES;
  if (folder) return ofFolder(resolve(folder));
  if (!(await answers(repository(LAST_FREE).key))) return [];
  return [LAST_FREE, MAINTAINED].map((version) => ({
    title: `EMQX ${version} of the vendor's repository`,
    version,
    release: 'bookworm',
    broker: brokerSettings(version),
    origin: 'the vendor’s repository',
    thorough: true,
  }));
}

const standIns = (): Promise<Emqx[]> => Promise.all(STAND_INS.map((one) => standIn(...one)));

/** A stand-in for EMQX of this version. */
export async function standIn(version: string, release: Release, thorough = false): Promise<Emqx> {
  const folder = await mkdtemp(join(tmpdir(), 'emqx-stand-ins-'));
  return {
    title: `a stand-in for EMQX ${version}`,
    version,
    release,
    broker: { ...brokerSettings(version), package: await buildStandIn(version, folder) },
    origin: 'this repository',
    thorough,
  };
}

const brokerSettings = (version: string) => ({ kind: 'emqx', version, agree_licence: true });

async function ofFolder(folder: string): Promise<Emqx[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.deb')).sort();
  if (files.length === 0) throw new Error(`EMQX_PACKAGES is ${folder}, but there is no .deb in it.`);
  return Promise.all(
    files.map(async (name) => {
      const file = join(folder, name);
      const field = async (name: string) => (await execa('dpkg-deb', ['-f', file, name])).stdout;
      const said = await field('Version');
      const version = /^[\d.]+/.exec(said)?.[0] ?? said;
      const [description = ''] = (await field('Description')).split('\n');
      return {
        title: `EMQX ${version} (${name})`,
        version,
        release: name.includes('debian13') ? 'trixie' : 'bookworm',
        broker: { ...brokerSettings(version), package: file },
        origin: `a package that describes itself as “${description}”`,
        thorough: true,
      };
    }),
  );
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(url, { method: 'HEAD', timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
