import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { said, spoiled } from '../../before-after.js';
import { idsOf, reportOf } from '../../doctor/report-of.js';
import { ALL_UNREACHED } from '../../doctor/spoils.js';
import { type Ground, hostKeyOf, type Output } from '../../ground.js';
import { packaged } from '../../snapshot.js';

const LOOSE = '/proc/sys/net/netfilter/nf_conntrack_tcp_loose';
/** The rules of an image of Oracle Cloud: https://blogs.oracle.com/developers/post/enabling-network-traffic-to-ubuntu-images-in-oracle-cloud-infrastructure. */
const ORACLE = `-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p udp -m udp --sport 123 -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A FORWARD -j REJECT --reject-with icmp-host-prohibited`;
const REJECT = '-A INPUT -j REJECT --reject-with icmp-host-prohibited';

describe('a server whose ports others decide about as well', () => {
  let on: Ground;
  let run: Output;

  beforeAll(async () => {
    on = await packaged('bookworm');
    // As the image brings them, with a kernel that takes up no connection which its firewall has not seen from the beginning.
    await on.inside(`apt-get -qq update && apt-get -qq install -y --no-install-recommends iptables >/dev/null 2>&1
mkdir -p /etc/iptables && printf '%s\\n' '*filter' '${ORACLE.replaceAll('\n', "' '")}' COMMIT >/etc/iptables/rules.v4
iptables-restore --noflush /etc/iptables/rules.v4
mount -o remount,rw /proc/sys && echo 0 >${LOOSE}
groupadd -g 5000 people; useradd -M -u 5000 -g people -d /srv/people/researcher -s /bin/sh researcher`);
    run = await on.run(['init', '--yes', '--host-key', await hostKeyOf(on)]);
  });
  afterAll(() => on?.down());

  const look = async () => reportOf(await on.run(['doctor', '--json']));
  const found = async (spoil: string, mend: string) =>
    spoiled(on, spoil, mend, async () => idsOf(await look()));

  it('case 39: the session of the run outlives the firewall that is switched on, and the kernel is as it was', async () => {
    expect(run.exitCode, run.stderr).toBe(0);
    expect(await on.inside(`cat ${LOOSE}`)).toBe('0\n');
  });

  it('case 160: the user is there already, without its home, which is made', async () => {
    expect(await on.inside('stat -c "%U %g %a" /srv/people/researcher /srv/people/researcher/.ssh')).toBe(
      'researcher 5000 755\nresearcher 5000 700\n',
    );
  });

  it('case 41: the image’s REJECT is named before it is taken out, it alone, of the kernel and of its file', async () => {
    expect(said(run)).toContain('(INPUT -j REJECT --reject-with icmp-host-prohibited)');
    const without = ORACLE.split('\n').filter((rule) => rule !== REJECT);
    const saved = (await on.inside('cat /etc/iptables/rules.v4')).trim().split('\n');
    expect(saved).toEqual(['*filter', ...without, 'COMMIT']);
    const live = await on.inside('iptables -S');
    for (const rule of without) expect(live).toContain(rule);
    expect(live).not.toContain(REJECT);
    const copies = await on.inside(`grep -rhxF -e '${REJECT}' /var/lib/broker-setup/runs`);
    expect(copies).toBe(`${REJECT}\n`);
    expect(idsOf(await look())).toEqual([]);
  });

  it('case 41: the same for IPv6, on a server that was set up', async () => {
    const rules = 'ip6tables -I INPUT -j REJECT; ip6tables -I INPUT -p ipv6-icmp -j ACCEPT';
    await on.inside(rules);
    const report = await look();
    expect(idsOf(report)).toEqual(expect.arrayContaining(['ports.open', 'ufw.reject-first']));
    const fix = await on.run(['doctor', '--fix', '--yes']);
    expect(fix.exitCode, fix.stderr).toBe(0);
    expect(idsOf(await look())).toEqual([]);
    await on.inside('ip6tables -D INPUT -p ipv6-icmp -j ACCEPT');
  });

  it('case 42: what is dropped or rejected in front of the server is put down to the provider, a refusal is not', async () => {
    // Before the server's own firewall is asked, and where no list of its rules shows it.
    const drop = (action: 'I' | 'D') =>
      `for tables in iptables ip6tables; do $tables -t raw -${action} PREROUTING -p tcp --dport 8883 -j DROP; done`;
    await spoiled(on, drop('I'), drop('D'), async () => {
      const report = await look();
      const [open] = report.findings.filter(({ id }) => id === 'ports.open');
      expect(open).toMatchObject({ state: 'problem', detail: expect.stringContaining('8883 filtered') });
      expect(open?.mend).toContain('open the port in your provider’s console');
    });
    await spoiled(on, 'systemctl stop mosquitto', 'systemctl start mosquitto; sleep 0.5', async () => {
      const report = await look();
      const [open] = report.findings.filter(({ id }) => id === 'ports.open');
      expect(open).toMatchObject({ state: 'problem', detail: expect.stringContaining('8883 refused') });
      expect(open?.mend).not.toContain('provider');
    });
  });

  it.each([
    [
      'case 43: as Docker publishes ports, by iptables',
      'iptables -t nat -N DOCKER; iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER; iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.31.9.2:80',
      'iptables -t nat -D PREROUTING -m addrtype --dst-type LOCAL -j DOCKER; iptables -t nat -F DOCKER; iptables -t nat -X DOCKER',
    ],
    [
      'case 43: as Podman does, by nftables',
      'nft add table inet netavark && nft add chain inet netavark nat "{ type nat hook prerouting priority dstnat; }" && nft add rule inet netavark nat ip daddr != 127.0.0.1 tcp dport "{ 8080, 8443 }" dnat ip to 172.31.9.2:80',
      'nft delete table inet netavark',
    ],
  ])('%s: ufw says closed, the world gets through, and that is said', async (_, publish, hide) => {
    const box = `ip netns add box && ip link add docker0 type veth peer name eth0 netns box && ip addr add 172.31.9.1/24 dev docker0 && ip link set docker0 up
ip -n box addr add 172.31.9.2/24 dev eth0 && ip -n box link set eth0 up && ip -n box link set lo up && ip -n box route add default via 172.31.9.1
echo 1 >/proc/sys/net/ipv4/ip_forward; iptables -I FORWARD -j ACCEPT; iptables -I FORWARD -m conntrack --ctstate INVALID -j ACCEPT
systemd-run -q --unit=website ip netns exec box python3 -m http.server 80; sleep 1`;
    const gone =
      'systemctl stop website; ip netns del box; ip link del docker0 2>/dev/null; iptables -D FORWARD -m conntrack --ctstate INVALID -j ACCEPT; iptables -D FORWARD -j ACCEPT; echo 0 >/proc/sys/net/ipv4/ip_forward';
    await spoiled(on, `${box}; ${publish}`, `${hide}; ${gone}`, async () => {
      expect(await on.inside('ufw status')).not.toContain('8080');
      const report = await look();
      expect(idsOf(report)).toEqual(['ports.unasked', 'ufw.docker']);
      expect(report.findings.find(({ id }) => id === 'ufw.docker')?.summary).toContain('8080/tcp');
      expect(report.ports.find(({ port }) => port === 8080)).toMatchObject({
        firewall: 'bypassed',
        outside: expect.arrayContaining([expect.objectContaining({ seen: 'open' })]),
      });
    });
  });

  it('case 44: rules of others stay to the letter when ours are put right', async () => {
    const theirs = `ufw allow from 192.0.2.0/24 to any port 8883 proto tcp comment 'the lab'
ufw limit 22/tcp comment 'not so fast'; ufw deny 25; ufw allow 9000:9002/udp; ufw route allow in on eth0 out on eth1
iptables -I INPUT -s 198.51.100.9 -j REJECT; iptables -N THEIRS; iptables -A THEIRS -p tcp --dport 9999 -j ACCEPT; iptables -A INPUT -j THEIRS`;
    await on.inside(theirs);
    const rules = async () => [
      ...(await on.inside("sed -n 's/^### tuple ### //p' /etc/ufw/user.rules /etc/ufw/user6.rules"))
        .split('\n')
        .sort(),
      ...(await on.inside("iptables -S | grep -E 'THEIRS|198.51.100.9'")).split('\n'),
    ];
    const before = await rules();
    await on.inside(
      "ufw delete allow 8883/tcp; ufw allow 1883/tcp comment 'broker-setup: from another time'",
    );
    const fix = await on.run(['doctor', '--fix', '--yes']);
    expect(idsOf(await look()), fix.stderr).toEqual(['ufw.own-rules']);
    expect(await rules()).toEqual(before);
    await on.inside(`ufw delete allow from 192.0.2.0/24 to any port 8883 proto tcp; ufw delete deny 25; ufw delete allow 9000:9002/udp; ufw route delete allow in on eth0 out on eth1
iptables -D INPUT -s 198.51.100.9 -j REJECT; iptables -D INPUT -j THEIRS; iptables -F THEIRS; iptables -X THEIRS`);
  });

  it('case 45: in a machine that may not touch its network the firewall is left out as a whole, and the run goes on', async () => {
    const barred = '/run/systemd/system/ssh.service.d/barred.conf';
    await on.inside(`ufw disable; mkdir -p ${barred.replace(/\/[^/]*$/, '')}
printf '[Service]\\nCapabilityBoundingSet=~CAP_NET_ADMIN\\n' >${barred}; systemctl daemon-reload; systemctl restart ssh`);
    const report = await look();
    expect(report.findings.find(({ id }) => id === 'ufw.netfilter')).toMatchObject({
      state: 'warning',
      summary: expect.stringContaining('It is a machine of the kind systemd-nspawn.'),
    });
    const again = await on.run(['init', '--yes']);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await on.inside('ufw status')).toBe('Status: inactive\n');
    await on.inside(`rm ${barred}; systemctl daemon-reload; systemctl restart ssh`);
    const fix = await on.run(['doctor', '--fix', '--yes']);
    expect(idsOf(await look()), fix.stderr).toEqual([]);
  });

  it('another firewall beside ufw is suspected where a port stays closed', async () => {
    const theirs = `nft -f - <<'END'
table inet theirs {
  chain in {
    type filter hook input priority 10; policy drop;
    tcp dport != { 80, 8883, 8084 } accept
    iif lo accept
    meta l4proto != tcp accept
  }
}
END`;
    expect(await found(theirs, 'nft delete table inet theirs')).toEqual(
      ['ports.open', 'ports.renewals', 'ufw.other', ...ALL_UNREACHED].sort(),
    );
  });
});
