import { tlsPorts } from '../brokers/tls-ports.js';
import type { Asking, Proof } from '../engine/step.js';
import { servedCertificate } from './tls.js';

/** Every encrypted port that the world may reach, seen from this computer, presents exactly the certificate that lies on the server's disk. */
export function servedProof({ broker, settings }: Asking): Proof {
  const ports = tlsPorts(broker, settings, 'world');
  return {
    id: 'fingerprint.served',
    title: `Ports ${ports.join(', ')} present the certificate with this fingerprint`,
    inside: true,
    async run({ address, inside }) {
      const { facts } = await inside;
      const wanted = facts.find(({ id }) => id === 'fingerprint.sha256')?.value;
      if (wanted === undefined)
        return {
          ok: undefined,
          detail: 'the fingerprint on disk is not known',
        };
      const seen = await Promise.all(
        ports.map(async (port) => {
          const served = await servedCertificate({
            address,
            port: Number(port),
            servername: settings.domain,
          }).catch(() => undefined);
          return { port, sha256: served?.certificate.fingerprint256 };
        }),
      );
      const other = seen.filter(({ sha256 }) => sha256 !== wanted);
      if (other.length === 0) return { ok: true, detail: `SHA-256 ${wanted.slice(0, 11)}…` };
      return {
        ok: false,
        detail: other
          .map(({ port, sha256 }) => `${port} presents ${sha256 ? `${sha256.slice(0, 11)}…` : 'nothing'}`)
          .join(', '),
        hint: 'Something between this computer and the server may answer in its place (a proxy, another server under this name).',
      };
    },
  };
}
