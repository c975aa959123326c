import type { LaptopHands } from '../engine/apply.js';
import type { Laptop, Secrets } from '../engine/step.js';
import type { Target } from '../host/host.js';
import { allowedIssuers, pointsAt } from '../host/network/dns.js';
import { agentKeyCount } from '../host/trust/agent.js';
import { addHostEntry, hostEntry } from '../host/trust/host-entry.js';
import { generateKey, publicKey } from '../host/trust/key-files.js';
import type { Settings } from '../settings/schema.js';

/** What checks want to know of this computer; all of it is asked at once. */
export async function lookAtLaptop(
  settings: Settings,
  given: Pick<Laptop, 'caBundle' | 'brokerPackage'>,
): Promise<Laptop> {
  const { key, domain, certificate } = settings;
  const [publicLine, entry, agentKeys, dns, caa] = await Promise.all([
    publicKey(key.file),
    key.alias === undefined ? undefined : hostEntry(key.alias),
    agentKeyCount(process.env, process.platform),
    pointsAt(domain, certificate.resolver),
    allowedIssuers(domain, certificate.resolver),
  ]);
  return { publicKey: publicLine, hostEntry: entry, agentKeys, dns, caa, ...given };
}

/** @param limited where and as whom the Host entry logs in */
export function laptopHands(limited: Target, { keyPassphrase: passphrase }: Secrets): LaptopHands {
  const { hostname, port } = limited;
  return {
    generateKey: ({ file, type, comment }) =>
      generateKey({ file, type, comment, ...(passphrase ? { passphrase } : {}) }),
    addHostEntry: ({ alias, user, key }) => addHostEntry({ alias, hostname, port, user, identityFile: key }),
  };
}
