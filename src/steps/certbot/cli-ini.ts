import type { SeenFile } from '../../engine/seen-files.js';
import type { Context, Finding } from '../../engine/step.js';
import { keyTypeOf, type Renewal } from './lineage.js';

/**
 * Where certbot looks for settings at each run; what the later file says wins (certbot docs, "Configuration file"). A unit of systemd
 * has no XDG_CONFIG_HOME, and ~ is root's.
 */
export const CLI_INI = ['/etc/letsencrypt/cli.ini', '/root/.config/letsencrypt/cli.ini'] as const;

/** A setting of certbot's, by the name of its flag. */
export interface Setting {
  /** Path of the file or name of the unit that says so. */
  file: string;
  name: string;
  value: string;
}

/** What a certificate is got with, and what its renewal needs. */
export interface Wanted {
  authenticator: string;
  server: string;
  domain: string;
  keyType: string;
}

/** As ConfigArgParse reads a line: `name = value`, `name: value`, `name value`, `--name`. */
const LINE = /^\s*(?:--)?([^:=;#\s]+)\s*(?:[:=\s]\s*(["']?)(.*?)\2)?\s*(?:\s[;#].*)?$/;

/** Renewals work with them, as tried with certbot 2.1: words of Debian's own file, addresses, hooks beside ours, what only new orders follow. */
const HARMLESS = new Set(
  `agree-tos allow-subset-of-names debug deploy-hook disable-hook-validation disable-renew-updates domains duplicate
eff-email email expand force-interactive hsts installer issuance-timeout keep keep-until-expiring logs-dir max-log-backups
must-staple no-eff-email no-random-sleep-on-renew non-interactive noninteractive post-hook pre-hook
preconfigured-renewal preferred-chain quiet redirect register-unsafely-without-email renew-hook renew-with-new-domains
reuse-key staple-ocsp strict-permissions uir user-agent user-agent-comment verbose`.split(/\s+/),
);

/** Flags that choose a way to prove the domain (certbot docs, "Getting certificates"). */
const AUTHENTICATORS = /^(standalone|webroot|manual|nginx|apache|dns-[a-z0-9]+)$/;

const OTHER_KEY = 'makes certbot refuse to renew with the key that is kept';
const NEW_KEY = 'makes a new key at each renewal';

/** What other settings do to renewals; undefined for a value with which they work. */
const HARM: Readonly<Record<string, (value: string, wanted: Wanted) => string | undefined>> = {
  authenticator: (value, { authenticator }) =>
    value === authenticator
      ? undefined
      : `makes certbot prove the domain by “${value}” at each renewal, not by “${authenticator}”`,
  'dry-run': (value) => on(value, 'makes each renewal a rehearsal, of which nothing is kept'),
  staging: (value, { server }) =>
    server.includes('acme-staging') ? undefined : on(value, 'asks for certificates that no device trusts'),
  server: (value, { server }) => (value === server ? undefined : 'sends renewals to another authority'),
  'cert-name': (value, { domain }) => (value === domain ? undefined : 'lets certbot renew that one only'),
  csr: () => 'makes certbot refuse to renew',
  'config-dir': (value) =>
    value.replace(/\/+$/, '') === '/etc/letsencrypt'
      ? undefined
      : 'makes certbot look for certificates elsewhere',
  'key-type': (value, { keyType }) => (value === keyType ? undefined : OTHER_KEY),
  'rsa-key-size': (value, { keyType }) => (keyType !== 'rsa' || value === '2048' ? undefined : OTHER_KEY),
  'elliptic-curve': (value, { keyType }) =>
    keyType !== 'ecdsa' || value === 'secp256r1' ? undefined : OTHER_KEY,
  'preferred-challenges': (value, { authenticator }) =>
    authenticator !== 'standalone' || /(^|[\s,[])http/.test(value)
      ? undefined
      : 'forbids the proof over port 80',
  'http-01-port': (value, { authenticator }) =>
    authenticator !== 'standalone' || value === '80'
      ? undefined
      : 'lets certbot listen on another port than 80, on which the authority asks',
  'force-renewal': (value) => on(value, 'renews at each run, until the authority refuses'),
  'new-key': (value) => on(value, NEW_KEY),
  'no-reuse-key': (value) => on(value, NEW_KEY),
  'no-directory-hooks': (value) =>
    on(
      value,
      'makes certbot pass over its folders of hooks, so nobody tells the broker of its new certificate',
    ),
  'no-autorenew': (value) => on(value, 'keeps certbot from renewing new certificates'),
};

/** Other names of the same settings (certbot --help all). */
const ALIASES: Readonly<Record<string, string>> = {
  a: 'authenticator',
  i: 'installer',
  m: 'email',
  n: 'noninteractive',
  q: 'quiet',
  v: 'verbose',
  configurator: 'authenticator',
  d: 'domains',
  domain: 'domains',
  'test-cert': 'staging',
  'renew-by-default': 'force-renewal',
};

/** Pure. The settings in certbot's files, each as it counts. */
export function certbotSettings(files: ReadonlyMap<string, SeenFile>): Setting[] {
  const all = CLI_INI.flatMap((file) =>
    (files.get(file)?.content ?? '').split('\n').flatMap((line): Setting[] => {
      if (/^\s*([#;[]|---|$)/.test(line)) return [];
      const [, name, , value = 'true'] = LINE.exec(line) ?? [];
      return name === undefined ? [] : [{ file, name: ALIASES[name] ?? name, value }];
    }),
  );
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

/**
 * Pure. The flags of a command that runs certbot, as argparse reads them: `--name value`, `--name=value`, `-qn`.
 * @param unit that runs it
 */
export function certbotFlags(command: string, unit: string): Setting[] {
  const words = command.split(/\s+/);
  const given = words.slice(words.findIndex((word) => /(^|\/)certbot$/.test(word)) + 1);
  return given.flatMap((word, index): Setting[] => {
    const [, dashes, name = '', joined] = /^(--?)([^=]+)(?:=(.*))?$/.exec(word) ?? [];
    if (dashes === undefined) return [];
    const next = given[index + 1];
    const value = joined ?? (next === undefined || next === 'renew' || next.startsWith('-') ? 'true' : next);
    const names = dashes === '-' && /^[nqv]+$/.test(name) ? [...name] : [name];
    return names.map((one) => ({ file: unit, name: ALIASES[one] ?? one, value }));
  });
}

/**
 * Pure. What the owner's settings of certbot do to this certificate. certbot takes them for words of its command line: they win over
 * what it keeps for the certificate, and flags that choose another way are added to those of a command (certbot#4441).
 * @param due whether a certificate is asked for now, by port 80
 */
export function cliIniFindings(
  files: ReadonlyMap<string, SeenFile>,
  renewal: Renewal | undefined,
  due: boolean,
  context: Context,
): Finding[] {
  const wanted = wantedBy(context, due ? undefined : renewal);
  return certbotSettings(files).flatMap((setting) => findingOf(setting, wanted));
}

/** Pure. What renewals have to do, for a certificate that certbot keeps or for one that is asked for now. */
export const wantedBy = (context: Context, renewal: Renewal | undefined): Wanted => ({
  authenticator: renewal?.authenticator ?? 'standalone',
  server: context.settings.certificate.directory,
  domain: context.settings.domain,
  keyType: keyTypeOf(context),
});

/**
 * Pure. What a setting does to renewals, as the end of a sentence about it; undefined where they work with it, null where this
 * program does not know it.
 */
export function harmOf({ name, value }: Setting, wanted: Wanted): string | null | undefined {
  if (HARMLESS.has(name)) return undefined;
  const [known, means] = AUTHENTICATORS.test(name)
    ? ([HARM.authenticator, on(value, name)] as const)
    : ([HARM[name], value] as const);
  if (means === undefined) return undefined;
  return known === undefined ? null : known(means, wanted);
}

function findingOf(setting: Setting, wanted: Wanted): Finding[] {
  const { file, name, value } = setting;
  const harm = harmOf(setting, wanted);
  if (harm === undefined) return [];
  if (harm === null) return [unknown(setting)];
  return [
    {
      id: 'certbot.cli-ini',
      level: 'stop',
      summary: `“${name} = ${value}” in ${file} ${harm}.`,
      hint: 'Remove that line on the server: certbot reads it at every run, also at renewals. What another certificate needs is kept for it in /etc/letsencrypt/renewal.',
    },
  ];
}

/** What to do where nobody knows what a setting does. */
export const TRY_RENEWAL = 'Find out without risk with: broker-setup doctor --renewal';

/** A word that certbot does not know ends each of its runs; one that is younger than this program may be right. */
const unknown = ({ file, name, value }: Setting): Finding => ({
  id: 'certbot.cli-ini',
  level: 'warn',
  summary: `Whether certbot still renews with “${name} = ${value}” in ${file} is not known.`,
  hint: TRY_RENEWAL,
});

/** Whether a flag is set by this value, as ConfigArgParse judges. */
const isOn = (value: string): boolean => /^(true|yes|1)$/i.test(value);

const on = (value: string, harm: string): string | undefined => (isOn(value) ? harm : undefined);
