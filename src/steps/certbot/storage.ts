import type { Finding } from '../../engine/step.js';
import { type Sh, sh } from '../../sh.js';
import { lineage } from '../../templates/certificate-copy.js';
import { renewalConf } from './paths.js';

/** What certbot has kept of this domain, beside the certificate itself. */
export interface Storage {
  /** Its folders of this domain that exist. */
  folders: string[];
  /** There is a renewal file, but certbot would call it invalid: certbot, storage.py, RenewableCert. */
  broken: boolean;
}

const archive = (domain: string): string => `/etc/letsencrypt/archive/${domain}`;

/** Tells `folder=PATH` and `storage=broken`. In live/ all four are links, which is what FTP and careless copies make files of. */
export function tellStorage(domain: string): Sh {
  const { directory } = lineage(domain);
  return sh`for folder in ${directory} ${archive(domain)}; do if [ -e "$folder" ]; then echo "folder=$folder"; fi; done
if [ -e ${renewalConf(domain)} ]; then
  whole=yes
  [ "$(grep -c '^\\(cert\\|privkey\\|chain\\|fullchain\\) *=' ${renewalConf(domain)})" = 4 ] || whole=no
  for kind in cert privkey chain fullchain; do [ -L ${directory}/"$kind.pem" ] && [ -e ${directory}/"$kind.pem" ] || whole=no; done
  [ "$whole" = yes ] || echo storage=broken
fi`;
}

/** Pure. */
export function parseStorage(stdout: string): Storage {
  return {
    folders: [...stdout.matchAll(/^folder=(.+)$/gm)].map(([, path = '']) => path),
    broken: /^storage=broken$/m.test(stdout),
  };
}

/**
 * Pure. With either of them certbot asks the authority, which counts, and then cannot put the certificate where it belongs: it refuses,
 * or makes a DOMAIN-0001, each time another one.
 */
export function storageFindings({ folders, broken }: Storage, known: boolean, domain: string): Finding[] {
  // The two folders have one name, and so has what an earlier time has left there: numbered, nothing is overwritten.
  const away = `sudo sh -c 'mkdir -p /root/old-certificate && mv --backup=numbered ${[...folders, ...(known ? [renewalConf(domain)] : [])].join(' ')} /root/old-certificate/'`;
  if (broken)
    return [
      {
        id: 'certbot.storage',
        level: 'stop',
        summary: `certbot cannot read what it keeps of ${domain}: ${renewalConf(domain)} is not whole, or the files it names in ${lineage(domain).directory} are gone or no links. It would renew nothing.`,
        hint: `If you have a copy with the links (cp -a), put it back. Otherwise move all of it away, on the server: ${away}; and run this again, which gets a new certificate, with a new key.`,
      },
    ];
  if (known || folders.length === 0) return [];
  return [
    {
      id: 'certbot.folder',
      level: 'stop',
      summary: `${folders.join(' and ')} exist${folders.length === 1 ? 's' : ''}, but certbot knows nothing of ${folders.length === 1 ? 'it' : 'them'}.`,
      hint: `Move ${folders.length === 1 ? 'it' : 'them'} away, on the server: ${away}; and run this again.`,
    },
  ];
}
