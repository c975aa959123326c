/** Why it matters, for each finding of the steps that make the server itself safe: one sentence for people. */
export const SERVER = {
  'update.disk':
    'On a full disk updates stop half-way, certificates are not renewed and the broker loses messages.',
  'update.memory': 'Without memory to spare the system kills programs, and the broker is a large one.',
  'update.packages': 'Holes that are known and mended elsewhere stay open here.',
  'update.auto-upgrades': 'Nobody installs security updates every day by hand.',
  'update.timers': 'Without its timers apt neither looks for updates nor installs them.',
  'update.reboot': 'The old kernel or libraries with their holes stay in use until the server restarts.',
  'hostname.hosts': 'A server that does not know its own name makes sudo and mail wait or complain.',
  'hostname.cloud-init': 'At its next start the server would go back to the name that the provider gave it.',
  'hostname.name': 'Logs, prompts and mails of the server carry this name; a wrong one misleads.',
  'user.account': 'Without a user of your own you would work as root, and root could not be shut out.',
  'user.group': 'Without sudo your user can log in but mend nothing.',
  'user.shell': 'An account without a shell cannot log in, so it cannot be the way in.',
  'user.sudo': 'This program and you reach root through it.',
  'user.password': 'sudo that asks for a password nobody knows is no sudo.',
  'ssh-keys.key': 'A key cannot be guessed; a password can, and is tried thousands of times a day.',
  'ssh-keys.type': 'The hardened SSH server refuses keys of this type, so it would lock you out.',
  'ssh-keys.shared-file': 'To give it to one user would lock out all others.',
  'ssh-keys.authorized':
    'Without your key among those that are let in, closing passwords would lock you out.',
  'ssh-keys.modes':
    'The SSH server passes over keys that somebody else could have written, and you would be locked out.',
  'ssh-keys.host-entry': 'Without it “ssh” does not know the name that you chose.',
  'sshd-config.host-key': 'Without a host key of today’s kind a strict client refuses the server.',
  'sshd-config.drop-in':
    'Machines all over the world try passwords on every SSH server, root first, day and night.',
  'sshd-config.overruled': 'What another file says first wins, so the server is open where it looks closed.',
  'sshd-config.running': 'The running SSH server still lets in what its files forbid.',
  'sshd-config.shut-out':
    'Who may log in at all is asked before any key: once the other ways are closed, nobody gets in.',
  'sshd-config.port':
    'At the next start the SSH server would listen where the firewall and you do not expect it.',
  'sshd-config.unmanaged':
    'An SSH server that nobody starts is gone after the next restart, and the way in with it.',
  'sshd-config.socket': 'Two that fight for one port can leave nobody listening after the next restart.',
  'sshd-config.cloud-init': 'For a copy of this server cloud-init would write its own SSH settings anew.',
  'sshd-config.match': 'A rule for some logins can open what is closed for all others.',
  'ufw.netfilter': 'Without a firewall every program that listens is open to the world.',
  'ufw.rules': 'Whatever listens on a port that the firewall leaves open can be attacked by everyone.',
  'ufw.denied': 'Devices, renewals or you yourself cannot get through.',
  'ufw.own-rules': 'Each open port is one more program that everyone can attack.',
  'ufw.reject-first': 'Devices cannot reach the broker, and the certificate cannot be renewed.',
  'ufw.other': 'Of two firewalls each closes ports by itself, and who looks at one is wrong about the other.',
  'ufw.docker': 'The firewall does not see these ports, so whoever believes it is wrong about them.',
  'ufw.guide': 'Everybody on the way can read passwords and data, and use them.',
  'fail2ban.jail':
    'Whoever guesses may go on guessing without end, and fills the logs and the lines of the SSH server.',
  'fail2ban.service': 'What does not run shuts nobody out.',
  'fail2ban.own-jail': 'Who relies on fail2ban believes that it watches, and it does not.',
  'fail2ban.penalties': 'Whoever guesses may go on guessing without end, as nothing else shuts him out.',
} as const;
