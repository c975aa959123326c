/** What testssl.sh says of one port. */
export interface TlsAudit {
  port: number;
  /** `A+` to `F`, `T` or `M`. */
  grade: string;
  /** Findings above low, as `id: what`. */
  above: string[];
  low: string[];
}

interface Told {
  id: string;
  severity: string;
  finding: string;
}

const ABOVE = ['MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'];

/**
 * What is a rehearsal's own doing and not the server's: its certificate authority names no list of revoked certificates.
 * Let's Encrypt's certificates do (https://letsencrypt.org/2024/07/23/replacing-ocsp-with-crls).
 */
const OF_THE_REHEARSAL: readonly Pick<Told, 'id' | 'finding'>[] = [
  { id: 'cert_revocation', finding: 'Neither CRL nor OCSP URI provided' },
];

/** Pure. @param text what testssl.sh (3.2) wrote by --jsonfile @throws Error where it did not come to a grade */
export function parseTestssl(text: string, port: number): TlsAudit {
  const told = JSON.parse(text) as Told[];
  const grade = told.find(({ id }) => id === 'overall_grade')?.finding;
  if (grade === undefined) throw new Error(`testssl.sh gave no grade for port ${port}: ${text.slice(-500)}`);
  const own = told.filter(
    ({ id, finding }) => !OF_THE_REHEARSAL.some((one) => id.startsWith(one.id) && finding === one.finding),
  );
  const of = (levels: readonly string[]) =>
    own
      .filter(({ severity }) => levels.includes(severity))
      .map(({ id, finding }) => `${id}: ${finding.replace(/\s+/g, ' ')}`);
  return { port, grade, above: of(ABOVE), low: of(['LOW']) };
}
