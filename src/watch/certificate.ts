import type { BrokerFacts } from '../engine/broker-facts.js';
import { tlsPorts } from '../engine/tls-ports.js';
import { renewalDue } from '../fingerprint.js';
import type { Settings } from '../settings/schema.js';
import { type Sh, sh } from '../sh.js';
import { GRACE } from '../steps/certbot/lineage.js';
import { lineage } from '../templates/certificate-copy.js';
import { askPort, RENEWAL_LOG } from '../templates/renewal-hook.js';

const DAY = 86_400_000;

/** How long before its end a certificate that lives so long is due for renewal, in milliseconds, as renewalDue has it. */
const due = (life: number) =>
  life - renewalDue({ validFrom: new Date(0), validTo: new Date(life) }).getTime();

/** renewalDue and the grace after it in the numbers that shell can count with: seconds, and a share of the certificate's life. */
const DUE = { most: due(10_000 * DAY) / 1000, share: Math.round(DAY / due(DAY)) };
const WAIT = { most: GRACE.most / 1000, share: GRACE.share };

/**
 * Shell: `look_at_certificate` judges as the steps certbot, renewal-hook and fingerprint do: the renewal is not overdue, the
 * hook has worked for the newest certificate, and every encrypted port presents that one.
 */
export function certificateProblems(broker: BrokerFacts, settings: Settings): Sh {
  const { fullchain } = lineage(settings.domain);
  return sh`# OpenSSL 1.1 and 3 spell what stands before the = differently.
fingerprint() { openssl x509 -noout -fingerprint -sha256 2>/dev/null | sed 's/^[^=]*=//'; }

ask() {
${askPort(settings.domain)}
}

# Prints a moment of the certificate, startdate or enddate, in seconds since 1970.
moment() { date -d "$(openssl x509 -noout "-$1" -in ${fullchain} | sed 's/^[^=]*=//')" +%s; }

least() { if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi; }

# How many seconds before its end a certificate must have been renewed that lives so long.
margin() { echo "$(($(least ${DUE.most} "$(($1 / ${DUE.share}))") - $(least ${WAIT.most} "$(($1 / ${WAIT.share}))")))"; }

look_at_certificate() {
  new=$(fingerprint <${fullchain})
  if [ -z "$new" ]; then
    problem certbot.certificate ${`The certificate for ${settings.domain} is not there, or cannot be read.`}
    return
  fi
  end=$(moment enddate)
  if ! openssl x509 -noout -checkend 0 -in ${fullchain} >/dev/null; then
    problem certbot.certificate ${`The certificate for ${settings.domain} has expired.`}
  elif ! openssl x509 -noout -checkend "$(margin "$((end - $(moment startdate)))")" -in ${fullchain} >/dev/null; then
    problem certbot.certificate "The certificate should have been renewed by now; it expires in $(((end - $(date +%s)) / 86400)) days."
  fi
  case $(tail -n 1 ${RENEWAL_LOG}) in
    *" ok sha256=$new") ;;
    *) problem renewal-hook.proved ${`The newest certificate was not handed to ${broker.title} successfully.`} ;;
  esac
  result=$(systemctl show -p Result certbot.service | sed 's/^Result=//')
  case $result in
    '' | success) ;;
    *) problem certificate.last-run "The last attempt to renew the certificate failed ($result)." ;;
  esac
  { systemctl -q is-active certbot.timer && systemctl -q is-enabled certbot.timer; } ||
    problem certbot.timer 'certbot.timer is off, so the certificate will not renew itself.'
  # Of a broker that does not run that alone is said.
  systemctl -q is-active ${broker.unit} || return
  behind=
  for port in ${tlsPorts(broker, settings)}; do
    [ "$(ask "$port" | fingerprint)" = "$new" ] || behind="$behind $port"
  done
  [ -z "$behind" ] || problem fingerprint.served "Another certificate than the newest is presented on:$behind."
}`;
}
