import { execa } from 'execa';
import type { Ground } from './ground.js';

/** The ports that a stranger finds open. @param scanned as nmap's -p takes it */
export async function openPorts({ server }: Ground, scanned: string): Promise<number[]> {
  const quick = ['-n', '-Pn', '-T5', '--min-rate=15000', '--max-retries=1'];
  const { stdout } = await execa('nmap', [...quick, '-p', scanned, '--open', '-oG', '-', server.address]);
  return [...stdout.matchAll(/(\d+)\/open/g)].map((match) => Number(match[1]));
}

/** A renewal before its time, as the timer would make it. */
export const renew = ({ inside }: Ground): Promise<string> =>
  inside(
    'REQUESTS_CA_BUNDLE=/etc/broker-setup/acme-ca.pem certbot renew --force-renewal --no-random-sleep-on-renew',
  );
