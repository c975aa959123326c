import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { Report } from '../../../src/doctor/report.js';
import type { Ground } from '../ground.js';
import { idsOf, reportOf } from './report-of.js';
import type { Spoil } from './spoils.js';

/** What a breakage is called in tests. */
export const titleOf = ({ title, found }: Spoil): string => title ?? found.join(', ');

/** Rows of a table of tests, one for each breakage. */
export const titled = <T extends Spoil>(spoils: readonly T[]): [string, T][] =>
  spoils.map((one) => [titleOf(one), one]);

const OPEN: Pick<Spoil, 'spoil' | 'mend'> = {
  spoil: 'mv /etc/ssh/sshd_config.d/00-broker-setup.conf /root/drop-in; systemctl restart ssh',
  mend: 'mv /root/drop-in /etc/ssh/sshd_config.d/00-broker-setup.conf; systemctl restart ssh',
};

/** Breaks all of these, runs doctor once, and undoes them in reverse. @returns what doctor reports */
async function lookAt(on: Ground, group: readonly Spoil[]): Promise<Report> {
  const undo: (() => Promise<unknown>)[] = [];
  const original = { a: [...on.server.records.a], aaaa: [...on.server.records.aaaa] };
  const parts = group.some(({ open }) => open) ? [OPEN, ...group] : group;
  try {
    for (const { spoil, mend, dns, here, hostKey } of parts as readonly Partial<Spoil>[]) {
      if (hostKey) undo.unshift(await knowInstead(on, hostKey));
      if (mend) undo.unshift(() => on.inside(mend));
      if (spoil) await on.inside(spoil);
      if (dns) undo.unshift(() => on.server.setDns(original));
      if (dns) await on.server.setDns(dns(on));
      if (here) undo.unshift(() => execa('sh', ['-c', here[1]]));
      if (here) await execa('sh', ['-c', here[0]]);
    }
    return reportOf(await on.run(['doctor', '--json', ...group.flatMap(({ args = [] }) => args)]));
  } finally {
    for (const step of undo) await step();
  }
}

/** This computer knows the server by another of its keys. @returns what undoes it */
async function knowInstead({ home, inside, server }: Ground, hostKey: string) {
  const path = join(home, 'known_hosts');
  const before = await readFile(path);
  await writeFile(path, `${server.address} ${await inside(`cut -d' ' -f1,2 ${hostKey}`)}\n`);
  return () => writeFile(path, before);
}

/** One breakage is found, exactly as it says. */
export async function expectFound(on: Ground, one: Spoil): Promise<void> {
  expect(idsOf(await lookAt(on, [one]))).toEqual([...one.found].sort());
}

/**
 * One look at a server with all of these breakages finds exactly their union. Where it does not, each is repeated alone, so
 * that the test names the one that is to blame.
 */
export async function expectAllFound(on: Ground, group: readonly Spoil[]): Promise<void> {
  const wanted = [...new Set(group.flatMap(({ found }) => found))].sort();
  const seen = idsOf(await lookAt(on, group));
  if (JSON.stringify(seen) === JSON.stringify(wanted)) return;
  const together = `together, ${list(seen, wanted)} too many and ${list(wanted, seen)} missing`;
  for (const one of group)
    expect(idsOf(await lookAt(on, [one])), `${titleOf(one)}, alone; ${together}`).toEqual(
      [...one.found].sort(),
    );
  expect(seen, `each is found alone, but ${together}`).toEqual(wanted);
}

/** Those of the first list that are not in the second, in words. */
const list = (all: readonly string[], others: readonly string[]): string =>
  all.filter((id) => !others.includes(id)).join(', ') || 'none';
