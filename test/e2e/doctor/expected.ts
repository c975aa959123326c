/** A fresh server, of which nothing is known but its address. */
export const BARE = {
  problem: [
    'broker-install.package',
    'broker-install.service',
    'fail2ban.jail',
    'login.password',
    'login.root',
    'ufw.rules',
    'update.packages',
    'updates.off',
  ],
  warning: [
    'broker-install.log',
    'broker-install.sandbox',
    'conf-edits.certificate',
    'conf-edits.config',
    'conf-edits.device',
    'hardening.core-dumps',
    'hardening.journal',
    'hardening.kernel',
    'ssh-keys.key',
    'sshd-config.drop-in',
    'update.auto-upgrades',
    'user.account',
    'user.sudo',
  ],
  unknown: ['doctor.domain'],
};

/** A server on which somebody typed the guide's sixty commands. */
export const GUIDE = {
  problem: [
    'certbot.ca-bundle',
    'certbot.reuse-key',
    'certificate.no-hook',
    'conf-edits.passwords',
    'login.password',
    'login.root',
    'ports.closed',
  ],
  warning: [
    'broker-install.log',
    'broker-install.sandbox',
    'certbot.post-hook',
    'conf-edits.certificate',
    'conf-edits.config',
    'conf-edits.listener-conflict',
    'conf-edits.password-file',
    'hardening.core-dumps',
    'hardening.journal',
    'hardening.kernel',
    'hostname.hosts',
    'renewal-hook.file',
    'renewal-hook.proved',
    'sshd-config.drop-in',
    'ufw.own-rules',
    'update.auto-upgrades',
    'user.sudo',
  ],
  unknown: [],
};

/** With a broker.yaml, on the same fresh server: flags, and ids that are among what is found. */
export const BARE_DESCRIBED: readonly (readonly [
  what: string,
  args: readonly string[],
  found: readonly string[],
])[] = [
  [
    'what init would do',
    [],
    ['user.account', 'ssh-keys.key', 'hostname.hosts', 'certbot.certificate', 'broker-install.package'],
  ],
  ['an account of a program', ['--set', 'user.name=games'], ['user.shell']],
  [
    'a key of a type that the hardened server refuses',
    ['--set', 'key.file=HOME/ecdsa'],
    ['ssh-keys.type', 'ssh-keys.authorized'],
  ],
];
