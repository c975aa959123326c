import { readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { run } from './run.js';
import { directoryOf } from './state.js';

/** Port of the ACME server, and of the side door through which it hands out its root. */
const ACME_PORT = 14000;
const MANAGEMENT_PORT = 15000;

/** How pebble is told to behave: like a real CA, at once, and without its deliberate failures. */
export const PEBBLE_ENVIRONMENT = {
  PEBBLE_VA_NOSLEEP: '1',
  // By default every twentieth good nonce is refused, and a rehearsal would fail once in a while.
  PEBBLE_WFE_NONCEREJECT: '0',
  // A name is validated each time, so that a test which spoils DNS sees it.
  PEBBLE_AUTHZREUSE: '0',
};

const NINETY_DAYS = 90 * 24 * 3600;

/** Configuration of pebble, which validates on the ports of the real world. */
export function pebbleConfig(listen: string, directory: string): string {
  const pebble = {
    listenAddress: `${listen}:${ACME_PORT}`,
    managementListenAddress: `${listen}:${MANAGEMENT_PORT}`,
    certificate: join(directory, 'acme.pem'),
    privateKey: join(directory, 'acme.key'),
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
    certificateValidityPeriod: NINETY_DAYS,
  };
  return `${JSON.stringify({ pebble }, null, 2)}\n`;
}

/**
 * Shell that makes a small CA and, signed by it, the certificate of the ACME server's own listener, in the working
 * directory. The CA's key is thrown away: nothing else can be signed by what the server is told to trust.
 * @param names subject alternative names, e.g. `IP:10.213.1.1`
 */
export function makeListenerCertificate(names: string[]): string {
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  return `set -e
printf '%s\\n' 'basicConstraints=critical,CA:FALSE' 'extendedKeyUsage=serverAuth' 'subjectAltName=${names.join(',')}' >acme.ext
openssl req -x509 ${key} -keyout acme-ca.key -out acme-ca.pem -days 90 -subj '/CN=Rehearsal ACME listener CA' 2>&1 \\
  -addext keyUsage=critical,keyCertSign,cRLSign
openssl req ${key} -keyout acme.key -out acme.csr -subj '/CN=Rehearsal ACME server' 2>&1
openssl x509 -req -in acme.csr -CA acme-ca.pem -CAkey acme-ca.key -CAcreateserial -days 90 -extfile acme.ext -out acme.pem 2>&1
rm -f acme-ca.key acme-ca.srl acme.csr acme.ext
`;
}

/** Makes the listener's certificate on this machine. */
export async function prepareAcme(name: string, listen: string, signal?: AbortSignal): Promise<void> {
  const directory = directoryOf(name);
  await run('sh', ['-c', makeListenerCertificate([`IP:${listen}`])], { cwd: directory, signal });
  await writeFile(join(directory, 'pebble.json'), pebbleConfig(listen, directory));
}

/** Path of the bundle a client has to trust to talk to the ACME server and to believe its certificates. */
export const caBundle = (name: string) => join(directoryOf(name), 'ca-bundle.pem');

/** Fetches the root, new at each start of pebble, and writes the bundle. False while pebble is not up. */
export async function writeCaBundle(name: string, host: string, port = MANAGEMENT_PORT): Promise<boolean> {
  const listenerCa = await readFile(join(directoryOf(name), 'acme-ca.pem'), 'utf8').catch(() => undefined);
  if (listenerCa === undefined) return false;
  const root = await get(`https://${host}:${port}/roots/0`, listenerCa).catch(() => '');
  if (!root.includes('BEGIN CERTIFICATE')) return false;
  await rm(caBundle(name), { force: true });
  await writeFile(caBundle(name), listenerCa + root);
  return true;
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca, timeout: 2000, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk)).on('end', () => resolve(text));
    });
    call
      .on('error', reject)
      .on('timeout', () => call.destroy(new Error('timeout')))
      .end();
  });
}
