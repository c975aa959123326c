import { answers } from '../engine/answers.js';
import type { Probed } from '../engine/probe.js';
import { type Asking, type Context, defineStep, type Finding } from '../engine/step.js';
import { renewalPort } from '../proofs/ports.js';
import { lines, sh } from '../sh.js';
import { lineage } from '../templates/certificate-copy.js';
import { parseAccounts, tellAccounts } from './certbot/accounts.js';
import { authorityFindings } from './certbot/authority.js';
import { caaFindings } from './certbot/caa.js';
import { CLI_INI, cliIniFindings } from './certbot/cli-ini.js';
import { issue, keepKey } from './certbot/issue.js';
import { choosesKeyType, keyTypeOf, parseRenewal, type Shortcoming, shortcoming } from './certbot/lineage.js';
import { othersFindings, parseOthers, tellOthers } from './certbot/other-renewals.js';
import { CA_FILE, DROP_IN, renewalConf } from './certbot/paths.js';
import { parsePort80, port80Findings, tellPort80 } from './certbot/port-80.js';
import { dnsFindings } from './certbot/reachable.js';
import { SERVICE, scheduleFindings, TIMER } from './certbot/schedule.js';
import type { State } from './certbot/state.js';
import { parseStorage, storageFindings, tellStorage } from './certbot/storage.js';

/** A certificate for the domain that renews itself and keeps its key. */
export const certbot = defineStep<State>({
  id: 'certbot',
  title: 'Get the certificate',
  packages: () => ['certbot', 'openssl'],
  needs: ({ settings: { domain } }) => ({
    units: [TIMER, SERVICE],
    files: [lineage(domain).fullchain, renewalConf(domain), CA_FILE, DROP_IN, ...CLI_INI],
    listeners: true,
  }),
  probe: ({ settings }) =>
    lines(
      sh`set -- /etc/letsencrypt/renewal-hooks/post/*
if [ -f "$1" ]; then grep -lsE 'RENEWED_|emqx|mosquitto' "$@" | sed 's/^/hook=/'; fi
if ip -6 route get 2000:: >/dev/null 2>&1; then echo ipv6-out=yes; else echo ipv6-out=no; fi`,
      tellStorage(settings.domain),
      tellAccounts(settings.certificate.directory),
      tellPort80,
      tellOthers,
    ),
  parse,
  check,
  proofs: () => [renewalPort],
});

function parse({ stdout, facts }: Probed, { settings: { domain } }: Asking): State {
  const told = answers(stdout);
  const renewal = facts.file(renewalConf(domain))?.content;
  const timer = facts.unit(TIMER);
  return {
    certificate: facts.file(lineage(domain).fullchain)?.content,
    storage: parseStorage(stdout),
    accounts: parseAccounts(stdout),
    renewal: renewal === undefined ? undefined : parseRenewal(renewal),
    files: facts.files(),
    port80: parsePort80(stdout, facts.listeners()),
    ipv6Out: told.get('ipv6-out') !== 'no',
    timer,
    service: facts.unit(SERVICE),
    others: parseOthers(stdout),
    postHooks: [...stdout.matchAll(/^hook=(.*)$/gm)].map(([, path = '']) => path),
  };
}

function check(state: State, context: Context): Finding[] {
  const { certificate, renewal } = state;
  const found = certificate !== undefined && renewal !== undefined;
  const short = found ? shortcoming(certificate, renewal, context) : undefined;
  const due = !found || short !== undefined;
  return [
    ...(due ? terms(context) : []),
    ...storageFindings(state.storage, renewal !== undefined, context.settings.domain),
    ...dnsFindings(context, due ? 'stop' : 'warn', state),
    ...caaFindings(context, due ? 'stop' : 'warn', state.accounts),
    ...port80Findings(state.port80, state.renewal, due, keeping(short)),
    ...authorityFindings(state.files, context),
    ...cliIniFindings(state.files, renewal, due, context),
    ...(due ? [wildcard(short, context) ?? order(short, context)] : []),
    ...(!due && !renewal.reuseKey ? [keptKey(context)] : []),
    ...upkeep(state, context),
  ];
}

function terms({ settings }: Context): Finding[] {
  if (settings.certificate.agree_terms) return [];
  return [
    {
      id: 'certbot.terms',
      level: 'stop',
      summary: "The certificate authority's terms were not accepted.",
      hint: "Read them (Let's Encrypt: https://letsencrypt.org/repository/), then set certificate.agree_terms to true.",
    },
  ];
}

/** Whoever has a certificate already has devices that may know it. */
function keeping(present: Shortcoming | undefined): string {
  const type = present?.keyType;
  return type ? ` To keep the present certificate instead: --set certificate.key_type=${type}` : '';
}

/** Over port 80 no wildcard is had (letsencrypt.org/docs/challenge-types), and what the owner uses elsewhere is not taken out of the certificate. */
function wildcard(present: Shortcoming | undefined, context: Context): Finding | undefined {
  const name = present?.names.find((one) => one.startsWith('*.'));
  if (!present || name === undefined) return undefined;
  const { domain } = context.settings;
  const retype = present.key && choosesKeyType(context);
  const command = [
    // A key that is to be reused could not become one of another type.
    ...(retype ? [`sudo sed -i '/^reuse_key/d' ${renewalConf(domain)}`] : []),
    `sudo certbot renew --force-renewal --cert-name ${domain}${retype ? ` --key-type ${keyTypeOf(context)}` : ''}`,
  ].join(' && ');
  return {
    id: 'certbot.certificate',
    level: 'stop',
    summary: `The present certificate of ${domain} ${present.why}, and it is for ${name} as well, which cannot be had over port 80.`,
    hint: `Renew it in the way it was got (DNS-01), on the server: ${command}${keeping(present) && `.${keeping(present)}`}`,
  };
}

function order(present: Shortcoming | undefined, context: Context): Finding {
  const { domain } = context.settings;
  return {
    id: 'certbot.certificate',
    level: 'change',
    summary: `Get a certificate for ${domain}${present ? ` (the present one ${present.why})` : ''}`,
    ...(present?.keyType && {
      hint: `It has a new key: devices that know the present key or fingerprint must learn the new one.${keeping(present)}`,
    }),
    change: {
      kind: 'run',
      script: issue(context, present),
      undo: { stays: `The certificate of ${domain} stays.` },
      once: true,
    },
  };
}

function keptKey({ settings }: Context): Finding {
  return {
    id: 'certbot.reuse-key',
    level: 'change',
    summary: 'Keep the private key at renewals, so that devices which know its public key go on working',
    change: {
      kind: 'run',
      script: keepKey(settings.domain),
      undo: { files: [renewalConf(settings.domain)] },
    },
  };
}

function upkeep(state: State, context: Context): Finding[] {
  const { timer, others, postHooks } = state;
  const findings: Finding[] = [];
  if (timer.active !== 'active' || timer.enabled !== 'enabled') {
    findings.push({
      id: 'certbot.timer',
      level: 'change',
      summary: 'Let the certificate renew itself (certbot.timer)',
      change: { kind: 'run', script: sh`systemctl enable --now certbot.timer`, undo: 'nothing' },
    });
  }
  findings.push(...scheduleFindings(state, context));
  findings.push(...othersFindings(others, context.settings.domain));
  if (postHooks.length > 0) {
    findings.push({
      id: 'certbot.post-hook',
      level: 'warn',
      summary: `${postHooks.join(', ')} cannot work: certbot tells a post hook nothing of the certificate, so it copies nothing`,
      hint: 'Delete it; the deploy hook that is set up here does its work.',
    });
  }
  if (!choosesKeyType(context) && context.settings.certificate.key_type !== 'rsa') {
    findings.push({
      id: 'certbot.key-type',
      level: 'warn',
      summary: 'The certbot of this release makes RSA keys only, so the certificate has one instead of ECDSA',
      hint: 'Nothing to do; devices accept both. To have no such warning set certificate.key_type to rsa.',
    });
  }
  return findings;
}
