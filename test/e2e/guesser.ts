import { execa } from 'execa';
import type { Ground } from './ground.js';

/** Somebody else, at an address of his own in the network of the server, who has no key. */
export interface Guesser {
  address: string;
  /** One try to log in. @returns what ssh said */
  guess(user: string): Promise<string>;
}

/** @param family the guesser's; the address goes with the network of the rehearsal */
export async function guesser({ server }: Ground, family: 4 | 6): Promise<Guesser> {
  const [its = ''] = family === 4 ? server.records.a : server.records.aaaa;
  const address = its.replace(/10$/, '77');
  const { stdout } = await execa('ip', ['-o', 'route', 'get', its]);
  const device = /\bdev (\S+)/.exec(stdout)?.[1] ?? '';
  // Never the first choice for connections of others on this computer: ip-address(8).
  const second = family === 4 ? ['/24'] : ['/64', 'nodad', 'preferred_lft', '0'];
  await execa('ip', ['addr', 'add', `${address}${second[0]}`, 'dev', device, ...second.slice(1)]);
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null'];
  const nobody = ['IdentityFile=/dev/null', 'IdentitiesOnly=yes', 'ConnectTimeout=5'];
  return {
    address,
    async guess(user) {
      const more = [...options, ...nobody].flatMap((option) => ['-o', option]);
      const { stderr } = await execa(
        'ssh',
        ['-F', 'none', '-b', address, ...more, `${user}@${its}`, 'true'],
        // A try that is under way when the ban comes hears nothing more.
        { reject: false, timeout: 10_000 },
      );
      return stderr;
    },
  };
}
