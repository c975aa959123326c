import { type Block, valueAt } from './defaults.js';
import { besidesMqtt } from './emqx-protocols.js';
import {
  COAP_SINCE,
  hasDtls,
  isSourceAvailable,
  LAST_FREE,
  MAINTAINED,
  speaksCoap,
} from './emqx-versions.js';
import { LETS_ENCRYPT } from './schema.js';
import { show } from './show.js';

interface Cross {
  /** Paths that are compared; nothing is said while one of them is missing or wrong by itself. */
  of: readonly string[];
  problem(...values: unknown[]): string | undefined;
}

/** Top-level names that no public authority certifies: RFC 6761, RFC 6762, RFC 8375, ICANN's reservation of .internal. */
const PRIVATE = /\.(?:local|localhost|internal|test|invalid|onion|lan|home\.arpa)$/;

const isLetsEncrypt = (directory: unknown) =>
  new URL(String(directory)).hostname.endsWith('.letsencrypt.org');

const notPublicHalf = (path: string): Cross => ({
  of: [path],
  problem: (file) =>
    /\.pub$/i.test(String(file))
      ? `${path} is ${show(file)}, but must be the private half of the key: the same name without .pub.`
      : undefined,
});

const CROSS: readonly Cross[] = [
  {
    of: ['broker.agree_licence', 'broker.version'],
    problem: (agreed, version) =>
      agreed !== true && isSourceAvailable(String(version))
        ? `broker.agree_licence is ${show(agreed)}, but must be true for EMQX ${String(version)}: it may be used only under its licence (https://www.emqx.com/en/content/license). Or choose Mosquitto (--broker mosquitto), or 5.8.9, which gets no security fixes.`
        : undefined,
  },
  {
    of: ['protocols', 'broker.kind'],
    problem: (protocols, kind) =>
      kind === 'mosquitto' && besidesMqtt(protocols as string[]).length > 0
        ? `protocols is ${show(protocols)}, but must be mqtt alone: Mosquitto speaks neither CoAP nor LwM2M. Or choose emqx as broker.kind.`
        : undefined,
  },
  {
    of: ['protocols', 'broker.version'],
    problem: (protocols, version) =>
      besidesMqtt(protocols as string[]).length > 0 && !hasDtls(String(version))
        ? `protocols is ${show(protocols)}, but must be mqtt alone with EMQX ${String(version)}: from 5.0 to 5.3 it does not give CoAP and LwM2M the certificate, so that no device could connect encrypted. Or choose a newer one, such as ${LAST_FREE} for lwm2m or ${MAINTAINED} for coap.`
        : undefined,
  },
  {
    of: ['protocols', 'broker.version'],
    problem: (protocols, version) =>
      (protocols as string[]).includes('coap') && hasDtls(String(version)) && !speaksCoap(String(version))
        ? `protocols is ${show(protocols)}, but must be without coap with EMQX ${String(version)}: it answers no CoAP device that connects encrypted (https://github.com/emqx/emqx/issues/16199). Or choose ${COAP_SINCE} or newer, such as ${MAINTAINED}.`
        : undefined,
  },
  notPublicHalf('key.file'),
  notPublicHalf('login.key'),
  {
    of: ['domain', 'certificate.directory'],
    problem: (domain, directory) =>
      PRIVATE.test(String(domain)) && isLetsEncrypt(directory)
        ? `domain is ${show(domain)}, but must be a public name: Let's Encrypt issues no certificates for private ones. Or give your own authority as certificate.directory.`
        : undefined,
  },
  {
    of: ['certificate.ca_bundle', 'certificate.directory'],
    problem: (bundle, directory) =>
      directory === LETS_ENCRYPT
        ? `certificate.ca_bundle is ${show(bundle)}, but must be left out unless certificate.directory names a private authority: Let's Encrypt needs none.`
        : undefined,
  },
];

/** What is right by itself but not together. @param out paths that are missing or wrong already */
export function crossProblems(filled: Block, out: ReadonlySet<string>): string[] {
  return CROSS.flatMap(({ of, problem }) => {
    const values = of.map((path) => valueAt(filled, path.split('.')));
    if (of.some((path) => out.has(path)) || values.includes(undefined)) return [];
    return problem(...values) ?? [];
  });
}
