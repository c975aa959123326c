import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../../../../src/brokers/emqx/repository.js';
import { LAST_FREE } from '../../../../src/settings/emqx-versions.js';
import { buildStandIn } from '../../../emqx-stand-in/build.js';
import { expectFailure } from '../../before-after.js';
import { repositoryOf, type Signer, signer } from '../../emqx/repository.js';
import { serve, type Web } from '../../emqx/web.js';
import { type Ground, hostKeyOf } from '../../ground.js';
import { packaged } from '../../snapshot.js';

/** Of the same line, so that apt would take it by itself. */
const NEWER = '5.8.11';

describe('a stand-in for the vendor’s repository', () => {
  let on: Ground;
  let web: Web;
  let vendor: Signer;
  let stranger: Signer;
  let folder: string;
  let hostKey: string;

  const url = new URL(repository(LAST_FREE).url);
  const broker = { kind: 'emqx', version: LAST_FREE };
  const init = (args: string[] = []) => on.run(['init', '--yes', '--host-key', hostKey, ...args]);
  const yaml = () => readFile(join(on.home, 'broker.yaml'), 'utf8');

  async function publish(by: Signer): Promise<void> {
    const debs = await Promise.all([LAST_FREE, NEWER].map((version) => buildStandIn(version, folder)));
    web.files.set(`${url.pathname}/gpgkey`, by.key);
    for (const [path, content] of await repositoryOf(debs, by))
      web.files.set(`${url.pathname}/debian${path}`, content);
  }

  beforeAll(async () => {
    on = await packaged('bookworm');
    hostKey = await hostKeyOf(on);
    folder = await mkdtemp(join(tmpdir(), 'emqx-repository-'));
    [vendor, stranger] = await Promise.all([signer(), signer()]);
    web = await serve(on, url.hostname, 443);
    await publish(vendor);
    await on.configure({ broker });
  });
  afterAll(async () => {
    await web?.close();
    await on?.down();
    await Promise.all([vendor?.forget(), stranger?.forget(), rm(folder, { recursive: true, force: true })]);
  });

  it('is added with its key, which is shown and kept at first use', async () => {
    const first = await init();
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stdout).toContain(vendor.fingerprint);
    expect(await yaml()).toContain(`repository_key: ${vendor.fingerprint}`);
    expect(await on.inside('cat /etc/apt/sources.list.d/broker-setup-emqx.list')).toMatch(
      /^deb \[arch=\w+ signed-by=\/etc\/apt\/keyrings\/broker-setup-emqx\.asc\] https:\/\/\S+ bookworm main$/m,
    );
    expect(await on.inside('dpkg-query -W emqx')).toBe(`emqx\t${LAST_FREE}\n`);
    expect((await init()).stdout).toContain('Nothing to do');
  });

  it('case 64: has a newer version, to which nothing jumps by itself', async () => {
    await on.inside('apt-get -q update >/dev/null');
    expect(await on.inside('apt-cache policy emqx')).toContain(NEWER);
    expect(await on.inside('apt-get -s upgrade; apt-get -s dist-upgrade')).not.toContain('Inst emqx');
    expect((await init()).stdout).toContain('Nothing to do');
  });

  it('case 22: lacks a version: said, and the one that runs goes on', async () => {
    const before = await on.inside('pgrep -o -x beam.smp');
    expectFailure(on, await init(['--set', 'broker.version=5.8.10']), {
      code: 1,
      says: ['holds no emqx 5.8.10 for this server', 'Choose another broker.version'],
    });
    expect(await on.inside('pgrep -o -x beam.smp')).toBe(before);
  });

  it('suddenly has another key: nothing is installed', async () => {
    await publish(stranger);
    await on.inside('rm /etc/apt/sources.list.d/broker-setup-emqx.list');
    const output = await init(['--set', `broker.version=${NEWER}`]);
    expectFailure(on, output, {
      code: 1,
      says: [stranger.fingerprint, `broker.repository_key is ${vendor.fingerprint}`, 'Nothing was installed'],
    });
    expect(await on.inside('dpkg-query -W emqx')).toBe(`emqx\t${LAST_FREE}\n`);
  });

  it('is signed by somebody else than its key says: apt does not believe it', async () => {
    web.files.set(`${url.pathname}/gpgkey`, vendor.key);
    expectFailure(on, await init(['--set', `broker.version=${NEWER}`]), {
      code: 1,
      says: ['could not be read', 'InRelease'],
    });
    expect(await on.inside('dpkg-query -W emqx')).toBe(`emqx\t${LAST_FREE}\n`);
  });

  it('upgrades when broker.version says so, and keeps the accounts', async () => {
    await publish(vendor);
    const output = await init(['--set', `broker.version=${NEWER}`]);
    expect(output.exitCode, output.stderr).toBe(0);
    expect(output.stdout).toContain(`Replace EMQX ${LAST_FREE} with ${NEWER}`);
    expect(output.stdout).not.toContain('Keep these, they are shown only this once');
    expect(await on.inside('dpkg-query -W emqx')).toBe(`emqx\t${NEWER}\n`);
    expect((await init()).stdout).toContain('Nothing to do');
  });
});
