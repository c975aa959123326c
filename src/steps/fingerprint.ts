import { answers, toldFile } from '../engine/answers.js';
import { type Context, defineStep, type Fact, type Finding } from '../engine/step.js';
import { tlsPorts } from '../engine/tls-ports.js';
import { type Fingerprint, fingerprintOf, firstCertificate } from '../fingerprint.js';
import { servedProof } from '../proofs/served.js';
import { lines, sh } from '../sh.js';
import { lineage } from '../templates/certificate-copy.js';
import { askPort } from '../templates/renewal-hook.js';

interface State {
  /** Of certbot's newest certificate; undefined where there is none. */
  newest: Fingerprint | undefined;
  /** SHA-256 of what the ports present on the server itself; undefined where there was no handshake. */
  served: ReadonlyMap<string, string | undefined>;
}

/** Tells the fingerprints, and makes sure that every encrypted port presents the certificate that they belong to. */
export const fingerprint = defineStep<State>({
  id: 'fingerprint',
  title: 'Compare the fingerprints',
  unchanged: 'compared',
  packages: () => ['openssl'],
  needs: ({ settings }) => ({ files: [lineage(settings.domain).fullchain] }),
  probe: ({ broker, settings }) => {
    // Mosquitto 2.0 takes 0.3 s for a handshake inside a WebSocket listener; those are left to the proof.
    const ports = tlsPorts(broker, settings, 'quick');
    return sh`ask() {
${askPort(settings.domain)}
}
for port in ${ports}; do echo "served-$port=$(ask "$port" | sed -n '/^-----BEGIN/,/^-----END/p' | base64 -w0)"; done`;
  },
  parse: ({ stdout, facts }, { settings }) => {
    const told = answers(stdout);
    const newest = firstCertificate(facts.file(lineage(settings.domain).fullchain)?.content ?? '');
    const ports = [...told.keys()].filter((name) => name.startsWith('served-'));
    return {
      newest: newest && fingerprintOf(newest),
      served: new Map(
        ports.map((name) => [
          name.slice('served-'.length),
          firstCertificate(toldFile(told, name) ?? '')?.fingerprint256,
        ]),
      ),
    };
  },
  check,
  absent: ({ newest }) => (newest ? undefined : 'once there is a certificate'),
  facts: ({ newest }) => (newest ? facts(newest) : []),
  proofs: (context) => [servedProof(context)],
});

function check({ newest, served }: State, { broker }: Context): Finding[] {
  // Where there is no certificate yet, getting one is another step's finding.
  if (newest === undefined) return [];
  const behind = [...served].filter(([, sha256]) => sha256 !== newest.sha256);
  if (behind.length === 0) return [];
  const ports = (of: typeof behind) => of.map(([port]) => port).join(', ');
  const silent = behind.filter(([, sha256]) => sha256 === undefined);
  return [
    {
      id: 'fingerprint.served',
      level: 'change',
      summary: `Make ${broker.title} present the newest certificate on ${ports(behind)}${silent.length > 0 ? ` (now it presents none on ${ports(silent)})` : ''}`,
      change: { kind: 'run', script: lines(broker.takeCertificate, broker.ready), undo: 'nothing' },
    },
  ];
}

function facts({ sha1, sha256, spki, validTo }: Fingerprint): Fact[] {
  return [
    { id: 'fingerprint.sha1', label: 'SHA-1 (for devices)', value: sha1 },
    { id: 'fingerprint.sha256', label: 'SHA-256', value: sha256 },
    { id: 'fingerprint.spki', label: 'SHA-256 of the public key', value: spki },
    { id: 'fingerprint.expires', label: 'Valid until', value: validTo.toISOString().slice(0, 10) },
  ];
}
