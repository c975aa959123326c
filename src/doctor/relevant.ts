import type { ProofResult } from '../engine/events.js';
import type { Look } from '../engine/look.js';

/** Groups that are about the certificate of a domain. */
const ABOUT_DOMAIN = ['certbot', 'renewal-hook', 'fingerprint', 'certificate'];

/** Pure. Without a domain there is no certificate to speak of, and no name that the server should know itself by. */
export function withoutDomain(looks: readonly Look[]): Look[] {
  return looks
    .filter(({ step }) => !ABOUT_DOMAIN.includes(step.id))
    .map((look) => ({ ...look, findings: look.findings.filter(({ id }) => id !== 'hostname.hosts') }));
}

/** Pure. On a server of ours the step that lays the hook down says that it is missing. */
export function withoutRepeats(looks: readonly Look[], known: boolean): readonly Look[] {
  const repeated = (id: string) => id === 'certificate.no-hook' && known;
  return looks.map((look) => ({ ...look, findings: look.findings.filter(({ id }) => !repeated(id)) }));
}

/** Pure. Looks at what is not there only say the same thing many times. */
export function isWorthTelling({ id, proved }: ProofResult, looks: readonly Look[], named: boolean): boolean {
  const found = new Set<string>(looks.flatMap(({ findings }) => findings.map((finding) => finding.id)));
  const ofBroker = /^(tls|mqtt|dashboard)\.|^ports\.(open|udp)$/.test(id);
  const ofName = /^(tls|mqtt|fingerprint)\.|^ports\.renewals$/.test(id);
  return (
    !(ofBroker && found.has('broker-install.package')) &&
    !(ofName && !named) &&
    !(id === 'login.user' && found.has('user.account')) &&
    !(id === 'fingerprint.served' && proved.ok === undefined && found.has('certbot.certificate'))
  );
}
