import { rootCertificates } from 'node:tls';
import type { Laptop } from '../engine/step.js';

/** For the options of a TLS connection; nothing in it leaves Node's own trust as it is. */
export interface Trust {
  ca?: string | string[];
}

/** Options of Node with which it may trust whom this computer trusts, in both spellings (nodejs.org/api/cli.html); a file may hold them too. */
const OTHER_ROOTS = /--(?:use-(?:openssl|system)-ca|experimental-(?:default-)?config-file)\b/;

/** With it Node was built to trust whom this computer trusts, as distributions do (Node's configure.py, --openssl-use-def-ca-store). */
const BUILT_WITH = 'NODE_OPENSSL_CERT_STORE';

/**
 * Whether this computer's environment or its build has Node trust other authorities than the well-known ones.
 * @param words options that were given to Node itself
 */
function isAltered(env: NodeJS.ProcessEnv, words: readonly string[], build: object): boolean {
  const { NODE_EXTRA_CA_CERTS: extra, NODE_USE_SYSTEM_CA: system, NODE_OPTIONS: options = '' } = env;
  const given = [options, ...words].join(' ').replaceAll('_', '-');
  return !!extra || system === '1' || OTHER_ROOTS.test(given) || JSON.stringify(build).includes(BUILT_WITH);
}

/**
 * Whom devices are taken to trust: the private authority that was named, else the well-known ones. What else this computer trusts, a
 * company's proxy for one, says nothing of devices. Node's list is named only where it is needed: reading it takes 15 ms a connection.
 */
export function trustOf(
  { caBundle }: Pick<Laptop, 'caBundle'>,
  env = process.env,
  words: readonly string[] = process.execArgv,
  build: object = process.config,
): Trust {
  if (caBundle !== undefined) return { ca: caBundle };
  return isAltered(env, words, build) ? { ca: [...rootCertificates] } : {};
}
