import * as v from 'valibot';
import * as is from './formats.js';
import { setting } from './setting.js';
import { waivers } from './waivers.js';

/** Let's Encrypt's production directory (letsencrypt.org/docs/acme-protocol-updates). */
export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

const KEPT_SECRET =
  'Whoever knows it can use it, so it is a secret: on the server only root can read it, and no report shows it.';

/**
 * The only definition of every setting: its name, what is right, its default and its explanation.
 * The flags, the comments in broker.yaml, the JSON Schema, the wizard's questions and the README's table are derived from it.
 * Defaults that depend on another setting are in defaults.ts.
 */
export const SettingsSchema = v.strictObject({
  version: setting(v.optional(v.literal(1), 1), 'Version of this file format.', { title: 'Version' }),
  server: setting(is.server, 'Address of the server, or its name in ~/.ssh/config.', {
    title: 'Which server?',
    example: '203.0.113.7',
  }),
  login: setting(
    v.strictObject({
      user: setting(
        v.optional(is.userName),
        'The user that your provider gave you: root, ubuntu, debian, admin ... Default: what ~/.ssh/config says, else root.',
        { title: 'Who logs in there the first time?', example: 'root' },
      ),
      port: setting(
        v.optional(is.port),
        'Port of the SSH server. Default: what ~/.ssh/config says, else 22.',
        {
          title: 'Port of the SSH server?',
          example: 22,
        },
      ),
      key: setting(
        v.optional(is.localPath),
        'Private key on this computer that already opens the server. Default: what ~/.ssh/config and the agent offer.',
        { title: 'Which key opens it?', example: '~/.ssh/id_ed25519' },
      ),
    }),
    'The first login, before your user exists. Its password is asked for, or taken from BROKER_SETUP_LOGIN_PASSWORD.',
    { title: 'First login' },
  ),
  domain: setting(
    is.domain,
    'Domain of the broker. Its DNS must point at the server: the certificate is issued for it.',
    { title: 'Domain of the broker?', flag: 'domain', example: 'mqtt.example.org' },
  ),
  hostname: setting(is.hostname, 'Name of the server itself. Default: the first part of the domain.', {
    title: 'Name of the server itself?',
    example: 'mqtt',
  }),
  user: setting(
    v.strictObject({
      name: setting(
        v.optional(is.newUserName, 'researcher'),
        'Your user on the server: it logs in from now on, instead of root, and may use sudo.',
        { title: 'Your user name on the server?', flag: 'user', example: 'researcher' },
      ),
      sudo: setting(
        v.optional(v.picklist(['without-password', 'with-password']), 'without-password'),
        'Whether sudo asks this user for a password. The password is asked for, or taken from BROKER_SETUP_SUDO_PASSWORD, or generated and shown once.',
        { title: 'Shall sudo ask this user for a password?' },
      ),
    }),
    'Your user on the server.',
    { title: 'Limited user' },
  ),
  key: setting(
    v.strictObject({
      file: setting(
        is.keyPath,
        'The SSH key on this computer with which you log in from now on. An existing key is used as it is; otherwise a new one is made.',
        { title: 'Which SSH key?', example: '~/.ssh/broker-setup_mqtt' },
      ),
      type: setting(
        v.optional(v.picklist(['ed25519', 'rsa']), 'ed25519'),
        'Type of a new key; rsa has 4096 bits.',
        { title: 'Type of the new key?' },
      ),
      alias: setting(
        v.optional(is.alias),
        'Adds a Host entry of this name to ~/.ssh/config, so that `ssh NAME` logs in. Leave it out for none.',
        { title: 'Name of the entry in ~/.ssh/config?', example: 'mqtt' },
      ),
    }),
    'The SSH key.',
    { title: 'SSH key' },
  ),
  exposure: setting(
    v.optional(v.picklist(['encrypted', 'guide']), 'encrypted'),
    'Ports open to the world. encrypted: SSH, 80 for renewals and the TLS ports. guide: also the unencrypted ports of the original guide, on which anyone on the way can read passwords.',
    { title: 'Which ports shall be open to the world?', flag: 'exposure' },
  ),
  hardening: setting(
    v.optional(v.picklist(['standard', 'strict']), 'standard'),
    'How far the system itself is hardened. standard: what nobody notices. strict: also what auditors ask for and may annoy you, such as a notice before each login, shells that end after half an hour, no forwarding of ports over SSH.',
    { title: 'How far shall the system be hardened?', flag: 'hardening' },
  ),
  broker: setting(
    v.variant('kind', [
      v.strictObject({
        kind: setting(
          v.literal('emqx'),
          'Which broker. emqx: with a dashboard, CoAP and LwM2M; its version must be named. mosquitto: open source, from the distribution, kept up to date by it.',
          { title: 'Which broker?', flag: 'broker' },
        ),
        version: setting(
          v.optional(is.emqxVersion),
          'Version of EMQX, three numbers; another one is installed only when this is changed. Needed for emqx.',
          { title: 'Which version of EMQX?', flag: 'broker-version', example: '6.3.1' },
        ),
        agree_licence: setting(
          v.optional(v.boolean('must be true or false')),
          'Whether you accept the licence of EMQX 5.9 and newer (Business Source Licence 1.1: one node, not offered to others as a service). Needed for these.',
          { title: 'Do you accept the licence of this version?', flag: 'agree-licence', example: true },
        ),
        package: setting(
          v.optional(is.packageFile),
          "EMQX from a .deb file, on this computer or at an https:// address, instead of the vendor's repository.",
          {
            title: 'Which package file?',
            flag: 'broker-package',
            example: './emqx-5.8.9-debian12-amd64.deb',
          },
        ),
        sha256: setting(
          v.optional(is.sha256),
          'SHA-256 that the package file must have. Needed where the file is at an address.',
          { title: 'SHA-256 of the package file?', example: '0'.repeat(64) },
        ),
        repository_key: setting(
          v.optional(is.openPgpFingerprint),
          "Fingerprint that the key of the vendor's repository must have. Left out, it is recorded here at first use.",
          {
            title: "Fingerprint of the repository's key?",
            example: `${'0123456789ABCDEF'.repeat(2)}01234567`,
          },
        ),
      }),
      v.strictObject({
        kind: setting(v.literal('mosquitto'), '', { title: 'Which broker?' }),
      }),
    ]),
    'The MQTT broker.',
    { title: 'Broker' },
  ),
  dashboard: setting(
    v.optional(v.picklist(['public', 'tunnel']), 'public'),
    "Who reaches EMQX's dashboard. public: everyone, encrypted on port 18084, with its password. tunnel: only who is logged in over SSH; the command is shown at the end. The questions, and a new settings file, take tunnel.",
    { title: 'Who shall reach the dashboard?' },
  ),
  protocols: setting(
    v.optional(is.listOf(['mqtt', 'coap', 'lwm2m']), ['mqtt']),
    'Protocols of the devices. coap and lwm2m need EMQX; they come encrypted (DTLS) and with accounts.',
    { title: 'Which protocols do the devices speak?', example: 'mqtt' },
  ),
  device: setting(
    v.strictObject({
      name: setting(
        v.optional(is.deviceName, 'device-1'),
        'Account of the first device. Its password is generated and shown once.',
        { title: "Name of the first device's account?" },
      ),
    }),
    'The first device account.',
    { title: 'First device' },
  ),
  certificate: setting(
    v.strictObject({
      email: setting(v.optional(is.email), 'For messages of the certificate authority. May be left empty.', {
        title: 'E-mail address for the certificate authority? (empty for none)',
        flag: 'email',
        example: 'you@example.org',
      }),
      agree_terms: setting(
        v.pipe(
          v.boolean('must be true or false'),
          v.value(
            true,
            'must be true: no authority issues a certificate to those who do not accept its terms',
          ),
        ),
        "Whether you accept the certificate authority's terms (Let's Encrypt: https://letsencrypt.org/repository/).",
        { title: "Do you accept the certificate authority's terms?", flag: 'agree-terms', example: true },
      ),
      key_type: setting(
        v.optional(v.picklist(['ecdsa', 'rsa']), 'ecdsa'),
        'Type of the certificate key. rsa for devices that know nothing else.',
        { title: 'Type of the certificate key?' },
      ),
      directory: setting(
        v.optional(is.httpsUrl, LETS_ENCRYPT),
        "ACME directory of the certificate authority. Default: Let's Encrypt.",
        { title: 'ACME directory of the certificate authority?' },
      ),
      ca_bundle: setting(
        v.optional(is.localPath),
        'PEM file on this computer with the roots of a private certificate authority.',
        { title: 'Roots of the certificate authority?', example: '~/private-ca.pem' },
      ),
      resolver: setting(
        v.optional(is.resolver),
        "DNS server to ask where the domain points, instead of this computer's: for a private network.",
        { title: 'Which DNS server to ask?', example: '192.0.2.53' },
      ),
    }),
    'The certificate.',
    { title: 'Certificate' },
  ),
  reboot: setting(
    v.optional(v.picklist(['ask', 'yes', 'no']), 'ask'),
    'An update may need a restart of the server: ask about it at the end, or decide now.',
    { title: 'Restart it at the end, if needed?' },
  ),
  accept: setting(
    v.optional(waivers, []),
    'Findings of `broker-setup doctor` that you accept, each with the reason and, if you like, the last day on which that counts.',
    { title: 'Accepted findings' },
  ),
  watch: setting(
    v.strictObject({
      webhook: setting(
        v.optional(is.secretUrl),
        `An https:// address to which what was found is sent, as a JSON POST. ${KEPT_SECRET}`,
        { title: 'Which webhook?', example: 'https://chat.example.org/hooks/my-hook' },
      ),
      ntfy: setting(
        v.optional(is.ntfyTopic),
        `Address of a topic of ntfy, which shows messages on your phone (https://ntfy.sh). ${KEPT_SECRET}`,
        { title: 'Which topic of ntfy?', example: 'https://ntfy.sh/my-topic' },
      ),
      mail: setting(v.optional(is.email), 'E-mail address to which what was found is sent.', {
        title: 'Which e-mail address?',
        example: 'you@example.org',
      }),
    }),
    'Where the daily watch of the server (`doctor --install-watch`) speaks up. All may be left out.',
    { title: 'Daily watch' },
  ),
});

export type Settings = v.InferOutput<typeof SettingsSchema>;

type DeepPartial<T> = T extends object ? { [K in keyof T]?: DeepPartial<T[K]> | undefined } : T;

/** Settings as far as they are known: from a file, from flags or from the wizard's answers so far. */
export type Draft = DeepPartial<Settings>;
