import { readFile, rm, writeFile } from 'node:fs/promises';

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const BOOT = '/proc/sys/kernel/random/boot_id';

/**
 * Makes this machine forward IPv4, as a server's way to the package mirror needs, and notes where it did not before.
 * @param note file that says in which boot of the machine it was turned on
 */
export async function turnForwardingOn(note: string, file = FORWARDING): Promise<void> {
  if ((await readFile(file, 'utf8')).trim() === '1') return;
  // Noted first: killed in between, the last rehearsal still turns it off.
  await writeFile(note, await readFile(BOOT, 'utf8'));
  await writeFile(file, '1');
}

/** Turns it off again where `turnForwardingOn` turned it on; only for when no rehearsal is left on the machine. */
export async function turnForwardingOff(note: string, file = FORWARDING): Promise<void> {
  const noted = await readFile(note, 'utf8').catch(() => undefined);
  // After a restart of the machine its own settings count again.
  if (noted !== undefined && noted === (await readFile(BOOT, 'utf8'))) await writeFile(file, '0');
  await rm(note, { force: true });
}
