import { Resolver } from 'node:dns/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directoryOf } from './state.js';
import type { Records } from './types.js';

/** Name of the file, in a rehearsal's directory, that holds what DNS answers for the domain. */
export const RECORDS = 'dns.hosts';

/** What DNS is to answer, as dnsmasq reads it at start and on SIGHUP. */
export const hostsFile = (domain: string, records: Records) =>
  [...records.a, ...records.aaaa].map((address) => `${address} ${domain}\n`).join('');

/** Writes what DNS is to answer. */
export async function writeRecords(name: string, domain: string, records: Records): Promise<void> {
  await writeFile(join(directoryOf(name), RECORDS), hostsFile(domain, records));
}

/** Command line of the resolver: knows the domain, asks this machine's resolvers for the rest. */
export function dnsmasqCommand(domain: string, options: { listen: string; records: string }): string[] {
  return [
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--user=root',
    '--pid-file=',
    '--log-facility=-',
    '--no-hosts',
    `--addn-hosts=${options.records}`,
    // What the file does not say about the domain is answered with "nothing", not asked elsewhere.
    `--local=/${domain}/`,
    // Bare host names and private addresses are nobody else's business: sudo asks for them and would wait.
    '--domain-needed',
    '--bogus-priv',
    '--local=/rehearsal/',
    '--bind-interfaces',
    '--except-interface=lo',
    `--listen-address=${options.listen}`,
  ];
}

/** Whether the resolver answers at all; "no such record" is an answer. */
export async function answers(resolver: string, domain: string): Promise<boolean> {
  const client = new Resolver({ timeout: 500, tries: 1 });
  client.setServers([resolver]);
  return client.resolve4(domain).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENODATA' || error.code === 'ENOTFOUND',
  );
}
