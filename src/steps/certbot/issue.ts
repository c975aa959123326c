import { logged } from '../../engine/detached.js';
import { lastLines } from '../../engine/own-words.js';
import { SAY } from '../../engine/say.js';
import type { Context } from '../../engine/step.js';
import { LOG_FOLDER } from '../../server-folders.js';
import { ownersToo } from '../../server-path.js';
import { LETS_ENCRYPT } from '../../settings/schema.js';
import { lines, type Sh, sh, verbatim } from '../../sh.js';
import { namesAccounts } from './caa.js';
import { choosesKeyType, keyTypeOf, type Shortcoming } from './lineage.js';
import { accountsFolder, CA_FILE, renewalConf } from './paths.js';

const LOG = `${LOG_FOLDER}/certbot.log`;
/** certbot's own log. */
const STORY = '/var/log/letsencrypt/letsencrypt.log';
const say = verbatim(SAY);

/** Keeps the private key at renewals, so that devices which pin the public key go on working; does nothing where it is so already. */
export function keepKey(domain: string): Sh {
  const conf = renewalConf(domain);
  return sh`if ! grep -q '^reuse_key *= *True' ${conf}; then
  sed -i -e '/^reuse_key *=/d' -e 's/^\\[renewalparams\\]$/&\\nreuse_key = True/' ${conf}
fi`;
}

/**
 * Asks the certificate authority for a certificate, once: it counts failures.
 * @param present what is wrong with the certificate that is there; undefined where there is none
 */
export function issue(context: Context, present: Shortcoming | undefined): Sh {
  const { domain, certificate } = context.settings;
  const keyType = keyTypeOf(context);
  const flags = [
    ...(certificate.email === undefined ? ['--register-unsafely-without-email'] : ['-m', certificate.email]),
    ...(choosesKeyType(context) ? ['--key-type', keyType] : []),
    ...(keyType === 'rsa' ? ['--rsa-key-size', '2048'] : []),
    ...(present?.key ? [] : ['--reuse-key']),
    ...(present ? ['--force-renewal'] : []),
  ];
  const names = [...new Set([domain, ...(present?.names ?? [])])].flatMap((name) => ['--domain', name]);
  const order = sh`certbot certonly --standalone --non-interactive --agree-tos --server ${certificate.directory} ${names} --cert-name ${domain} ${flags}`;
  const work = lines(
    ownersToo,
    ...(certificate.ca_bundle === undefined ? [] : [sh`export REQUESTS_CA_BUNDLE=${CA_FILE}`]),
    // A key that is to be reused could not become one of another type; --new-key is younger than some of these certbots.
    ...(present?.key ? [sh`sed -i '/^reuse_key *=/d' ${renewalConf(domain)}`] : []),
    // Let's Encrypt's staging directory counts failures apart; other authorities have none. A CAA record that names accounts forbids it.
    ...(certificate.directory === LETS_ENCRYPT && !namesAccounts(context.laptop.caa)
      ? [sh`echo "Rehearsing with Let's Encrypt's staging directory"`, sh`${order} --dry-run`]
      : []),
    sh`echo 'Asking for the certificate'`,
    order,
    keepKey(domain),
  );
  return lines(
    logged(work, LOG),
    sh`[ "$code" -eq 0 ] || {`,
    explain(domain, certificate.directory),
    sh`exit "$code"`,
    sh`}`,
  );
}

/**
 * What certbot and the authority said, and what it means for the person. certbot 2.1 with Python 3.11 (Debian 12) loses every word of
 * the authority over an error of its own, "can't set attribute" (seen there); its log has them.
 */
export function explain(domain: string, directory: string): Sh {
  const accounts = accountsFolder(directory);
  return sh`{
said=$(cat ${LOG})
name=$(printf '%s\\n' "$said" | sed -n 's/^ *Domain: *//p' | head -n 1)
own=${domain}
name=\${name:-$own}
case $said in *"can't set attribute"*) lost=$(sed -n 's/^acme\\.messages\\.Error: //p' ${STORY} | tail -n 1); said=\${lost:-$said} ;; esac
case $said in
*'too many'*|*rateLimited*) echo '${say}The certificate authority refuses for now, because it was asked too often.'
  again=$(echo "$said" | tr '\\n' ' ' | sed -n 's/.*retry after \\([0-9-]* [0-9:]* UTC\\).*/\\1/p')
  echo "${say}Wait until \${again:-it says below}, then run the same command again. Nothing is lost: a certificate that is there stays in use." ;;
*'Type:   caa'*) echo "${say}A CAA record in DNS forbids this certificate authority to issue for $name."
  echo '${say}At your domain provider, allow it in the CAA record, or delete that record; wait some minutes, then run the same command again.' ;;
*'Type:   dns'*|*NXDOMAIN*|*'DNS problem'*|*'could not resolve'*) echo "${say}The certificate authority could not find $name in DNS."
  echo '${say}Check the A and AAAA records at your domain provider, wait some minutes, then run the same command again.' ;;
*'Type:   connection'*|*'Type:   unauthorized'*|*'Timeout during connect'*) echo "${say}The certificate authority did not reach this server as $name on port 80."
  echo "${say}What the authority saw is below. Check that DNS points to this server, and that no firewall in front of it (the provider's console: security group, cloud firewall) closes port 80; then run the same command again." ;;
*'Please choose an account'*) echo '${say}The server has several accounts with this certificate authority, and certbot does not choose one of them.'
  echo "${say}Keep the one that your certificates use (the lines account = in /etc/letsencrypt/renewal/*.conf) and move the other folders out of ${accounts}; then run the same command again." ;;
*accountDoesNotExist*) echo '${say}The certificate authority does not know the account of this server any more.'
  echo "${say}Where that authority was set up anew, delete the account on the server: sudo rm -r ${accounts}; then run the same command again." ;;
*'Another instance of Certbot'*) echo '${say}Another certbot is running on the server.'
  echo '${say}Wait a minute until it has finished, then run the same command again.' ;;
*'Could not bind TCP port 80'*) echo '${say}Port 80 on the server is used by another program.'
  echo '${say}Stop that program, then run the same command again.' ;;
*CERTIFICATE_VERIFY_FAILED*'local issuer'*|*CERTIFICATE_VERIFY_FAILED*'self'?'signed'*) echo '${say}The server does not trust the certificate of the ACME directory.'
  echo '${say}Set certificate.ca_bundle to a PEM file with the roots of that authority, then run the same command again.' ;;
*SSLError*|*CERTIFICATE_VERIFY_FAILED*) echo '${say}The encrypted connection to the certificate authority failed.'
  echo '${say}What certbot said is below. Check the setting certificate.directory, the clock of the server, and whether a proxy is between; then run the same command again.' ;;
*'Connection refused'*|*'Name or service not known'*|*'name resolution'*|*'No route to host'*|*'unreachable'*|*'timed out'*) echo '${say}The certificate authority could not be reached from the server.'
  echo '${say}Check the setting certificate.directory, and that the server gets out to the internet, then run the same command again.' ;;
*) echo '${say}The certificate could not be had; what certbot said is below.'
  echo '${say}The whole story is on the server, in ${verbatim(STORY)}.' ;;
esac
[ "$name" = "$own" ] || echo "${say}$name is another name of the present certificate. To do without it, on the server: sudo certbot certonly --standalone --server "${directory}" --cert-name $own -d $own"
printf '%s\\n' "$said" | ${lastLines}
} >&2`;
}
