import type { BrokerFacts } from '../engine/broker-facts.js';
import { UDP } from '../engine/tls-ports.js';
import { ownLogFolder } from '../run-log/log-folder.js';
import { LOG_FOLDER } from '../server-folders.js';
import { DISTRIBUTION } from '../server-path.js';
import { type Sh, sh, verbatim } from '../sh.js';
import { installCertificate, lineage } from './certificate-copy.js';

/** The line of a run that succeeded ends so: ` ok sha256=AA:BB:…`. */
export const RENEWAL_LOG = `${LOG_FOLDER}/renewal.log`;

/**
 * Shell that prints what the port in `$1` (`8883`, `5684/udp`) presents on the server itself, in the words of openssl s_client. The
 * roots are left out, as nothing is verified: reading them takes five times as long as the handshake.
 */
export function askPort(domain: string): Sh {
  return sh`case $1 in *${verbatim(UDP)}) dtls=-dtls1_2 ;; *) dtls= ;; esac
timeout 5 openssl s_client $dtls -no-CAfile -no-CApath -connect "127.0.0.1:\${1%${verbatim(UDP)}}" -servername ${domain} </dev/null 2>/dev/null`;
}

/**
 * Deploy hook of certbot (certbot docs, "Renewing certificates"), in POSIX sh: hands the broker its new certificate, and
 * believes it only when every encrypted port presents it. May be run by hand; with nothing new it disturbs nobody.
 * @param ports those that present the certificate, as tlsPorts names them
 */
export function renewalHook(
  broker: Pick<BrokerFacts, 'title' | 'certificate' | 'takeCertificate' | 'ready'>,
  domain: string,
  ports: readonly string[],
): string {
  const from = lineage(domain);
  const { certificate } = broker;
  return sh`#!/bin/sh
# Laid down by broker-setup. certbot runs it after each renewal; it may be run by hand as root.
# Gives ${verbatim(broker.title)} the new certificate and checks that it is presented.
set -u
PATH=${verbatim(DISTRIBUTION)}
LC_ALL=C
export PATH LC_ALL

# certbot runs this for every certificate on the server; the others are none of our business.
lineage=${from.directory}
[ "$(basename "\${RENEWED_LINEAGE:-$lineage}")" = "$(basename "$lineage")" ] || exit 0

${ownLogFolder}
log=${RENEWAL_LOG}
# The renewal matters more than its log.
own_log_folder || log=/dev/null

note() {
  printf '%s %s %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$lineage" "$1" >>"$log"
  logger -t broker-setup "$lineage: $1" 2>/dev/null || true
}

fail() {
  note "FAILED: $1"
  echo "broker-setup: $1" >&2
  exit 1
}

# OpenSSL 1.1 and 3 spell what stands before the = differently.
fingerprint() { openssl x509 -noout -fingerprint -sha256 2>/dev/null | sed 's/^[^=]*=//'; }

ask() {
${askPort(domain)}
}

served() { ask "$1" | fingerprint; }

copied() {
  cmp -s "$lineage/privkey.pem" ${certificate.privkey} && cmp -s "$lineage/fullchain.pem" ${certificate.fullchain}
}

# Prints the ports that present anything else than the new certificate.
behind() {
  for port in ${ports}; do
    [ "$(served "$port")" = "$new" ] || printf ' %s' "$port"
  done
}

new=$(fingerprint <"$lineage/fullchain.pem")
[ -n "$new" ] || fail 'there is no certificate that could be read'

# In a list with || the shell would ignore set -e, so the outcome is looked at afterwards.
if ! copied; then
  (
    set -e
${installCertificate(certificate, domain)}
  )
  [ "$?" -eq 0 ] || fail 'the new certificate could not be copied'
fi

if [ -n "$(behind)" ]; then
  (
    set -e
${broker.takeCertificate}
${broker.ready}
  )
  [ "$?" -eq 0 ] || fail ${`${broker.title} did not come up with the new certificate`}
  n=0
  while late=$(behind); [ -n "$late" ]; do
    n=$((n + 1))
    [ "$n" -le 15 ] || fail "port$late does not present the new certificate"
    sleep 1
  done
fi

note "ok sha256=$new"
`.run;
}
