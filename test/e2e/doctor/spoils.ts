import { MOSQUITTO } from '../../../src/brokers/mosquitto/facts.js';
import type { Parted } from '../../groups.js';
import type { Ground } from '../ground.js';

/**
 * A deliberate breakage of a server that was set up, how it is undone, and in `found` exactly what doctor must then find:
 * problems, warnings and what could not be checked, and nothing else.
 */
export interface Spoil extends Parted {
  /** Where it is one of the known failure cases (test/failure-cases); default: what is found. */
  title?: string;
  spoil?: string;
  mend?: string;
  /** More of doctor's command line: what is not as the settings say, may be the settings. */
  args?: readonly string[];
  /** What DNS is to answer meanwhile. */
  dns?: (on: Ground) => { a: string[]; aaaa: string[] };
  /** Commands on this computer, before and after. */
  here?: readonly [string, string];
  /** File of the server with the public host key by which this computer knows it meanwhile. */
  hostKey?: string;
  /** sshd's own drop-in is out of the way, so that the first login opens the server again. */
  open?: true;
}

const ALLOW = (port: number, title: string) => `ufw allow ${port}/tcp comment 'broker-setup: ${title}'`;
const KEPT = '/root/kept';
/** Where the original of a file is kept meanwhile; several may be away at once. */
const keptFrom = (path: string): string => `${KEPT}${path.replaceAll('/', '-')}`;
/** As if sshd had been started after the change, so that only what the files say is judged; and after all changes are taken back. */
const AS_IF_READ = { spoil: 'touch -d "1 hour" /run/sshd.pid', mend: 'touch /run/sshd.pid' };

/** Puts a file away, and back with mode, owner and times. */
export const away = (path: string): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `mv ${path} ${keptFrom(path)}`,
  mend: `mv ${keptFrom(path)} ${path}`,
});

/** Changes a file by a command that gets its path as last word. */
const edited = (path: string, command: string, after = 'true'): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `cp -p ${path} ${keptFrom(path)}; ${command} ${path}; ${after}`,
  mend: `cp -p ${keptFrom(path)} ${path}; rm ${keptFrom(path)}; ${after}`,
});

const added = (path: string, content: string, after = 'true'): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `mkdir -p "$(dirname ${path})"; printf '${content}\\n' >${path}; ${after}`,
  mend: `rm ${path}; ${after}`,
});

/** A file of sshd's, as if sshd had read it. */
const sshdFile = (path: string, content: string): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `printf '${content}\\n' >${path}; ${AS_IF_READ.spoil}`,
  mend: `rm ${path}; ${AS_IF_READ.mend}`,
});

/** A file of /proc shows something else. */
export const pretended = (path: string, sed: string): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `sed '${sed}' ${path} >${keptFrom(path)}; mount --bind ${keptFrom(path)} ${path}`,
  mend: `umount ${path}; rm ${keptFrom(path)}`,
});

/** date(1) lies where it is asked in a certain way: a container may not set the clock. */
const wrongDate = (by: string, asked: string): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `mv /usr/bin/date ${KEPT}-date; printf '#!/bin/sh\\ncase "$*" in ${asked}) [ "$1" != -d ] || exec ${KEPT}-date -d "$2 ${by}" "$3"; exec ${KEPT}-date -d "${by}" "$@";; *) exec ${KEPT}-date "$@";; esac\\n' >/usr/bin/date; chmod +x /usr/bin/date`,
  mend: `mv ${KEPT}-date /usr/bin/date`,
});

/** A program that listens. */
const listening = (port: number, more = 'true', less = 'true'): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `systemd-run -q --unit=website-${port} python3 -m http.server ${port}; sleep 1; ${more}`,
  mend: `systemctl stop website-${port}; ${less}`,
});

/** What is no evidence where the broker cannot be looked into, and nobody gives the password of its account. */
export const REFUSALS = [
  'mqtt.mqtts-anonymous',
  'mqtt.mqtts-wrong-password',
  'mqtt.wss-anonymous',
  'mqtt.wss-wrong-password',
];

/** What cannot be looked at while nobody gets through to 8883. */
const UNREACHED = ['tls.8883', 'mqtt.mqtts-anonymous', 'mqtt.mqtts-wrong-password', 'fingerprint.served'];

export const ALL_UNREACHED = [...UNREACHED, 'tls.8084', 'mqtt.wss-anonymous', 'mqtt.wss-wrong-password'];

const RENEWAL = '/etc/letsencrypt/renewal/mqtt.rehearsal.test.conf';
const LIVE = '/etc/letsencrypt/live/mqtt.rehearsal.test';
const THEIRS = '/etc/mosquitto/conf.d/mine.conf';
const CONF = '/etc/mosquitto/conf.d/broker-setup.conf';
const restartBroker = 'systemctl restart mosquitto; sleep 0.5';
const chmod = (path: string, wrong: string, right: string) => ({
  spoil: `chmod ${wrong} ${path}`,
  mend: `chmod ${right} ${path}`,
});

const startFail2ban =
  'systemctl enable --now fail2ban; systemctl restart fail2ban; until fail2ban-client status sshd; do sleep 0.2; done';

/** Of little memory and no container, as its programs say: a server of the tests is one. */
function smallServer(): Spoil {
  const { spoil, mend } = pretended(
    '/proc/meminfo',
    's/^MemTotal:.*/MemTotal: 500000 kB/;s/^SwapTotal:.*/SwapTotal: 0 kB/',
  );
  const stub = (name: string, script: string) =>
    `printf '#!/bin/sh\\n${script}\\n' >/usr/sbin/${name}; chmod +x /usr/sbin/${name}`;
  return {
    found: ['update.swap'],
    touches: ['memory'],
    spoil: `${spoil}; ${stub('systemd-detect-virt', 'exit 1')}; ${stub('findmnt', 'echo ext4')}`,
    mend: `${mend}; rm /usr/sbin/systemd-detect-virt /usr/sbin/findmnt`,
  };
}

/** certbot's timer last elapsed nine days ago, by what a stand-in for systemctl says: time itself is the whole machine's. */
function lateTimer(): Spoil {
  return {
    found: ['certificate.timer-late'],
    spoil: `cat >/usr/sbin/systemctl <<'END'
#!/bin/sh
case " $* " in *' show '*certbot.timer*) ;; *) exec /usr/bin/systemctl "$@" ;; esac
/usr/bin/systemctl "$@" | awk -v old="$(date -u -d '-9 days' '+%a %F %T UTC')" 'BEGIN {RS = ""; ORS = "\\n\\n"}
/(^|\\n)Id=certbot.timer(\\n|$)/ {gsub(/ActiveEnterTimestamp=[^\\n]*/, "ActiveEnterTimestamp=" old); gsub(/LastTriggerUSec=[^\\n]*/, "LastTriggerUSec=" old)}
{print}'
END
chmod +x /usr/sbin/systemctl`,
    mend: 'rm /usr/sbin/systemctl',
  };
}

/** As dpkg does it: the new file takes the name, and the old one goes on running. */
const replaced = (path: string): string => `cp -p ${path} ${path}.new && mv ${path}.new ${path}`;

/** On a server with Mosquitto, in the order of the report. */
export const SPOILS: readonly Spoil[] = [
  // First of all: others change what the simulation of the upgrade depends on.
  {
    found: ['update.packages', 'updates.left'],
    spoil: `echo 'openssl!' >>/var/lib/broker-setup/upgrades
touch -d '1 hour ago' /var/lib/apt/periodic/update-success-stamp; touch /var/lib/apt/periodic/unattended-upgrades-stamp`,
    mend: "sed -i '$d' /var/lib/broker-setup/upgrades; rm /var/lib/apt/periodic/*-stamp",
  },
  {
    found: ['update.disk'],
    alone: true,
    spoil: `mkdir -p /run/var && mount --bind /var /run/var && mount --make-private /run/var && mount -t tmpfs -o size=40m tmpfs /var &&
cd /run/var && for name in *; do
  if [ -L "$name" ]; then cp -P "$name" /var/; else mkdir "/var/$name" && mount --bind "$name" "/var/$name"; fi
done`,
    mend: 'cd / && umount -R /var && umount /run/var',
  },
  {
    found: ['update.memory'],
    touches: ['memory'],
    ...pretended('/proc/meminfo', 's/^MemTotal:.*/MemTotal: 300000 kB/;s/^SwapTotal:.*/SwapTotal: 0 kB/'),
  },
  smallServer(),
  {
    found: ['update.packages'],
    spoil: 'touch -d "10 days ago" /var/lib/broker-setup/updated /var/lib/apt/lists',
    mend: 'touch /var/lib/broker-setup/updated',
  },
  {
    found: ['update.auto-upgrades'],
    touches: ['updates'],
    ...chmod('/etc/apt/apt.conf.d/52broker-setup-auto-upgrades', '0600', '0644'),
  },
  {
    found: ['update.timers'],
    touches: ['updates'],
    spoil: 'systemctl disable --now apt-daily.timer',
    mend: 'systemctl enable --now apt-daily.timer',
  },
  { found: ['update.reboot'], spoil: 'touch /run/reboot-required', mend: 'rm /run/reboot-required' },
  { found: ['hostname.hosts'], ...edited('/etc/hosts', "sed -i '/^127.0.1.1/d'") },
  {
    found: ['hostname.cloud-init', 'sshd-config.cloud-init'],
    spoil: 'mkdir -p /etc/cloud/cloud.cfg.d',
    mend: 'rm -r /etc/cloud',
  },
  { found: ['hostname.name'], spoil: 'hostname other', mend: 'hostname mqtt' },
  { found: ['user.group'], spoil: 'gpasswd -d researcher sudo', mend: 'usermod -aG sudo researcher' },
  { found: ['user.sudo'], ...chmod('/etc/sudoers.d/95-broker-setup-researcher', '0444', '0440') },
  {
    title: 'case 125: /etc/sudoers does not read the folder with our rule',
    found: ['user.sudoers'],
    ...edited('/etc/sudoers', "sed -i 's/^@includedir.*/researcher ALL=(ALL:ALL) NOPASSWD: ALL/'"),
  },
  {
    title: 'case 155: the SSH server would take the account for a locked one',
    found: ['user.locked'],
    touches: ['sshd-config'],
    spoil: `usermod -p '!' researcher; printf 'UsePAM no\\n' >/etc/ssh/sshd_config.d/zz.conf; ${AS_IF_READ.spoil}`,
    mend: `usermod -p '*' researcher; rm /etc/ssh/sshd_config.d/zz.conf; ${AS_IF_READ.mend}`,
  },
  { found: ['user.password'], args: ['--set', 'user.sudo=with-password'] },
  {
    found: ['ssh-keys.shared-file'],
    touches: ['sshd-config'],
    ...sshdFile('/etc/ssh/sshd_config.d/00-a.conf', 'AuthorizedKeysFile /etc/ssh/keys'),
  },
  {
    found: ['ssh-keys.modes', 'sshd-config.drop-in', 'login.user', 'login.root', 'login.password'],
    touches: ['user'],
    ...chmod('/home/researcher', '0777', '0750'),
    open: true,
  },
  // As those who manage their dotfiles have it; sshd passes over it, as others could write where it leads.
  {
    title: 'case 142: the file of authorized keys is a link, and sshd passes over where it leads',
    found: ['ssh-keys.link', 'sshd-config.drop-in', 'login.user', 'login.root', 'login.password'],
    touches: ['user'],
    spoil: `cd /home/researcher/.ssh && mv authorized_keys ../keys && chmod 0666 ../keys && ln -s ../keys authorized_keys`,
    mend: `cd /home/researcher/.ssh && rm authorized_keys && mv ../keys authorized_keys && chmod 0600 authorized_keys`,
    open: true,
  },
  { found: ['ssh-keys.host-entry'], args: ['--set', 'key.alias=no-such-entry-of-anybody'] },
  // The hardened sshd has no other key to show, so without its drop-in.
  {
    found: ['sshd-config.host-key', 'login.root', 'login.password'],
    ...away('/etc/ssh/ssh_host_ed25519_key'),
    hostKey: '/etc/ssh/ssh_host_ecdsa_key.pub',
    open: true,
  },
  {
    found: ['sshd-config.drop-in'],
    spoil: 'chmod 0600 /etc/ssh/sshd_config.d/00-broker-setup.conf',
    mend: `chmod 0644 /etc/ssh/sshd_config.d/00-broker-setup.conf; ${AS_IF_READ.mend}`,
  },
  {
    found: ['sshd-config.overruled'],
    ...sshdFile('/etc/ssh/sshd_config.d/00-a.conf', 'PasswordAuthentication yes'),
  },
  {
    found: ['sshd-config.per-source', 'sshd-config.drop-in'],
    ...sshdFile('/etc/ssh/sshd_config.d/00-a.conf', 'PerSourceMaxStartups none'),
  },
  {
    title: 'case 325: a file of sshd was put back with its old time',
    found: ['sshd-config.running'],
    spoil: 'sleep 1; cp -p /etc/ssh/sshd_config /root/sshd_config; mv /root/sshd_config /etc/ssh/sshd_config',
    mend: AS_IF_READ.mend,
  },
  {
    found: ['sshd-config.match'],
    ...sshdFile('/etc/ssh/sshd_config.d/zz.conf', 'Match User backup\\n  X11Forwarding yes'),
  },
  {
    found: ['sshd-config.shut-out'],
    ...sshdFile('/etc/ssh/sshd_config.d/zz.conf', 'AllowUsers ada'),
  },
  {
    found: ['sshd-config.port', 'ufw.rules'],
    ...sshdFile('/etc/ssh/sshd_config.d/zz.conf', 'Port 2222'),
  },
  {
    title: 'case 140: a website and a VPN are named before the firewall is switched on',
    found: ['ufw.rules', 'ufw.closes', 'ufw.forward', 'ports.unasked'],
    touches: ['hardening'],
    ...listening(
      9000,
      'ufw disable; echo 1 >/proc/sys/net/ipv4/ip_forward',
      // Forwarding, when it is switched off, makes the kernel take redirects again; ufw corrects that as it starts.
      'echo 0 >/proc/sys/net/ipv4/ip_forward; ufw --force enable',
    ),
  },
  {
    title: 'case 149: a firewall that holds back what the server sends is left so, and told',
    found: ['ufw.outgoing'],
    // sudo looks the name of the server up.
    touches: ['hostname'],
    spoil: 'ufw default deny outgoing',
    mend: 'ufw default allow outgoing',
  },
  { found: ['ufw.netfilter'], touches: ['ports', 'fail2ban'], ...away('/usr/sbin/iptables') },
  {
    found: ['ufw.rules', 'ports.open', ...UNREACHED],
    spoil: 'ufw delete allow 8883/tcp',
    mend: ALLOW(8883, 'MQTT over TLS'),
  },
  {
    found: [
      'ufw.denied',
      'ports.open',
      'tls.8084',
      'mqtt.wss-anonymous',
      'mqtt.wss-wrong-password',
      'fingerprint.served',
    ],
    spoil: 'ufw deny 8084/tcp',
    mend: `ufw delete deny 8084/tcp; ${ALLOW(8084, 'MQTT over WebSocket and TLS')}`,
  },
  {
    title: 'case 158: SSH is open over a VPN only',
    found: ['ufw.rules', 'ufw.ssh-opened', 'ufw.own-rules'],
    touches: ['ports'],
    spoil: 'ufw allow in on eth0; ufw delete allow 22/tcp',
    mend: `${ALLOW(22, 'SSH')}; ufw delete allow in on eth0`,
  },
  { found: ['ufw.own-rules'], spoil: 'ufw allow 9000/tcp', mend: 'ufw delete allow 9000/tcp' },
  {
    found: ['ufw.reject-first', 'ports.open', 'ports.closed', 'ports.renewals', ...ALL_UNREACHED],
    spoil:
      'iptables -I INPUT -j REJECT --reject-with icmp-host-prohibited; iptables -I INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT; iptables -I INPUT -p tcp --dport 22 -j ACCEPT',
    mend: 'iptables -D INPUT -p tcp --dport 22 -j ACCEPT; iptables -D INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT; iptables -D INPUT -j REJECT --reject-with icmp-host-prohibited',
  },
  {
    found: ['ufw.guide', 'ufw.rules', 'conf-edits.config', 'ports.open'],
    touches: ['broker'],
    args: ['--set', 'exposure=guide'],
  },
  {
    found: ['ufw.other'],
    spoil:
      'nft add table inet theirs && nft add chain inet theirs in "{ type filter hook input priority 10; policy drop; }" && nft add rule inet theirs in accept',
    mend: 'nft delete table inet theirs',
  },
  {
    title: 'case 226: a rule in a table of nftables closes a port, and the provider is not blamed',
    found: [
      'ufw.blocked',
      'ports.open',
      'tls.8084',
      'mqtt.wss-anonymous',
      'mqtt.wss-wrong-password',
      'fingerprint.served',
    ],
    spoil:
      'nft add table inet closing && nft add chain inet closing in "{ type filter hook input priority 0; policy accept; }" && nft add rule inet closing in tcp dport 8084 drop',
    mend: 'nft delete table inet closing',
  },
  {
    found: ['ufw.unread'],
    spoil:
      'nft add table inet odd && nft add chain inet odd in "{ type filter hook input priority 0; policy accept; }" && nft add rule inet odd in meta length 65000 drop',
    mend: 'nft delete table inet odd',
  },
  {
    found: ['ufw.docker'],
    spoil:
      'iptables -t nat -N DOCKER; iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
    mend: 'iptables -t nat -F DOCKER; iptables -t nat -X DOCKER',
  },
  { found: ['fail2ban.jail'], ...chmod('/etc/fail2ban/jail.d/00-broker-setup.conf', '0600', '0644') },
  { found: ['fail2ban.service'], spoil: 'systemctl disable --now fail2ban', mend: startFail2ban },
  {
    title: 'case 213: the journal keeps nothing, so fail2ban sees nobody',
    found: ['fail2ban.blind'],
    touches: ['hardening'],
    ...added(
      '/etc/systemd/journald.conf.d/zz.conf',
      '[Journal]\\nStorage=none',
      'systemctl restart systemd-journald',
    ),
  },
  {
    title: 'case 315: fail2ban runs, and ignores all addresses',
    found: ['fail2ban.lenient'],
    ...added('/etc/fail2ban/jail.local', '[DEFAULT]\\nignoreip = 0.0.0.0/0', startFail2ban),
  },
  // An administrator's copy of what the guides say, on a server without auth.log.
  {
    found: ['fail2ban.own-jail', 'system.failed-units'],
    ...added('/etc/fail2ban/jail.local', '[sshd]\\nbackend = auto', 'systemctl restart fail2ban; sleep 1'),
    mend: `rm /etc/fail2ban/jail.local; ${startFail2ban}`,
  },
];

/** What the step that hardens the system brings about, and what strict adds to it. */
export const HARDENING_SPOILS: readonly Spoil[] = [
  {
    found: ['hardening.kernel'],
    spoil: 'sysctl -q -w net.ipv4.conf.all.send_redirects=1',
    mend: 'sysctl -q -w net.ipv4.conf.all.send_redirects=0',
  },
  { found: ['hardening.overruled'], ...added('/etc/sysctl.d/99-zz.conf', 'net.ipv4.tcp_syncookies = 0') },
  { found: ['hardening.core-dumps'], ...away('/etc/systemd/coredump.conf.d/90-broker-setup.conf') },
  {
    found: ['hardening.journal'],
    ...edited('/etc/systemd/journald.conf.d/90-broker-setup.conf', "sed -i 's/500M/9G/'"),
  },
  { found: ['hardening.strict-left'], ...added('/etc/profile.d/broker-setup.sh', 'umask 027') },
  {
    found: [
      'update.packages',
      'sshd-config.drop-in',
      ...['kernel', 'modules', 'session', 'passwords', 'restarts', 'integrity', 'shared-memory'].map(
        (name) => `hardening.${name}`,
      ),
      ...['umask', 'banner', 'packages', 'martians', 'modes', 'tmp'].map((name) => `hardening.${name}`),
    ],
    args: ['--set', 'hardening=strict'],
    alone: true,
    spoil: 'umount -l /tmp; echo CRON_CHECK=never >/etc/default/debsums',
    mend: 'mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs /tmp; rm /etc/default/debsums',
  },
];

/** The same for the broker, its certificate, and what only a check-up looks at. */
export const MORE_SPOILS: readonly Spoil[] = [
  {
    title: 'case 219: the running broker is not the one on disk',
    found: ['conf-edits.restart'],
    touches: ['broker'],
    spoil: replaced('/usr/sbin/mosquitto'),
    mend: restartBroker,
  },
  {
    title: 'case 219: the running SSH server is not the one on disk',
    found: ['sshd-config.running'],
    spoil: replaced('/usr/sbin/sshd'),
    mend: 'systemctl restart ssh',
  },
  {
    title: 'case 219: fail2ban was updated and not restarted',
    found: ['fail2ban.running'],
    spoil: 'touch /var/lib/dpkg/info/fail2ban.list',
    mend: startFail2ban,
  },
  {
    title: 'case 219: another service is not the one on disk',
    found: ['running.services'],
    spoil: replaced('/usr/sbin/cron'),
    mend: 'systemctl restart cron',
  },
  {
    title: 'case 219: policy-rc.d forbids restarts',
    found: ['running.policy'],
    ...added(
      '/usr/sbin/policy-rc.d',
      '#!/bin/sh\\nexit 101',
      '[ ! -e /usr/sbin/policy-rc.d ] || chmod +x /usr/sbin/policy-rc.d',
    ),
  },
  {
    title: 'case 220: the broker serves the world as root',
    found: ['conf-edits.root'],
    touches: ['broker'],
    ...added(THEIRS, 'user root', `${restartBroker}; chown -R mosquitto: /var/lib/mosquitto`),
  },
  {
    title: 'case 221: an administrator has only a key that the hardened SSH server refuses',
    found: ['accounts.refused-key'],
    // Only a hardened server refuses it.
    touches: ['sshd-config'],
    spoil:
      'useradd -m -s /bin/bash eve && install -d -m 700 -o eve /home/eve/.ssh && ssh-keygen -q -t ecdsa -N "" -f /root/eve && install -m 600 -o eve /root/eve.pub /home/eve/.ssh/authorized_keys',
    mend: 'userdel -rf eve 2>/dev/null; rm /root/eve /root/eve.pub',
  },
  {
    title: 'case 222: nothing starts the SSH server with the server',
    found: ['sshd-config.boot'],
    spoil: 'systemctl disable ssh',
    mend: 'systemctl enable ssh',
  },
  {
    title: 'case 222: the SSH server would be started with other settings',
    found: ['sshd-config.command'],
    ...edited('/etc/default/ssh', `sh -c 'echo SSHD_OPTS=\\"-o PermitRootLogin=yes\\" >$0'`),
  },
  {
    title: 'case 222: the SSH server refuses its own files',
    found: ['sshd-config.invalid', 'user', 'fail2ban', 'accounts'],
    alone: true,
    ...sshdFile('/etc/ssh/sshd_config.d/mine.conf', 'Nonsense yes'),
  },
  {
    title: 'case 222: systemd has not read the files of a service again',
    // Other breakages have systemd read all files again.
    alone: true,
    found: ['running.units'],
    ...added('/etc/systemd/system/fail2ban.service.d/mine.conf', '[Service]\\nNice=1'),
    mend: 'rm -r /etc/systemd/system/fail2ban.service.d; systemctl daemon-reload',
  },
  {
    title: 'case 222: the server would start into rescue mode',
    found: ['running.target'],
    spoil: 'systemctl set-default rescue.target',
    mend: 'systemctl set-default graphical.target',
  },
  {
    title: 'case 222: nothing brings the network up at the next start',
    found: ['running.network'],
    spoil: 'systemctl disable networking',
    mend: 'systemctl enable networking',
  },
  {
    title: 'case 65: the broker is installed, but neither runs nor is started with the server',
    found: ['broker-install.service', 'conf-edits.restart', 'ports.open', ...ALL_UNREACHED],
    touches: ['broker'],
    spoil: 'systemctl disable --now mosquitto',
    mend: 'systemctl enable --now mosquitto',
  },
  {
    found: ['broker-install.limits'],
    touches: ['broker'],
    ...added(
      '/etc/systemd/system/mosquitto.service.d/zz-own.conf',
      '[Service]\\nLimitNOFILE=1024\\nRestart=no',
      'systemctl daemon-reload',
    ),
  },
  {
    found: ['broker-install.log'],
    spoil: 'systemctl stop broker-setup-log.timer',
    mend: 'systemctl start broker-setup-log.timer',
  },
  {
    title: 'case 332: a drop-in empties the log once a day only',
    found: ['broker-install.log'],
    alone: true,
    ...added(
      '/etc/systemd/system/broker-setup-log.timer.d/mine.conf',
      '[Timer]\\nOnBootSec=\\nOnUnitActiveSec=\\nOnUnitActiveSec=1d',
      'systemctl daemon-reload',
    ),
    mend: 'rm -r /etc/systemd/system/broker-setup-log.timer.d; systemctl daemon-reload; systemctl restart broker-setup-log.timer',
  },
  {
    found: ['broker-install.sandbox'],
    ...edited(MOSQUITTO.dropIn, "sed -i '/^ProtectSystem/d'", 'systemctl daemon-reload'),
  },
  {
    found: ['certbot.folder', 'certbot.certificate'],
    touches: ['certificate', 'fingerprint'],
    ...away(RENEWAL),
  },
  {
    title: 'case 147: what certbot keeps was put back from a copy that had made files of its links',
    found: ['certbot.storage'],
    spoil: `cd ${LIVE}; cp -L chain.pem ${KEPT}-chain; mv chain.pem ${KEPT}-link; cp ${KEPT}-chain chain.pem`,
    mend: `mv ${KEPT}-link ${LIVE}/chain.pem`,
  },
  {
    title: 'case 143: a package on hold, which gets no security updates',
    found: ['updates.held'],
    spoil: 'apt-mark hold bash',
    mend: 'apt-mark unhold bash',
  },
  {
    title: 'case 53: another program on port 80, which the renewal needs',
    found: ['certbot.port-80'],
    touches: ['ports'],
    ...listening(80),
  },
  { found: ['certbot.dns'], args: ['--set', 'certificate.resolver=127.0.0.1:9'] },
  { found: ['certbot.dns-a'], dns: ({ server }) => ({ a: ['198.51.100.1'], aaaa: server.records.aaaa }) },
  {
    title: 'case 48: an AAAA record that points elsewhere',
    found: ['certbot.dns-aaaa', 'ports.ipv6'],
    dns: ({ server }) => ({ a: server.records.a, aaaa: ['2001:db8:dead::1'] }),
    here: ['ip -6 route add throw 2001:db8:dead::/48', 'ip -6 route del throw 2001:db8:dead::/48'],
  },
  { found: ['certbot.ca-bundle'], ...away('/etc/broker-setup/acme-ca.pem') },
  {
    found: ['certbot.certificate'],
    // Which certificate the ports present is of no interest before the new one is there.
    touches: ['fingerprint'],
    args: ['--set', 'certificate.key_type=rsa'],
  },
  {
    title: 'case 56: the key is not kept at renewals',
    found: ['certbot.reuse-key'],
    touches: ['certificate'],
    ...edited(RENEWAL, "sed -i '/^reuse_key/d'"),
  },
  {
    title: 'case 159: somebody has masked the timer that renews the certificate',
    found: ['update.masked', 'certbot.timer'],
    touches: ['certificate'],
    spoil: 'systemctl disable --now certbot.timer; systemctl mask certbot.timer',
    mend: 'systemctl unmask certbot.timer; systemctl enable --now certbot.timer',
  },
  {
    found: ['certbot.timer'],
    touches: ['certificate'],
    spoil: 'systemctl disable --now certbot.timer',
    mend: 'systemctl enable --now certbot.timer',
  },
  {
    title: 'case 324: certbot.service renews another certificate only',
    found: ['certbot.schedule'],
    touches: ['certificate'],
    ...added(
      '/etc/systemd/system/certbot.service.d/mine.conf',
      '[Service]\\nExecStart=\\nExecStart=/usr/bin/certbot -q renew --cert-name other',
      'systemctl daemon-reload',
    ),
  },
  {
    title: 'case 323: a drop-in makes the timer count a year from each run',
    found: ['certbot.schedule'],
    touches: ['certificate'],
    ...added(
      '/etc/systemd/system/certbot.timer.d/mine.conf',
      '[Timer]\\nOnCalendar=\\nOnBootSec=1min\\nOnUnitActiveSec=1y',
      'systemctl daemon-reload',
    ),
    // It has fired for the last time meanwhile, and is asked for its next moment only when it starts.
    mend: 'rm -r /etc/systemd/system/certbot.timer.d; systemctl daemon-reload; systemctl restart certbot.timer',
  },
  {
    title: 'case 214: a drop-in makes the timer fire once a year',
    found: ['certbot.schedule'],
    touches: ['certificate'],
    ...added(
      '/etc/systemd/system/certbot.timer.d/mine.conf',
      '[Timer]\\nOnCalendar=\\nOnCalendar=yearly',
      'systemctl daemon-reload',
    ),
  },
  {
    title: 'case 214: the daily round of updates runs a program that does nothing',
    found: ['updates.schedule'],
    touches: ['update'],
    ...added(
      '/etc/systemd/system/apt-daily-upgrade.service.d/mine.conf',
      '[Service]\\nExecStart=\\nExecStart=/bin/true',
      'systemctl daemon-reload',
    ),
  },
  {
    title: 'case 215: certbot is told in cli.ini to prove the domain in another way',
    found: ['certbot.cli-ini'],
    touches: ['certificate'],
    ...edited('/etc/letsencrypt/cli.ini', "sed -i '$ a authenticator = webroot'"),
  },
  {
    title: 'case 54: a second certbot, from snap',
    found: ['certbot.snap'],
    ...added('/snap/bin/certbot', ''),
  },
  {
    title: 'case 54: certbot from pip, and cron that starts it',
    found: ['certbot.second'],
    spoil: `ln -s /usr/bin/certbot /usr/local/bin/certbot; echo '0 3 * * * root /usr/local/bin/certbot renew -q' >/etc/cron.d/mine`,
    mend: 'rm /usr/local/bin/certbot /etc/cron.d/mine',
  },
  {
    found: ['certbot.post-hook'],
    ...added(
      '/etc/letsencrypt/renewal-hooks/post/mosquitto.sh',
      'cp $RENEWED_LINEAGE/*.pem /etc/mosquitto/certs',
    ),
  },
  {
    title: 'case 59: the key is open to everybody on the server',
    found: ['conf-edits.certificate'],
    ...chmod('/etc/mosquitto/certs/privkey.pem', '0644', '0640'),
  },
  {
    title: 'case 58: the user of the broker is kept out of the folder of its certificate',
    touches: ['broker'],
    found: ['conf-edits.certificate'],
    ...chmod('/etc/mosquitto/certs', '0700', '0755'),
  },
  {
    title: 'case 184: the user of the broker owns the folder of its configuration',
    found: ['conf-edits.ownership'],
    touches: ['broker'],
    spoil: 'chown mosquitto /etc/mosquitto/conf.d',
    mend: 'chown root /etc/mosquitto/conf.d',
  },
  {
    title: 'case 227: hosts.deny closes the broker to everybody',
    // The library for WebSocket does not ask this file.
    found: ['conf-edits.hosts-deny', ...UNREACHED],
    touches: ['broker'],
    alone: true,
    spoil: 'echo "ALL: ALL" >>/etc/hosts.deny; echo "sshd: ALL" >>/etc/hosts.allow',
    mend: "sed -i '/^ALL: ALL$/d' /etc/hosts.deny; sed -i '/^sshd: ALL$/d' /etc/hosts.allow",
  },
  {
    title: 'case 322: the folder for the data of the broker is not there',
    found: ['conf-edits.data-folder'],
    touches: ['broker'],
    ...away('/var/lib/mosquitto'),
  },
  { found: ['conf-edits.config'], touches: ['broker'], ...chmod(CONF, '0600', '0644') },
  {
    found: ['conf-edits.limits', 'conf-edits.config'],
    touches: ['broker'],
    ...added(`${THEIRS}`, 'max_packet_size 6000000'),
  },
  { found: ['conf-edits.device'], touches: ['passwords'], args: ['--set', 'device.name=another'] },
  {
    found: ['conf-edits.untold'],
    touches: ['passwords'],
    spoil: 'mkdir /var/lib/broker-setup/untold; echo 0 >/var/lib/broker-setup/untold/devicePassword',
    mend: 'rm -r /var/lib/broker-setup/untold',
  },
  {
    found: ['conf-edits.unproved'],
    touches: ['passwords'],
    spoil: 'mkdir -p /var/lib/broker-setup/unproved; echo 0 >/var/lib/broker-setup/unproved/devicePassword',
    mend: 'rm -r /var/lib/broker-setup/unproved',
  },
  {
    found: ['proofs.outstanding'],
    alone: true,
    spoil:
      'mkdir -p /var/lib/broker-setup/unproved; echo 20261130-000000-0000 >/var/lib/broker-setup/unproved/fingerprint',
    mend: 'rm -r /var/lib/broker-setup/unproved',
  },
  // An account that is to be made anew gets a right file on the way.
  {
    found: ['conf-edits.passwords'],
    touches: ['passwords'],
    ...chmod('/etc/mosquitto/passwd', '0644', '0600'),
  },
  {
    found: ['conf-edits.restart'],
    touches: ['broker'],
    // What was changed in the second of the start counts as read.
    spoil: 'sleep 1; touch /etc/mosquitto/certs/fullchain.pem',
    mend: 'sleep 1; systemctl restart mosquitto; sleep 0.5',
  },
  {
    found: ['conf-edits.include-dir'],
    touches: ['broker'],
    // As if Mosquitto had been started after each change.
    ...edited(
      '/etc/mosquitto/mosquitto.conf',
      "sed -i '/^include_dir/d'",
      'touch /run/mosquitto/mosquitto.pid',
    ),
  },
  {
    title: 'case 216: the broker would not start again with a file of the owner’s',
    found: ['conf-edits.untried'],
    touches: ['broker'],
    ...added(THEIRS, 'user nobody'),
  },
  {
    title: 'case 217: the data folder of the broker was restored as root',
    found: ['conf-edits.data-folder'],
    touches: ['broker'],
    spoil: 'chown root:root /var/lib/mosquitto',
    mend: 'chown mosquitto:mosquitto /var/lib/mosquitto',
  },
  { found: ['conf-edits.listener-conflict'], touches: ['broker'], ...added(`${THEIRS}`, 'listener 8883') },
  { found: ['conf-edits.anonymous'], touches: ['broker'], ...added(`${THEIRS}`, 'allow_anonymous true') },
  {
    found: ['conf-edits.per-listener'],
    touches: ['broker'],
    ...added(`${THEIRS}`, 'per_listener_settings true'),
  },
  { found: ['conf-edits.psk'], touches: ['broker'], ...added(`${THEIRS}`, 'psk_file /etc/other') },
  {
    found: ['conf-edits.password-file'],
    touches: ['broker'],
    ...added(`${THEIRS}`, 'password_file /etc/other'),
  },
  {
    found: [
      'conf-edits.port-8084',
      'conf-edits.restart',
      'ports.open',
      ...UNREACHED,
      'tls.8084',
      'mqtt.wss-anonymous',
      'mqtt.wss-wrong-password',
    ],
    touches: ['broker'],
    spoil: 'systemctl stop mosquitto; systemd-run -q --unit=website python3 -m http.server 8084; sleep 1',
    mend: `systemctl stop website; ${restartBroker}`,
  },
  {
    found: ['conf-edits.config', ...REFUSALS],
    touches: ['broker'],
    ...edited(
      CONF,
      "sed -i 's/allow_anonymous false/allow_anonymous true/;/^password_file/d'",
      restartBroker,
    ),
  },
  {
    found: ['renewal-hook.file', 'renewal-hook.proved'],
    ...chmod('/etc/letsencrypt/renewal-hooks/deploy/broker-setup', '0644', '0755'),
  },
  {
    title: 'case 51: the hook failed at the last renewal',
    found: ['renewal-hook.proved'],
    ...edited(
      '/var/log/broker-setup/renewal.log',
      "sh -c 'echo 2026-11-24T00:00:00Z /x FAILED: nothing >>$0'",
    ),
  },
  {
    // The files are right again, but the running broker still presents another certificate.
    title: 'case 60: the new certificate is on the disk, and the broker presents an old one',
    touches: ['broker', 'broker-install'],
    found: ['conf-edits.restart', 'fingerprint.served', 'tls.8883', 'tls.8084', ...REFUSALS],
    spoil: `cd /etc/mosquitto/certs && cp -p fullchain.pem privkey.pem /root/ &&
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -days 1 -keyout privkey.pem -out fullchain.pem 2>/dev/null &&
systemctl restart mosquitto && sleep 1 && cp -p /root/fullchain.pem /root/privkey.pem .`,
    mend: restartBroker,
  },
  {
    found: ['ports.open', ...UNREACHED],
    spoil: 'iptables -I INPUT -p tcp --dport 8883 -j DROP; ip6tables -I INPUT -p tcp --dport 8883 -j DROP',
    mend: 'iptables -D INPUT -p tcp --dport 8883 -j DROP; ip6tables -D INPUT -p tcp --dport 8883 -j DROP',
  },
  {
    found: ['ufw.own-rules', 'ports.closed'],
    ...listening(8083, 'ufw allow 8083/tcp', 'ufw delete allow 8083/tcp'),
  },
  {
    title: 'case 49: port 80 is closed by a firewall when the certificate is to be renewed',
    found: ['ports.renewals', 'ufw.blocked'],
    spoil: 'iptables -I INPUT -p tcp --dport 80 -j DROP',
    mend: 'iptables -D INPUT -p tcp --dport 80 -j DROP',
  },
  {
    // As containers do it: past ufw.
    found: ['ports.unasked'],
    ...listening(
      9999,
      'iptables -I INPUT -p tcp --dport 9999 -j ACCEPT',
      'iptables -D INPUT -p tcp --dport 9999 -j ACCEPT',
    ),
  },
  { found: ['system.clock'], touches: ['date'], ...wrongDate('+5 minutes', '*+now=*') },
  {
    found: ['system.failed-units'],
    spoil: 'systemd-run -q --unit=broken false; sleep 0.3',
    mend: 'systemctl reset-failed broken',
  },
  {
    found: ['system.disk'],
    spoil: 'mount -t tmpfs -o size=10m tmpfs /home/../boot && head -c 9900000 /dev/zero >/boot/fill',
    mend: 'umount /boot',
  },
  {
    found: ['system.memory'],
    touches: ['memory'],
    ...pretended('/proc/meminfo', 's/^MemAvailable:.*/MemAvailable: 900 kB/;s/^SwapFree:.*/SwapFree: 0 kB/'),
  },
  {
    found: ['system.release'],
    ...edited('/usr/share/distro-info/debian.csv', "sed -i '/bookworm/s/20[23][0-9]-/2020-/g'"),
  },
  {
    found: ['updates.off'],
    touches: ['update'],
    ...added('/etc/apt/apt.conf.d/99zz', 'APT::Periodic::Unattended-Upgrade "0";'),
  },
  {
    title: 'case 320: a later file of apt’s keeps the lists of packages from being fetched',
    found: ['updates.lists'],
    touches: ['update'],
    ...added('/etc/apt/apt.conf.d/99zz', 'APT::Periodic::Update-Package-Lists "0";'),
  },
  {
    found: ['updates.stale'],
    touches: ['update'],
    spoil: `touch -d '9 days ago' /etc/apt/apt.conf.d/52broker-setup-auto-upgrades; echo '900000.00 1.00' >${KEPT}-uptime; mount --bind ${KEPT}-uptime /proc/uptime`,
    mend: 'umount /proc/uptime; touch /etc/apt/apt.conf.d/52broker-setup-auto-upgrades',
  },
  { found: ['secrets.modes'], ...chmod('/etc/ssh/ssh_host_rsa_key', '0644', '0600') },
  {
    found: ['accounts.empty-password'],
    spoil: 'useradd -m eve; passwd -d eve',
    mend: 'userdel -rf eve 2>/dev/null',
  },
  {
    found: ['accounts.second-root'],
    spoil: 'useradd -o -u 0 -M -s /bin/bash toor',
    mend: "sed -i '/^toor:/d' /etc/passwd /etc/shadow /etc/group /etc/gshadow",
  },
  {
    title: 'case 333: accounts come from a directory that does not list them',
    found: ['accounts.unlisted'],
    ...edited('/etc/nsswitch.conf', "sed -i 's/^passwd:.*/& sss/'"),
  },
  {
    found: ['accounts.broken-key'],
    touches: ['ssh-keys'],
    ...edited('/home/researcher/.ssh/authorized_keys', "sed -i '$ a ssh-ed25519 AAAAC3NzaC1lZDI1'"),
  },
  {
    title: 'case 51: the renewal failed, and nobody noticed',
    found: ['certificate.last-run'],
    ...added(
      '/run/systemd/system/certbot.service.d/broken.conf',
      '[Service]\\nExecStartPre=/bin/false',
      'systemctl daemon-reload; systemctl start certbot || true; [ -e /run/systemd/system/certbot.service.d/broken.conf ] || systemctl reset-failed certbot || true',
    ),
  },
  lateTimer(),
  {
    title: 'case 50: certbot passes over its folders of hooks, so the broker is told nothing',
    found: ['certbot.cli-ini'],
    ...edited('/etc/letsencrypt/cli.ini', "sh -c 'echo no-directory-hooks = true >>$0'"),
  },
  {
    title: 'case 49: certbot is told not to renew this certificate',
    found: ['certificate.passed-over'],
    ...edited(RENEWAL, "sed -i '$ a autorenew = False'"),
  },
  {
    found: ['certificate.by-hand'],
    ...edited(RENEWAL, "sed -i 's/^authenticator.*/authenticator = manual/'"),
  },
];

/** A program of the server's that does not do what it should, ahead of the real one on the way that sudo looks. */
const broken = (name: string, script: string): Pick<Spoil, 'spoil' | 'mend'> => ({
  spoil: `printf '#!/bin/sh\\n${script}\\n' >/usr/sbin/${name}; chmod +x /usr/sbin/${name}`,
  mend: `rm /usr/sbin/${name}`,
});

/** What cannot be looked at is never called healthy: the name of a group alone says that it could not be checked. */
const BROKEN: readonly Spoil[] = [
  {
    title: 'case 67: one program of the server answers nothing',
    found: ['ufw', 'fail2ban', 'conf-edits', 'ports', 'ports.unasked', ...REFUSALS],
    alone: true,
    ...broken('ss', 'exit 0'),
  },
  {
    found: ['update.packages', 'updates'],
    ...added('/etc/apt/sources.list.d/nonsense.list', 'dbe nonsense'),
  },
  { found: ['secrets'], alone: true, ...broken('find', 'exit 1') },
  {
    title: 'case 67: a program hangs that two of the looks ask',
    found: ['accounts', 'ssh-keys', 'user'],
    alone: true,
    ...broken('getent', 'exec sleep 60'),
  },
];

/** All of them. */
export const ALL_SPOILS: readonly Spoil[] = [...SPOILS, ...HARDENING_SPOILS, ...MORE_SPOILS, ...BROKEN];
