import type { Asking, Finding } from '../../engine/step.js';
import type { Allowed } from '../../host/network/dns.js';
import { LETS_ENCRYPT } from '../../settings/schema.js';
import { ACCOUNTS } from './paths.js';

/** The name by which CAA records allow Let's Encrypt (letsencrypt.org/docs/caa). */
const LETS_ENCRYPT_NAME = 'letsencrypt.org';

/** How certbot proves here that the domain is ours (RFC 8555 section 8.3). */
const METHOD = 'http-01';

/** Whom one CAA record of the kind "issue" allows, and under which conditions. */
interface Issuer {
  /** Domain name of the authority, in lower case; empty where the record allows nobody. */
  name: string;
  /** Ways to prove the domain, one of which must be used (RFC 8657 section 4); undefined where any will do. */
  methods: string[] | undefined;
  /** URL of the only account that may ask (RFC 8657 section 3); undefined where any may. */
  account: string | undefined;
}

/** Pure. A value is `name; tag=value; tag=value`, and each part may be missing (RFC 8659 section 4.2). */
function parseIssuer(value: string): Issuer {
  const [name = '', ...parameters] = value.split(';').map((part) => part.trim());
  const given = new Map(
    parameters.map((parameter) => {
      const at = parameter.indexOf('=');
      return [parameter.slice(0, at).trim().toLowerCase(), parameter.slice(at + 1).trim()];
    }),
  );
  return {
    name: name.toLowerCase(),
    methods: given
      .get('validationmethods')
      ?.split(',')
      .map((method) => method.trim()),
    account: given.get('accounturi'),
  };
}

/** Pure. Whether the records allow only certain accounts of Let's Encrypt; those of its staging directory are others. */
export function namesAccounts(caa: Allowed): boolean {
  return !('error' in caa) && caa.issuers.map(parseIssuer).some(({ account }) => account !== undefined);
}

/**
 * Whether the owner of the domain lets Let's Encrypt issue to this server; the names of other authorities are not known here. Where
 * DNS cannot be asked, the question of where the domain points says so.
 * @param level as in dnsFindings
 * @param accounts URLs of the accounts that certbot has on the server; undefined where nobody has looked there
 */
export function caaFindings(
  { settings, laptop }: Asking,
  level: 'stop' | 'warn',
  accounts: readonly string[] | undefined,
): Finding[] {
  const { caa } = laptop;
  if (settings.certificate.directory !== LETS_ENCRYPT || 'error' in caa || caa.issuers.length === 0)
    return [];
  const { domain } = settings;
  const finding = (summary: string, hint: string): Finding[] => [{ id: 'certbot.caa', level, summary, hint }];
  const issuers = caa.issuers.map(parseIssuer);
  const named = issuers.filter(({ name }) => name === LETS_ENCRYPT_NAME);
  if (named.length === 0) {
    const others = issuers.flatMap(({ name }) => name || []).join(', ') || 'nobody at all';
    return finding(
      `The CAA record of ${domain} lets ${others} issue certificates, but not Let's Encrypt`,
      `At your domain provider, add a CAA record to ${domain}: 0 issue "${LETS_ENCRYPT_NAME}"`,
    );
  }
  const proved = named.filter(({ methods }) => methods === undefined || methods.includes(METHOD));
  if (proved.length === 0)
    return finding(
      `The CAA record of ${domain} lets Let's Encrypt issue only where the domain is proved by ${named.flatMap(({ methods = [] }) => methods).join(' or ')}; certbot proves it here by ${METHOD}`,
      `At your domain provider, add ${METHOD} to the validationmethods of that record: 0 issue "${LETS_ENCRYPT_NAME}; validationmethods=${METHOD}"`,
    );
  const free = proved.some(({ account }) => account === undefined || accounts?.includes(account));
  if (free || accounts === undefined) return [];
  return finding(
    `The CAA record of ${domain} lets Let's Encrypt issue only to ${proved.flatMap(({ account = [] }) => account).join(' or ')}; certbot on this server has ${accounts.length === 0 ? 'no account there yet' : `the account ${accounts.join(' and ')}`}`,
    accounts.length === 0
      ? `Take accounturi out of that record at your domain provider until the server has a certificate, or copy that account to the server, into ${ACCOUNTS}.`
      : `At your domain provider, name this account in the record: 0 issue "${LETS_ENCRYPT_NAME}; accounturi=${accounts[0]}"`,
  );
}
