import * as v from 'valibot';
import * as is from './formats.js';

/**
 * The only definition of every setting: its name, what is right, its default and its explanation.
 * The comments in broker.yaml, the JSON Schema, the wizard's questions and the README's table are derived from it.
 */
const setting = <T extends v.GenericSchema>(schema: T, description: string) =>
  v.pipe(schema, v.description(description));

/** Let's Encrypt's production directory (letsencrypt.org/docs/acme-protocol-updates). */
export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

export const SettingsSchema = v.strictObject({
  version: setting(v.literal(1), 'Version of this file format.'),
  server: setting(is.server, 'Address of the server, or its name in ~/.ssh/config.'),
  login: setting(
    v.strictObject({
      user: setting(v.optional(is.userName), 'Who logs in the first time: root, ubuntu, debian, admin ... Default: what ~/.ssh/config says, else root.'),
      port: setting(v.optional(is.port), 'Port of the SSH server. Default: what ~/.ssh/config says, else 22.'),
      key: setting(v.optional(is.localPath), 'Private key on this computer that already opens the server. Default: what ~/.ssh/config and the agent offer.'),
    }),
    'The first login, before the limited user exists. Its password is asked for, or taken from BROKER_SETUP_LOGIN_PASSWORD.',
  ),
  domain: setting(is.domain, 'Domain of the broker. Its DNS must point at the server: the certificate is issued for it.'),
  hostname: setting(is.hostname, 'Name of the server itself. Default: the first part of the domain.'),
  user: setting(
    v.strictObject({
      name: setting(is.newUserName, 'The limited user that logs in from now on, instead of root.'),
      sudo: setting(v.picklist(['without-password', 'with-password']), 'Whether sudo asks this user for a password. The password is asked for, or taken from BROKER_SETUP_SUDO_PASSWORD, or generated and shown once.'),
    }),
    'The limited user.',
  ),
  key: setting(
    v.strictObject({
      file: setting(is.localPath, 'The SSH key of the limited user on this computer. An existing key is used as it is; otherwise a new one is made.'),
      type: setting(v.picklist(['ed25519', 'rsa']), 'Type of a new key; rsa has 4096 bits.'),
      alias: setting(v.optional(is.alias), 'Adds a Host entry of this name to ~/.ssh/config, so that `ssh NAME` logs in. Leave it out for none.'),
    }),
    'The SSH key.',
  ),
  exposure: setting(v.picklist(['encrypted', 'guide']), 'Ports open to the world. encrypted: SSH, 80 for renewals and the TLS ports. guide: also the unencrypted ports of the original guide, over which passwords travel readable.'),
  broker: setting(
    v.variant('kind', [v.strictObject({ kind: v.literal('mosquitto') })]),
    'The MQTT broker. mosquitto: open source, from the distribution, kept up to date by it.',
  ),
  device: setting(
    v.strictObject({ name: setting(is.deviceName, 'Account of the first device. Its password is generated and shown once.') }),
    'The first device account.',
  ),
  certificate: setting(
    v.strictObject({
      email: setting(v.optional(is.email), 'Where the certificate authority may write to. Optional.'),
      agree_terms: setting(v.boolean(), "Whether you accept the certificate authority's terms (Let's Encrypt: https://letsencrypt.org/repository/)."),
      key_type: setting(v.picklist(['ecdsa', 'rsa']), 'Type of the certificate key. rsa for devices that know nothing else.'),
      directory: setting(is.httpsUrl, "ACME directory of the certificate authority. Default: Let's Encrypt."),
      ca_bundle: setting(v.optional(is.localPath), 'PEM file on this computer with the roots of a private certificate authority.'),
      resolver: setting(v.optional(is.resolver), "DNS server to ask where the domain points, instead of this computer's: for a private network."),
    }),
    'The certificate.',
  ),
  reboot: setting(v.picklist(['ask', 'yes', 'no']), 'Whether to restart the server at the end where an update needs it.'),
});

export type Settings = v.InferOutput<typeof SettingsSchema>;
export type SettingsInput = v.InferInput<typeof SettingsSchema>;
