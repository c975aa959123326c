import type { FailureGroup } from './case.js';

export const BEYOND: FailureGroup = {
  title: 'Beyond the list',
  cases: [
    {
      number: 101,
      symptom:
        'A second administrator is shut out: they came in as root with a key of their own, or with a password.',
      behaviour:
        'The plan names everybody who gets in today and will not afterwards, with the names of their keys, before you say yes. Keys of other accounts stay.',
    },
    {
      number: 102,
      symptom:
        'Sixty days after the set-up the key is refused: the rules of the image let passwords, and with them accounts, run out.',
      behaviour:
        'The account is made so that it does not run out. One that will is found by init and doctor and mended; one that has run out is named as such, with the command for the console.',
    },
    {
      number: 103,
      symptom:
        '“Password change required but no TTY available”: the first password of the provider has run out at once.',
      behaviour: 'Says so, and to log in once by hand and set a new one; then the same command goes on.',
    },
    {
      number: 104,
      symptom:
        'The clock of the server is hours or years off: apt and the certificate authority refuse, each with other words.',
      behaviour:
        'More than ten minutes stop the run before anything is changed, with both times and the command that sets the clock. A minute is worth a warning of doctor.',
      notHere:
        'A container cannot set the clock, so the date program of the server lies; apt itself keeps the right time.',
    },
    {
      number: 105,
      symptom:
        'The package source of other software is gone or its key has run out, and with it every update fails.',
      behaviour:
        'Goes on without that source and says which one it was. What the distribution publishes, security updates among it, must be there.',
    },
    {
      number: 106,
      symptom:
        'The package lists cannot be fetched: no DNS, a mirror that gave the release up, a missing key, a broken line.',
      behaviour:
        'Each of these causes is told in its own words, with what to do about it; what apt said stands below.',
    },
    {
      number: 107,
      symptom: 'Two firewalls on one server: after the next start the rules of one are gone.',
      behaviour:
        'firewalld, nftables, shorewall and others stop the run before anything is changed, with the command that switches them off. Beside a firewall of ours that is on already, doctor warns.',
    },
    {
      number: 108,
      symptom:
        'Installing one package silently removes another: ufw takes iptables-persistent away, and its rules go at the next start.',
      behaviour:
        'apt is never allowed to remove anything. The message names what would have gone; you decide.',
    },
    {
      number: 109,
      symptom:
        '“Operation not permitted” for root: somebody, or a panel, has made files unchangeable (chattr +i).',
      behaviour:
        'All files that the plan writes are asked about before the first change; the message has the chattr that unlocks them.',
    },
    {
      number: 110,
      symptom: 'The disk has become read-only, as Linux makes it after errors.',
      behaviour: 'Found before the first change, with what it may mean and what to look at.',
    },
    {
      number: 111,
      symptom: '“No space left on device” though df shows room: the file system can hold no more files.',
      behaviour:
        'Free files are counted like free megabytes, on /var and /usr; too few stop the run before anything is changed.',
    },
    {
      number: 112,
      symptom: 'A small /boot is full, and an update stops half-way with a broken kernel.',
      behaviour:
        'Where /boot is a disk of its own with less than 100 MB left and a kernel waits, the run stops before anything is changed.',
    },
    {
      number: 113,
      symptom: 'The server has IPv6 alone.',
      behaviour:
        'Needs only an AAAA record. Login, firewall, certificate, ports and messages are proved over IPv6.',
      notHere:
        'The private mirror and certificate authority of a rehearsal are reached over an IPv4 address that does not count as one of the world.',
    },
    {
      number: 114,
      symptom:
        'The SSH server asks for a code or a password besides the key; with passwords off nobody gets in.',
      behaviour:
        'AuthenticationMethods that a key alone does not satisfy stop the run before anything is changed.',
    },
    {
      number: 115,
      symptom: 'The login shows a menu or a banner and runs no command.',
      behaviour: 'Shows what the server said, and names ForceCommand and command= as what to look for.',
    },
    {
      number: 116,
      symptom: '/tmp is mounted so that nothing in it can be run; package scripts fail.',
      behaviour: 'A set-up goes through; nothing of this program runs from /tmp.',
    },
    {
      number: 117,
      symptom:
        'Another Mosquitto, from a container or a snap, already has the port, and the new one does not start.',
      behaviour: 'Told from the one that this program installs, and named before anything is changed.',
    },
    {
      number: 118,
      symptom:
        'The login shell prints a lot, binary or for ever: pictures, news of the day, a script that loops.',
      behaviour:
        'What comes before the own shell is passed over; more than 1 MB of it ends the connection with the reason.',
    },
    {
      number: 119,
      symptom: 'The smallest images lack programs such as ss or ip.',
      behaviour:
        'They are installed in the first step; what cannot be looked at until then is called so in the plan, not in place.',
    },
    {
      number: 121,
      symptom:
        'broker.yaml was written by an editor of Windows: other line ends, an invisible mark at its start, or UTF-16.',
      behaviour:
        'Line ends and mark are read, and kept when it is saved; UTF-16 is named, and PowerShell as where it comes from.',
    },
    {
      number: 122,
      symptom: 'known_hosts on your computer cannot be written: full disk, wrong owner, read-only home.',
      behaviour:
        'Says which file and why, before anything is changed on the server; --known-hosts names another.',
    },
    {
      number: 140,
      symptom:
        'The firewall is on, and a website, a VPN, a panel or a database on the same server has gone dark.',
      behaviour:
        'The plan names each port that the world reaches today and will not afterwards, with its program, and the rule that keeps it open. Rules of your own stay.',
    },
    {
      number: 141,
      symptom:
        'The broker has rules for topics (an ACL), so the new account may not publish where the tool tries it, and the run fails.',
      behaviour:
        'That the account gets in is told apart from what it may do: the message then “could not be checked”, with the reason, and the run goes on.',
    },
    {
      number: 142,
      symptom:
        '~/.ssh or authorized_keys is a symbolic link, of a manager of dotfiles: the key is lost, or its file is replaced.',
      behaviour:
        'What a link leads to is judged as sshd does. A folder behind a link is used; a file is never written through one: the plan stops, with the command that puts a file in its place.',
    },
    {
      number: 143,
      symptom:
        '“Held packages were changed and -y was used without --allow-change-held-packages”: somebody keeps a package at its version.',
      behaviour:
        'What is on hold stays as it is, and the run goes on. doctor names such packages, as they get no security updates either.',
    },
    {
      number: 144,
      symptom:
        '“Package certbot has no installation candidate”: Ubuntu without universe, or preferences (pins) of somebody’s.',
      behaviour: 'Says for which packages apt finds nothing, and both causes with what to do.',
    },
    {
      number: 145,
      symptom: 'apt still goes through the proxy of a former network, which is gone.',
      behaviour:
        'The proxy is named, without its password, as the cause, with the command that finds its line; not DNS or the mirror.',
    },
    {
      number: 146,
      symptom: '/var is mounted with noexec, after a guide for hardening: installations break off half-way.',
      behaviour:
        'Found before anything is changed, with the command that allows it, unless apt itself is told to do that.',
    },
    {
      number: 147,
      symptom:
        'A certificate was removed with rm -r, or put back by FTP: certbot makes DOMAIN-0001, then -0002, until the authority refuses for a week.',
      behaviour:
        'What certbot could not read or would refuse is found before the authority is asked, with what to move away. No order is repeated within a run. doctor sees links that have become files, which certbot does not renew.',
    },
    {
      number: 148,
      symptom:
        'After the SSH server was hardened nobody gets in who logs in by certificates of an authority, and its own certificate is shown no more.',
      behaviour:
        'Where TrustedUserCAKeys or HostCertificate are set, certificates stay among what is accepted and shown.',
    },
    {
      number: 149,
      symptom: 'Setting the firewall up undoes an owner’s rule that outgoing connections are held back.',
      behaviour:
        'The policy for outgoing stays as it is, and is told with what the server must reach. Rules for outgoing are not taken for open ports.',
    },
    {
      number: 150,
      symptom:
        'The owner’s Mosquitto keeps its messages or log in a home directory; in a sandbox it runs, and keeps nothing.',
      behaviour: 'Folders that its own configuration writes to stay writable.',
    },
    {
      number: 151,
      symptom: 'The right key, and the connection is closed: /etc/nologin is left from a maintenance.',
      behaviour: 'Found before anything is changed, with what removes it.',
    },
    {
      number: 152,
      symptom: 'CoAP devices never connect: some versions of EMQX answer no encrypted handshake of theirs.',
      behaviour:
        'Such a version is refused together with CoAP, with the nearest that works; the wizard does not offer the two together.',
    },
    {
      number: 153,
      symptom:
        'sshguard on the server takes the proofs for an attack: after a set-up and a check-up nothing on the server answers you for minutes, not even the broker.',
      behaviour:
        'It spares your address during a run, beside those that its owner has named, by a file under /run that is gone after a restart; afterwards it counts again. No file of its owner’s is touched.',
    },
    {
      number: 154,
      symptom:
        'A Match block in sshd_config opens passwords again for some addresses or users, or gives the new user nothing but SFTP or a folder (ForceCommand, ChrootDirectory).',
      behaviour:
        'sshd is asked what would be in force for your user and root, from anywhere and from where you come, before its settings are changed. Where the block would overrule them or keep your user out, nothing is touched, and its line is named.',
    },
    {
      number: 155,
      symptom:
        'With “UsePAM no” in an old sshd_config each key of the new user is refused, as its account has no password and so counts as locked.',
      behaviour:
        'The account is made without a password, but not locked. One that was there before is opened for keys; one that somebody has locked with its password is named, with the command that unlocks it.',
    },
    {
      number: 156,
      symptom:
        'The chosen user is root under another name (number 0), or an account of a program: refused at the end, with root or with no shell.',
      behaviour: 'Named before anything is changed; another name is to be chosen.',
    },
    {
      number: 157,
      symptom:
        'The disk becomes full in the middle of a set-up: files cut off, and messages about anything but the disk.',
      behaviour:
        'Files are written whole or not at all, and what cannot be guarded is not begun. The message names the disk and what to look at; once there is room, the next run goes on.',
    },
    {
      number: 158,
      symptom:
        'The firewall lets SSH in over a VPN only (ufw allow in on tailscale0), and a tool opens it to the world, or takes that rule for a port to close.',
      behaviour:
        'Such rules stay, and are named for what they are. That SSH will be open for everybody, keys only, is in the plan, with how to narrow it again.',
    },
    {
      number: 159,
      symptom:
        '“Failed to enable unit: Unit file is masked”, half-way: somebody, or the image, has forbidden systemd to start the firewall, fail2ban or certbot’s timer.',
      behaviour:
        'Found before anything is changed, with the command that allows it; doctor finds it as well.',
    },
    {
      number: 160,
      symptom:
        'The user exists already, with another number, another shell and a home that does not: the key has nowhere to go.',
      behaviour: 'The account is taken as it is, its home is made where it is named, and the key lets it in.',
    },
    {
      number: 161,
      symptom:
        '“Sub-process /usr/bin/apt-listbugs apt returned an error code”: it asks about serious bugs of packages, and nobody is there to answer.',
      behaviour:
        'It is told to ask nothing during a run, as its manual has it for scripts; versions that it has pinned stay as they are.',
    },
    {
      number: 162,
      symptom:
        'An old sshd_config names its RSA host key only (HostKey); once it is hardened the server has no key to show, and nobody can connect.',
      behaviour: 'Found before anything is changed, with the line and the one to add beside it.',
    },
  ],
};
