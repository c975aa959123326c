import type { FindingId } from './index.js';

/**
 * Findings that are about how this program does things: its own files, names and users. On a server that nobody has
 * described in a broker.yaml they are worth knowing, and no problem; what is wrong with any server is found by the others.
 */
export const OWN_WAY: ReadonlySet<FindingId> = new Set<FindingId>([
  'update.auto-upgrades',
  'hostname.hosts',
  'hostname.cloud-init',
  'hostname.name',
  'user.account',
  'user.group',
  'user.sudo',
  'user.password',
  'ssh-keys.key',
  'ssh-keys.type',
  'ssh-keys.shared-file',
  'ssh-keys.authorized',
  'sshd-config.host-key',
  'sshd-config.drop-in',
  'broker-install.hold',
  'broker-install.sandbox',
  'conf-edits.config',
  'conf-edits.certificate',
  'conf-edits.device',
  'conf-edits.include-dir',
  'conf-edits.listener-conflict',
  'conf-edits.password-file',
  'conf-edits.per-listener',
  // Of EMQX: in 5.x and 6.x they are compared with the text that this program writes. What is really open is seen from outside.
  'conf-edits.encrypted',
  'conf-edits.plain',
  'conf-edits.authentication',
  'conf-edits.authorization',
  'conf-edits.dashboard',
  'conf-edits.management',
  'conf-edits.cookie',
  'conf-edits.inner-ports',
  'conf-edits.start',
  'conf-edits.metrics',
  'conf-edits.telemetry',
  'conf-edits.retained',
  'conf-edits.coap',
  'conf-edits.lwm2m',
  'conf-edits.rules',
  'renewal-hook.file',
  'renewal-hook.proved',
]);
