import { rootCertificates } from 'node:tls';
import type { Laptop } from '../engine/step.js';

/** For the options of a TLS connection; nothing in it leaves Node's own trust as it is. */
export interface Trust {
  ca?: string | string[];
}

/** Options of Node with which it trusts whom this computer trusts (nodejs.org/api/cli.html). */
const OTHER_ROOTS = /--use-(?:openssl|system)-ca\b/;

/**
 * Whether this computer's environment has Node trust other authorities than the well-known ones.
 * @param words options that were given to Node itself
 */
function isAltered(env: NodeJS.ProcessEnv, words: readonly string[]): boolean {
  const { NODE_EXTRA_CA_CERTS: extra, NODE_USE_SYSTEM_CA: system, NODE_OPTIONS: options = '' } = env;
  return !!extra || system === '1' || OTHER_ROOTS.test([options, ...words].join(' '));
}

/**
 * Whom devices are taken to trust: the private authority that was named, else the well-known ones. What else this computer trusts, a
 * company's proxy for one, says nothing of devices. Node's list is named only where it is needed: reading it takes 15 ms a connection.
 */
export function trustOf(
  { caBundle }: Pick<Laptop, 'caBundle'>,
  env = process.env,
  words: readonly string[] = process.execArgv,
): Trust {
  if (caBundle !== undefined) return { ca: caBundle };
  return isAltered(env, words) ? { ca: [...rootCertificates] } : {};
}
