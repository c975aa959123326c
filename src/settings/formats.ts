import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import * as v from 'valibot';

/**
 * What a value must look like. Each message completes the sentence "SETTING is VALUE, but ...".
 * Control characters are nowhere allowed: a value lands in shell, in configuration files and on the screen.
 */
const text = v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'));
const matching = (pattern: RegExp, message: string) => v.pipe(text, v.regex(pattern, message));

/** One label of a host name: RFC 1123 section 2.1. */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const DOMAIN = new RegExp(`^(?=.{4,253}$)(?:${LABEL}\\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$`);

export const domain = v.pipe(
  text,
  v.regex(DOMAIN, ({ input }) => domainMessage(input)),
);

/** As browsers do, domainToASCII makes small letters, and of other letters than a to z what DNS knows them by (xn--…, RFC 3492). */
function domainMessage(value: string): string {
  const [host = ''] = value
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .split(/[/:]/);
  const meant = domainToASCII(host.replace(/\.$/, ''));
  return DOMAIN.test(meant)
    ? `must be written ${meant}`
    : 'must be a full domain name in lower case, such as mqtt.example.org';
}
export const hostname = v.pipe(
  matching(
    new RegExp(`^${LABEL}$`),
    'must be one word of lower-case letters, digits and inner hyphens, at most 63, such as mqtt',
  ),
  v.check((value) => value !== 'localhost', 'must not be the name that every computer has for itself'),
);
export const alias = matching(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  'must be a name of letters, digits, dots, hyphens, such as mqtt',
);

export const server = v.pipe(
  text,
  v.check(
    (value) => isIP(value) !== 0 || /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?$/.test(value),
    'must be an address (203.0.113.7), a domain name or a name from ~/.ssh/config',
  ),
);
/** useradd(8) of Debian's shadow: lower case, at most 32 characters. */
export const userName = matching(
  /^[a-z_][a-z0-9_-]{0,31}$/,
  'must be a user name of at most 32 lower-case letters, digits, _ and -, such as researcher',
);

/** Accounts that exist on a fresh server or belong to a service; making one of them the limited user would change what it is. */
const RESERVED = [
  'root',
  'daemon',
  'bin',
  'sys',
  'nobody',
  'www-data',
  'mosquitto',
  'emqx',
  'sshd',
  'sudo',
  'adm',
  'backup',
  'mail',
];
export const newUserName = v.pipe(
  userName,
  v.check(
    (value) => !RESERVED.includes(value) && !value.startsWith('systemd-'),
    'must not be an account that the system uses itself',
  ),
);
export const deviceName = matching(
  /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
  'must be at most 64 letters, digits, dots, hyphens, _ and @, such as device-1',
);
/** The part before the @ in the plain form of RFC 5321 section 4.1.2 without quote, backtick and $; never an option. */
export const email = matching(
  /^[A-Za-z0-9_][A-Za-z0-9.!#%&*+/=?^_{|}~-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/,
  'must be an e-mail address',
);
const PORT = 'must be a number from 1 to 65535';
export const port = v.pipe(v.number(PORT), v.integer(PORT), v.minValue(1, PORT), v.maxValue(65535, PORT));

/** Neither control characters nor those that hide or turn round what is shown (zero width, bidirectional). */
const SHOWN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is there to refuse them
  /^[^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+$/;
/** The same for characters beyond the first plane, and halves of one: those are no text, and no file could hold them. */
const shownOnly = (message: string) => v.check((value: string) => !/[\p{Cf}\p{Cs}]/u.test(value), message);
/** Marked with `file`, so that ~ is expanded wherever a path is read (defaults.ts). */
export const localPath = v.pipe(
  text,
  v.maxLength(1024, 'must be shorter than 1024 characters'),
  v.regex(SHOWN, 'must be the path of a file'),
  shownOnly('must be the path of a file'),
  v.metadata({ file: true }),
);
/**
 * Goes into ~/.ssh/config, where it stands between quotes: another one, or a backslash before the last, makes ssh refuse the whole
 * file; a backslash before a quote or another one is taken away, and ${NAME} is looked up (ssh_config(5)).
 */
export const keyPath = v.pipe(
  localPath,
  v.check(
    (value) => !/"|\$\{|\\['\\]|\\$/.test(value),
    'must be a path without ", ${, \\\' and a double or last backslash, which ~/.ssh/config could not name',
  ),
);
export const httpsUrl = v.pipe(
  matching(/^https:\/\/[!#%&()*+,./0-9:;=?@A-Z[\]_a-z{|}~-]+$/, 'must be an https:// address'),
  v.check((value) => URL.canParse(value), 'must be an https:// address'),
  // RFC 3986 section 2.1; what certbot keeps of it is read by ConfigObj, to which %( means something else.
  v.check((value) => !/%(?![0-9A-Fa-f]{2})/.test(value), 'must have two hexadecimal digits behind each %'),
  v.check((value) => !/^https:\/\/[^/?#]*@/.test(value), 'must not hold a user name or a password'),
);
/** Marked with `secret`, so that no message shows it (sentences.ts): a token may be part of it. */
export const secretUrl = v.pipe(httpsUrl, v.metadata({ secret: true }));
/** ntfy is not hosted below a path, so the path is the topic (topicPathRegex in its server.go). */
export const ntfyTopic = v.pipe(
  secretUrl,
  v.check(
    (value) => URL.canParse(value) && /^\/[A-Za-z0-9_-]{1,64}$/.test(new URL(value).pathname),
    'must be the address of one topic, such as https://ntfy.sh/my-topic',
  ),
);
/** ADDRESS or ADDRESS:PORT, an IPv6 address before a port in brackets, as node:dns takes it. */
export const resolver = v.pipe(
  text,
  v.check(isResolver, 'must be the address of a DNS server, such as 192.0.2.53 or [2001:db8::53]:5353'),
);

function isResolver(value: string): boolean {
  if (isIP(value) !== 0) return true;
  const [, v6, v4, number] = /^(?:\[([^[\]]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(value) ?? [];
  const address = v6 === undefined ? isIP(v4 ?? '') === 4 : isIP(v6) === 6;
  return address && (number === undefined || (Number(number) >= 1 && Number(number) <= 65535));
}

/** EMQX 4.3 to 6.x; the line decides about files, commands and licence. */
export const emqxVersion = matching(
  /^(?:4\.[34]|5\.\d{1,2}|6\.\d{1,2})\.\d{1,3}$/,
  'must be three numbers, from 4.3.0 to 6.x, such as 6.3.1 (in quotes)',
);
export const sha256 = matching(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits, small letters');
/** RFC 9580 section 5.5.4.2: of a version 4 key, 20 octets. */
export const openPgpFingerprint = matching(
  /^[0-9A-F]{40}$/,
  'must be the 40 hexadecimal digits of an OpenPGP fingerprint, capital letters',
);
/** A path, or an https:// address, of a .deb. */
export const packageFile = v.pipe(
  localPath,
  v.check((value) => /\.deb$/i.test(value), 'must name a .deb file'),
  v.check(
    (value) => !/^(?:https:|[a-z][a-z0-9+.-]*:\/\/)/i.test(value) || v.is(httpsUrl, value),
    'must be a path, or an https:// address',
  ),
);

/** GROUP.NAME, as steps and proofs name what they find. */
export const findingId = matching(
  /^(?=.{3,100}$)[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+$/,
  'must be the name of a finding as doctor shows it, such as update.reboot',
);
export const oneLine = v.pipe(
  text,
  v.maxLength(200, 'must be one line of at most 200 characters'),
  v.regex(SHOWN, 'must be one line, without control characters'),
  shownOnly('must be one line, without characters that are not shown'),
  v.check((value) => value.trim() !== '', 'must not be empty'),
);
export const day = v.pipe(
  text,
  v.isoDate('must be a date of the form YYYY-MM-DD, such as 2027-03-01'),
  v.check(isInCalendar, 'must be a date that exists: this month has no such day'),
);

/** Date takes February 30 for March 2, so it is asked back. */
function isInCalendar(value: string): boolean {
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** At least one of the words, each at most once. */
export const listOf = <const Words extends readonly [string, ...string[]]>(words: Words) => {
  const message = `must be a list of: ${words.join(', ')}`;
  return v.pipe(
    v.array(v.picklist(words, message), message),
    v.minLength(1, message),
    v.check((value) => new Set(value).size === value.length, message),
  );
};
