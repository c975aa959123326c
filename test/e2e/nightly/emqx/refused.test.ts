import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildStandIn } from '../../../emqx-stand-in/build.js';
import { changesNothing, expectFailure, spoiled } from '../../before-after.js';
import { serve, type Web } from '../../emqx/web.js';
import { type Ground, hostKeyOf } from '../../ground.js';
import { packaged } from '../../snapshot.js';

/** With a stand-in for EMQX: what only it proves is not proved for EMQX. */
const VERSION = '4.4.19';
const CONF = '/etc/emqx/emqx.conf';

let on: Ground;
let web: Web;
let folder: string;
let hostKey: string;
let deb: string;

beforeAll(async () => {
  on = await packaged('bookworm');
  hostKey = await hostKeyOf(on);
  folder = await mkdtemp(join(tmpdir(), 'emqx-refused-'));
  deb = await buildStandIn(VERSION, folder);
  web = await serve(on, 'files.rehearsal.test', 8443);
});
afterAll(async () => {
  await web?.close();
  await on?.down();
  await rm(folder, { recursive: true, force: true });
});

const settings = (more: object) => on.configure({ broker: { kind: 'emqx', version: VERSION, ...more } });
const init = () => on.run(['init', '--yes', '--host-key', hostKey]);
const sha256 = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('nothing is changed where', () => {
  it.each([VERSION, '5.0.26'])('the vendor makes no package of %s for this release', async (version) => {
    await settings({ version });
    const says = [`EMQX ${version} is not made for Debian GNU/Linux 12`, 'The nearest that is: 5.7.2'];
    expectFailure(on, await changesNothing(on, init), { code: 1, says });
  });

  it('the file is no package', async () => {
    const file = join(folder, 'page.deb');
    await writeFile(file, '<html>404</html>');
    await settings({ package: file });
    expectFailure(on, await changesNothing(on, init), { code: 2, says: ['no Debian package'] });
  });

  it('the file has another checksum', async () => {
    await settings({ package: deb, sha256: '0'.repeat(64) });
    expectFailure(on, await changesNothing(on, init), {
      code: 2,
      says: [await sha256(deb), 'not the one of broker.sha256'],
    });
  });

  it('the server has too little memory', async () => {
    await settings({ package: deb });
    const spoil = `printf 'MemTotal: 300000 kB\\nMemAvailable: 200000 kB\\nSwapTotal: 0 kB\\n' >/root/meminfo
mount --bind /root/meminfo /proc/meminfo`;
    const output = await spoiled(on, spoil, 'umount /proc/meminfo; rm /root/meminfo', () =>
      changesNothing(on, init),
    );
    expectFailure(on, output, { code: 1, says: ['EMQX needs 352 MB', 'choose mosquitto'] });
  });

  it('another program has a port of the broker', async () => {
    await settings({ package: deb });
    const output = await spoiled(
      on,
      'systemd-run -q --unit=other python3 -m http.server 8883; sleep 1',
      'systemctl stop other',
      () => changesNothing(on, init),
    );
    expectFailure(on, output, { code: 1, says: ['Port 8883', 'python3', 'Stop that program'] });
  });
});

describe('no EMQX is installed where', () => {
  const refused = async (says: readonly (string | RegExp)[]) => {
    expectFailure(on, await init(), { code: 1, says });
    expect(await on.inside('ls /usr/bin/emqx /usr/bin/emqx_ctl 2>/dev/null || true')).toBe('');
  };

  it('the package is for another architecture', async () => {
    await settings({ package: await buildStandIn(VERSION, join(folder, 'arm'), { architecture: 'arm64' }) });
    await refused(['made for arm64, but this server is amd64', 'Take the file for amd64']);
  });

  it('case 22: the package is for another release', async () => {
    await settings({ package: await buildStandIn(VERSION, join(folder, 'old'), { depends: 'libssl1.1' }) });
    await refused(['not made for this release', /Depends: libssl1\.1/]);
  });

  it('the package is of another version', async () => {
    await settings({ package: await buildStandIn('4.3.5', join(folder, 'other')) });
    await refused(['holds EMQX 4.3.5, but broker.version is 4.4.19']);
  });

  it('case 22: the address answers 404', async () => {
    await settings({ package: `${web.origin}/emqx.deb`, sha256: await sha256(deb) });
    await refused(['could not be fetched', '404']);
  });

  it('the address has another file', async () => {
    web.files.set('/emqx.deb', await readFile(deb));
    await settings({ package: `${web.origin}/emqx.deb`, sha256: '1'.repeat(64) });
    await refused([await sha256(deb), 'Nothing was installed']);
  });

  it('the vendor’s repository cannot be reached', async () => {
    await settings({ version: '5.8.9' });
    await on.inside("echo '127.0.0.1 packagecloud.io' >>/etc/hosts");
    await refused(['key of the repository of EMQX could not be fetched', 'package file of this computer']);
  });
});

describe('EMQX as it ships is never left open where', () => {
  it('case 62: the first start fails: it does not run, and is not started with the server', async () => {
    // Starts with the files that ship, and not with ours.
    const folder = '/etc/systemd/system/emqx.service.d';
    const output = await spoiled(
      on,
      `mkdir -p ${folder}; printf '[Service]\\nExecStartPre=/bin/sh -c "! grep -q broker-setup /etc/emqx/acl.conf"\\n' >${folder}/test.conf`,
      `rm -r ${folder}; systemctl daemon-reload`,
      async () => {
        await settings({ package: `${web.origin}/emqx.deb`, sha256: await sha256(deb) });
        return init();
      },
    );
    expectFailure(on, output, { code: 1, says: ['EMQX does not start with this configuration'] });
    expect(await on.inside('pgrep -x beam.smp || true; systemctl is-enabled emqx || true')).toBe(
      'disabled\n',
    );
    expect(await on.inside('ss -ltnH "sport = :8883 or sport = :1883"')).toBe('');
  });

  it('and once the cause is gone the same command ends well, with the package of the address', async () => {
    const output = await init();
    expect(output.exitCode, output.stderr).toBe(0);
    expect(output.stdout).toContain('is ready');
    expect((await on.run(['doctor'])).exitCode).toBe(0);
  });
});

describe('a running EMQX goes on where', () => {
  const running = () => on.inside('pgrep -o -x beam.smp');

  it('its file holds a line that is no setting', async () => {
    const before = await running();
    const output = await spoiled(
      on,
      `cp -p ${CONF} /root/emqx.conf; echo 'this is nonsense' >>${CONF}`,
      `cp -p /root/emqx.conf ${CONF}`,
      init,
    );
    expectFailure(on, output, {
      code: 1,
      says: ['Nothing was changed', /Line \d+ of .*emqx\.conf/, 'this is nonsense'],
    });
    expect(await running()).toBe(before);
  });

  it('its file holds a setting that EMQX does not know', async () => {
    const before = await running();
    const output = await spoiled(
      on,
      `cp -p ${CONF} /root/emqx.conf; echo 'no.such.key = 1' >>${CONF}`,
      `cp -p /root/emqx.conf ${CONF}`,
      init,
    );
    expectFailure(on, output, { code: 1, says: ['EMQX does not accept its configuration', 'no.such.key'] });
    expect(await running()).toBe(before);
  });
});

describe('a version is changed only by broker.version', () => {
  it('an older one and another family are refused', async () => {
    await settings({ version: '4.3.5', package: await buildStandIn('4.3.5', join(folder, 'older')) });
    expectFailure(on, await changesNothing(on, init), { code: 1, says: ['newer than 4.3.5'] });
    await settings({ version: '5.8.9', package: await buildStandIn('5.8.9', join(folder, 'newer')) });
    expectFailure(on, await changesNothing(on, init), {
      code: 1,
      says: ['cannot be taken over by 5.8.9', 'Set up a new server'],
    });
  });

  it('case 59: a newer one replaces it, keeps accounts and settings, and opens no secret to others', async () => {
    const newer = await buildStandIn('4.4.20', join(folder, 'newer'));
    await settings({ version: '4.4.20', package: newer });
    const output = await init();
    expect(output.exitCode, output.stderr).toBe(0);
    expect(output.stdout).toContain('Replace EMQX 4.4.19 with 4.4.20');
    expect(output.stdout).not.toContain('Keep these, they are shown only this once');
    expect((await init()).stdout).toContain('Nothing to do');
    const open = `find /var/lib/emqx -maxdepth 0 -perm /007
find /etc/emqx -type f \\( -path /etc/emqx/emqx.conf -o -path '*/broker-setup/privkey.pem' \\) -perm /007`;
    expect(await on.inside(open)).toBe('');
  });
});
