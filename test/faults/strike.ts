import { execa } from 'execa';
import type { Rehearsal } from '../../src/rehearsal/index.js';
import type { Ground, Started } from '../e2e/ground.js';
import type { Fault } from './cases.js';

/** Puts right what the fault has broken outside of the server; nothing for most. */
export type Heal = () => Promise<void>;

/**
 * Breaks a run. kill: the program and all that it has started. link: every SSH packet between here and the server is lost,
 * without a word to either side. power: the server is off at once, and on again; what it has written is on its disk,
 * because that disk is a folder here.
 */
export const STRIKES: Readonly<Record<Fault, (on: Ground, run: Started) => Promise<Heal>>> = {
  async kill(_, run) {
    run.kill();
    await run.ended;
    return async () => undefined;
  },
  link: ({ server }) => cut(server),
  async power({ server }) {
    await server.reboot();
    return async () => undefined;
  },
};

async function cut({ name, address, sshPort }: Rehearsal): Promise<Heal> {
  const mark = ['-m', 'comment', '--comment', `${name}-cut`, '-j', 'DROP'];
  const rules = [
    ['INPUT', '-p', 'tcp', '-s', address, '--sport', String(sshPort), ...mark],
    ['OUTPUT', '-p', 'tcp', '-d', address, '--dport', String(sshPort), ...mark],
  ];
  for (const rule of rules) await execa('iptables', ['-w', '-I', ...rule]);
  return async () => {
    for (const rule of rules) await execa('iptables', ['-w', '-D', ...rule], { reject: false });
  };
}
