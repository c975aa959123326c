import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a certificate is to say. */
export interface Wish {
  /** As openssl's -subj takes it; `/` for none. */
  subject?: string;
  /** As openssl's subjectAltName takes it, e.g. `DNS:a,IP:::1`. */
  alternatives?: string;
  /** Arguments of `openssl req` that make the key. */
  key?: readonly string[];
  /** It began and ended long ago. */
  expired?: boolean;
}

export const RSA = ['-newkey', 'rsa:2048'];
export const ECDSA = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

/** For `openssl ca`, which alone among its commands makes a certificate with any dates. */
const CA = `[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = extensions
[any]
commonName = optional
[extensions]
basicConstraints = CA:FALSE
`;

/** A certificate that is signed by its own key, made by openssl; PEM. */
export function selfSigned({
  subject = '/CN=mqtt.example.org',
  alternatives,
  key = ECDSA,
  expired,
}: Wish = {}): {
  cert: string;
  key: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'self-signed-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const request = ['req', '-nodes', ...key, '-keyout', 'key.pem', '-subj', subject];
  try {
    if (expired) {
      writeFileSync(join(folder, 'ca.conf'), CA);
      writeFileSync(join(folder, 'index.txt'), '');
      openssl(...request, '-out', 'csr.pem');
      const dates = ['-startdate', '20200101000000Z', '-enddate', '20200331000000Z'];
      const ca = ['ca', '-config', 'ca.conf', '-selfsign', '-keyfile', 'key.pem', '-batch', '-notext'];
      openssl(...ca, ...dates, '-in', 'csr.pem', '-out', 'cert.pem');
    } else {
      const extension = alternatives === undefined ? [] : ['-addext', `subjectAltName=${alternatives}`];
      openssl(...request, '-x509', '-days', '60', ...extension, '-out', 'cert.pem');
    }
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { cert: read('cert.pem'), key: read('key.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
