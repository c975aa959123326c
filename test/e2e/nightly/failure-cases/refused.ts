/** A drop-in of somebody else's for sshd. */
const sshd = (content: string): [string, string] => [
  `printf '${content}\\n' >/etc/ssh/sshd_config.d/10-own.conf; systemctl restart ssh`,
  'rm /etc/ssh/sshd_config.d/10-own.conf; systemctl restart ssh',
];

/** Everything is somewhere else but on this one, small file system. */
const smallVar = (options: string): [string, string] => [
  `mkdir -p /run/var && mount --bind /var /run/var && mount --make-private /run/var && mount -t tmpfs -o ${options} tmpfs /var &&
cd /run/var && for name in *; do
  if [ -L "$name" ]; then cp -P "$name" /var/; else mkdir "/var/$name" && mount --bind "$name" "/var/$name"; fi
done`,
  'cd / && umount -R /var && umount /run/var',
];

/** date(1) lies: a container may not set the clock. */
const clock = (by: string): [string, string] => [
  `printf '#!/bin/sh\\nexec /usr/bin/date -d "${by}" "$@"\\n' >/usr/sbin/date; chmod +x /usr/sbin/date`,
  'rm /usr/sbin/date',
];

/** Servers with which a run stops before it changes anything. */
export const REFUSED: readonly [title: string, spoil: readonly [string, string], says: string[]][] = [
  [
    "case 103: the provider's first password has to be changed at the first login",
    ['chage -d 0 root', 'chage -d "$(date +%F)" root'],
    ['The password of root on', 'has run out', 'Log in once by hand'],
  ],
  [
    'case 104: the clock of the server is hours ahead',
    clock('+3 hours'),
    ['3 hours ahead of this computer', 'timedatectl set-ntp true'],
  ],
  [
    'case 104: the clock of the server is a year behind',
    clock('-365 days'),
    ['365 days behind this computer', 'sudo date -s'],
  ],
  [
    'case 107: another firewall is at work',
    [
      `printf '[Service]\\nExecStart=/bin/sleep 999\\n' >/etc/systemd/system/firewalld.service; systemctl start firewalld`,
      'systemctl stop firewalld; rm /etc/systemd/system/firewalld.service; systemctl daemon-reload',
    ],
    ['Another firewall is at work on this server: firewalld', 'systemctl disable --now firewalld'],
  ],
  [
    'case 109: somebody has made files unchangeable',
    ['chattr +i /etc/hosts /etc/ssh/sshd_config.d', 'chattr -i /etc/hosts /etc/ssh/sshd_config.d'],
    ['Somebody has made /etc/hosts, /etc/ssh/sshd_config.d unchangeable', 'sudo chattr -i /etc/hosts'],
  ],
  [
    'case 110: the disk is read-only, as after a failure',
    ['mount --bind /etc /etc && mount -o remount,ro,bind /etc', 'umount /etc'],
    ['The disk of the server is read-only', 'ask your provider'],
  ],
  [
    'case 111: the disk has room but can hold no more files',
    smallVar('size=1g,nr_inodes=300'),
    ['more files, whatever their size', 'sudo du --inodes'],
  ],
  [
    'case 112: there is no room for a new kernel',
    [
      'mount -t tmpfs -o size=30m tmpfs /boot; touch /boot/vmlinuz-6.1.0-40-amd64; mkdir -p /run/lists; mount --bind /run/lists /var/lib/apt/lists',
      'umount /boot /var/lib/apt/lists',
    ],
    ['30 MB are left on /boot', 'sudo apt autoremove --purge'],
  ],
  [
    'case 146: nothing may be run on /var, where the scripts of packages lie',
    ['mount --bind /var /var; mount -o remount,bind,noexec /var', 'umount -l /var'],
    ['/var is mounted with noexec', 'mount -o remount,exec /var'],
  ],
  [
    'case 151: a maintenance has left a file that lets nobody in but root',
    ['touch /etc/nologin', 'rm /etc/nologin'],
    ['Nobody but root may log in at present', 'sudo rm /etc/nologin'],
  ],
  [
    'case 114: the SSH server asks for a second thing besides the key',
    sshd('AuthenticationMethods publickey,password password'),
    ['AuthenticationMethods', 'publickey,password password'],
  ],
  [
    'case 115: the login runs a menu of the provider instead of commands',
    sshd('ForceCommand echo Choose: 1 2 3'),
    ['it said: Choose: 1 2 3', 'always runs a menu'],
  ],
  [
    'case 117: another Mosquitto, from a container or a snap, has the port',
    [
      'ln -s /usr/bin/python3 /root/mosquitto; systemd-run -q --unit=snap.mosquitto /root/mosquitto -m http.server 8883; sleep 1',
      'systemctl stop snap.mosquitto; rm /root/mosquitto',
    ],
    ['Port 8883 (MQTT over TLS) is already used on the server by another mosquitto (snap.mosquitto.service)'],
  ],
];
