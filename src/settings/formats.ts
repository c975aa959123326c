import { isIP } from 'node:net';
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

export const domain = matching(DOMAIN, 'must be a full domain name in lower case, such as mqtt.example.org');
export const hostname = matching(new RegExp(`^${LABEL}$`), 'must be one word of lower-case letters, digits and inner hyphens, at most 63, such as mqtt');
export const alias = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be a name of letters, digits, dots, hyphens, such as mqtt');

export const server = v.pipe(
  text,
  v.check((value) => isIP(value) !== 0 || /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?$/.test(value), 'must be an address (203.0.113.7), a domain name or a name from ~/.ssh/config'),
);
/** useradd(8) of Debian's shadow: lower case, at most 32 characters. */
export const userName = matching(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be a user name of at most 32 lower-case letters, digits, _ and -, such as researcher');

/** Accounts that exist on a fresh server or belong to a service; making one of them the limited user would change what it is. */
const RESERVED = ['root', 'daemon', 'bin', 'sys', 'nobody', 'www-data', 'mosquitto', 'emqx', 'sshd', 'sudo', 'adm', 'admin', 'backup', 'mail'];
export const newUserName = v.pipe(
  userName,
  v.check((value) => !RESERVED.includes(value) && !value.startsWith('systemd-'), 'must not be an account that the system uses itself'),
);
export const deviceName = matching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'must be at most 64 letters, digits, dots, hyphens, _ and @, such as device-1');
export const email = matching(/^[^\s@<>"'`$\\,;:()[\]\u0000-\u001f\u007f]{1,64}@[A-Za-z0-9.-]{1,190}$/, 'must be an e-mail address');
export const port = v.pipe(
  v.number('must be a number from 1 to 65535'),
  v.integer('must be a number from 1 to 65535'),
  v.minValue(1, 'must be a number from 1 to 65535'),
  v.maxValue(65535, 'must be a number from 1 to 65535'),
);
export const localPath = v.pipe(text, v.maxLength(1024, 'must be shorter'), v.regex(/^[^\u0000-\u001f\u007f]+$/, 'must be the path of a file'));
export const httpsUrl = v.pipe(
  text,
  v.check((value) => /^https:\/\/[^\s"'`$\\<>]+$/.test(value) && URL.canParse(value), 'must be an https:// address'),
);
/** ADDRESS or ADDRESS:PORT, as node:dns takes it. */
export const resolver = v.pipe(
  text,
  v.check((value) => isIP(value) !== 0 || isIP(value.replace(/:\d{1,5}$/, '').replace(/^\[|\]$/g, '')) !== 0, 'must be the address of a DNS server'),
);
