import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ground, ground, hostKeyOf, type Output } from '../../ground.js';

/** Makes a package of this name and version with a file that is told to apt as configuration, and one that ucf looks after. */
const PACKAGES = `mkdir -p /srv/repository /tmp/build && cd /srv/repository
make() {
  rm -rf /tmp/build/* && mkdir -p /tmp/build/DEBIAN /tmp/build/etc/$1 /tmp/build/usr/share/$1
  printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: A <a@example.org>\\nDescription: of a test\\n' "$1" "$2" >/tmp/build/DEBIAN/control
  echo "as version $2 has it" >/tmp/build/etc/$1/conffile && cp /tmp/build/etc/$1/conffile /tmp/build/usr/share/$1/by-ucf
  echo "/etc/$1/conffile" >/tmp/build/DEBIAN/conffiles
  printf '#!/bin/sh\\nset -e\\n%s\\nucf --three-way /usr/share/%s/by-ucf /etc/%s/by-ucf\\n' "$3" "$1" "$1" >/tmp/build/DEBIAN/postinst && chmod 0755 /tmp/build/DEBIAN/postinst
  dpkg-deb -b /tmp/build "$PWD/$1_$2_all.deb" >/dev/null
}`;

/** A server in the state in which people really find theirs, all at once. Ours are the packages, the holder of the lock and what waits for cloud-init. */
const BAD = `export DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qq install -y --no-install-recommends needrestart cloud-init ucf >/dev/null 2>&1
${PACKAGES}
make edited 1 && make phased 1 && dpkg -i *_1_all.deb >/dev/null && rm *.deb
echo mine | tee /etc/edited/conffile >/etc/edited/by-ucf
make edited 2 && make phased 2
for deb in *.deb; do
  dpkg-deb -f "$deb"; echo "Filename: ./$deb"; echo "Size: $(stat -c %s "$deb")"; echo "SHA256: $(sha256sum "$deb" | cut -d ' ' -f 1)"
  case $deb in phased*) echo 'Phased-Update-Percentage: 0';; esac; echo
done >Packages
echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list.d/test.list && apt-get -qq update
# A service that still uses a library which is gone, and a needrestart that asks about it.
cp "$(ldconfig -p | sed -n 's/.*libz.so.1 .*=> //p' | head -n 1)" /usr/lib/outdated.so
printf '[Service]\\nEnvironment=LD_PRELOAD=/usr/lib/outdated.so\\nExecStart=sleep infinity\\n' >/etc/systemd/system/outdated.service
systemctl daemon-reload && systemctl start outdated && sleep 0.5 && rm /usr/lib/outdated.so && sed -i /LD_PRELOAD/d /etc/systemd/system/outdated.service && systemctl daemon-reload
echo "\\$nrconf{restart} = 'i'; \\$nrconf{ui} = 'NeedRestart::UI::stdio';" >/etc/needrestart/conf.d/owner.conf
# dpkg was killed in the middle.
cd /tmp && make torn 1 '[ -e /tmp/torn ] || { touch /tmp/torn; sleep 60; }' && { dpkg -i torn_1_all.deb >/dev/null 2>&1 & }
while [ ! -e /tmp/torn ]; do sleep 0.1; done; pkill -9 -x dpkg; pkill -9 -f '^sleep 60$'
# The image has given the server a name, and looks after it.
mkdir -p /var/lib/cloud/seed/nocloud
printf 'instance-id: i-1\\nlocal-hostname: provider\\n' >/var/lib/cloud/seed/nocloud/meta-data
printf '#cloud-config\\nmanage_etc_hosts: true\\nssh_deletekeys: false\\n' >/var/lib/cloud/seed/nocloud/user-data
echo 'datasource_list: [NoCloud, None]' >/etc/cloud/cloud.cfg.d/90_dpkg.cfg
cloud-init init --local >/dev/null 2>&1; cloud-init init >/dev/null 2>&1
rm -f /run/cloud-init/disabled /var/lib/cloud/instance/boot-finished
cat >/usr/sbin/cloud-init <<'END'
#!/bin/sh
# A stand-in for the end of the first boot: with errors that one can live with, and then the server updates itself.
[ "$*" = "status --wait" ] || exec /usr/bin/cloud-init "$@"
sleep 2; touch /var/lib/cloud/instance/boot-finished
systemd-run -q bash -c 'exec -a unattended-upgr-stand-in python3 -c "
import fcntl, time
lock = open(\\"/var/lib/dpkg/lock-frontend\\", \\"w\\"); fcntl.lockf(lock, fcntl.LOCK_EX); open(\\"/tmp/held\\", \\"w\\"); time.sleep(6)"'
while [ ! -e /tmp/held ]; do sleep 0.1; done
exit 2
END
chmod +x /usr/sbin/cloud-init`;

let on: Ground;
let first: Output;
let apt: string;
let running: string;

beforeAll(async () => {
  on = await ground('bookworm');
  await on.inside(BAD);
  expect(await on.inside('apt-get install -y 2>&1 || true')).toContain('dpkg was interrupted');
  running = await on.inside('systemctl show -p MainPID outdated');
  await on.configure({ reboot: 'no' });
  first = await on.run(['init', '--yes', '--verbose', '--host-key', await hostKeyOf(on)]);
  apt = await on.inside('cat /var/log/broker-setup/apt.log');
});
afterAll(() => on?.down());

it('a server in this state is set up', () => {
  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.stdout).toContain('is ready');
});

it('case 12: waits for who holds the lock of the packages, and says who that is', () => {
  expect(first.stderr).toMatch(/Waiting for the package lock: process \d+ holds it \(unattended-upgr-sta/);
  expect(apt.indexOf('Waiting for the package lock')).toBeLessThan(apt.indexOf('Setting up'));
});

it('case 13: waits for cloud-init first, and takes an end with recoverable errors for an end', () => {
  expect(apt.indexOf('first-boot set-up (cloud-init)')).toBeLessThan(apt.indexOf('package lock'));
  expect(first.stderr).toContain('Waiting until the first-boot set-up');
});

it('case 14: needrestart restarts what uses an old library, and asks nothing, though it is told to ask', async () => {
  const now = await on.inside(
    'systemctl is-active outdated >/dev/null && systemctl show -p MainPID outdated',
  );
  expect(now).not.toBe(running);
});

it('case 16: files that were changed on the server stay, and nothing is asked', async () => {
  const versions = await on.inside(
    'dpkg -s edited | grep ^Version; cat /etc/edited/conffile /etc/edited/by-ucf; ls /etc/edited',
  );
  expect(versions).toBe('Version: 2\nmine\nmine\nby-ucf\nby-ucf.ucf-dist\nconffile\nconffile.dpkg-dist\n');
});

it('case 19: what was interrupted is put right first', async () => {
  expect(first.stderr).toContain('repair an interrupted installation');
  expect(await on.inside('dpkg --audit; ls /var/lib/dpkg/updates; dpkg -s torn | grep ^Status')).toBe(
    'Status: install ok installed\n',
  );
  expect(apt.indexOf('Setting up torn')).toBeGreaterThan(-1);
  expect(apt.indexOf('Setting up torn')).toBeLessThan(apt.indexOf('Setting up edited'));
});

it('case 23: the name stays when cloud-init sets it, as at each start of the server', async () => {
  const names =
    await on.inside(`for one in set_hostname update_hostname update_etc_hosts; do /usr/bin/cloud-init single --name $one --frequency always >/dev/null 2>&1; done
uname -n; cat /etc/hostname; getent hosts mqtt mqtt.rehearsal.test | sort -u; head -n 1 /etc/hosts`);
  expect(names).toMatch(/^mqtt\nmqtt\n/);
  expect(names).toContain('mqtt.rehearsal.test mqtt');
  expect(names).not.toContain('provider');
});

it('cases 17, 23: afterwards nothing is left to do, though a package in phases waits', async () => {
  expect(await on.inside('apt-cache policy phased')).toMatch(/2 .*phased 0%/);
  expect(await on.inside('dpkg -s phased | grep ^Version')).toBe('Version: 1\n');
  const second = await on.run(['init', '--yes']);
  expect(second.stdout, second.stderr).toContain('Nothing to do');
});
