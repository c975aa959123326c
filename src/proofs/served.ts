import type { Asking, Proof } from '../engine/step.js';
import { tlsPorts } from '../engine/tls-ports.js';
import { SetupError } from '../errors.js';
import { isUnreached } from './handshake.js';
import { servedCertificate } from './tls.js';

/** What one port showed; neither `presents` nor `failed` where it could not be reached. */
interface Presented {
  port: string;
  /** SHA-256 of the certificate. */
  presents?: string;
  /** Why there was no handshake. */
  failed?: string;
}

/** Every encrypted port that the world may reach, seen from this computer, presents exactly the certificate that lies on the server's disk. */
export function servedProof({ broker, settings }: Asking): Proof {
  const ports = tlsPorts(broker, settings, 'world');
  return {
    id: 'fingerprint.served',
    title: `Ports ${ports.join(', ')} present the certificate with this fingerprint`,
    inside: true,
    async run({ address, inside }) {
      // While the look inside is still under way: a server that is far away is waited for once, not twice.
      const presented = Promise.all(
        ports.map(async (port): Promise<Presented> => {
          const served = await servedCertificate({
            address,
            port: Number(port),
            servername: settings.domain,
          }).catch((error: unknown) => error as SetupError);
          if (!(served instanceof SetupError)) return { port, presents: served.certificate.fingerprint256 };
          return isUnreached(served) ? { port } : { port, failed: served.message.replace(/\.$/, '') };
        }),
      );
      const { facts } = await inside;
      const wanted = facts.find(({ id }) => id === 'fingerprint.sha256')?.value;
      if (wanted === undefined)
        return {
          ok: undefined,
          detail: 'the fingerprint on disk is not known',
        };
      const seen = await presented;
      const other = seen.filter(({ presents }) => presents !== wanted);
      const detail = other.map(inWords).join('; ');
      if (other.length === 0) return { ok: true, detail: `SHA-256 ${wanted.slice(0, 11)}…` };
      if (other.every(({ presents, failed }) => presents === undefined && failed === undefined))
        return { ok: undefined, detail };
      if (other.every(({ presents }) => presents === undefined)) return { ok: false, detail };
      return {
        ok: false,
        detail,
        hint: 'Something between this computer and the server may answer in its place (a proxy, another server under this name).',
      };
    },
  };
}

function inWords({ port, presents, failed }: Presented): string {
  if (presents !== undefined) return `${port} presents ${presents.slice(0, 11)}…`;
  return failed === undefined ? `${port} could not be reached` : `${port} presents none: ${failed}`;
}
