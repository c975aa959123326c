import { X509Certificate } from 'node:crypto';
import { pemBlocks } from '../certificate-chain.js';
import { UsageError } from '../errors.js';
import { MOST } from '../user-file.js';
import { readText } from './config-file.js';
import { expandHome } from './defaults.js';
import { show } from './show.js';

/**
 * The roots of a private certificate authority: `settings.certificate.ca_bundle`.
 * @returns the certificates alone, one after the other, without whatever else is in the file
 * @throws UsageError where the file cannot be read or holds no certificate that parses
 */
export async function readCaBundle(file: string): Promise<string> {
  const wrong = (what: string, cause?: unknown) =>
    new UsageError(`certificate.ca_bundle is ${show(file)}, but ${what}.`, [], { code: 'ca-bundle', cause });
  let text: string;
  try {
    text = await readText(expandHome(file), MOST.certificates);
  } catch (cause) {
    throw wrong(
      `must be a PEM file. ${cause instanceof Error ? cause.message.replace(/\.$/, '') : ''}`,
      cause,
    );
  }
  const certificates = pemBlocks(text);
  if (certificates.length === 0) throw wrong('there is no "BEGIN CERTIFICATE" in it: it must be a PEM file');
  for (const [index, pem] of certificates.entries()) {
    try {
      new X509Certificate(pem);
    } catch (cause) {
      throw wrong(`certificate ${index + 1} in it is damaged`, cause);
    }
  }
  return certificates.map((pem) => `${pem.replaceAll('\r', '')}\n`).join('');
}
