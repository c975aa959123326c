import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { bootstrap, type Marks, payload } from '../src/host/ssh/bootstrap.js';
import { DISTRIBUTION, EVERYWHERE, ownersToo } from '../src/server-path.js';

const marks: Marks = { started: '0123456789abcdef', noSudo: 'fedcba9876543210', prompt: '00112233445566ff' };

const asRoot = (script: string, env: Record<string, string>): string => {
  const command = bootstrap(marks, 'without-password').replace('"$(id -u)" = 0', '0 = 0');
  const input = payload(marks, script);
  const { stdout } = spawnSync('sh', ['-c', command], { input, env, encoding: 'utf8' });
  return stdout.replace(`${marks.started}\n`, '');
};

it('case 205: scripts of root find no program in /usr/local, whatever the login has for a path', () => {
  expect(asRoot('echo "$PATH"', { PATH: '/usr/local/bin:/usr/bin:/bin' })).toBe(`${DISTRIBUTION}\n`);
  expect(DISTRIBUTION).not.toContain('local');
});

it('case 205: libraries that the owner loads into programs stay out of those of root', () => {
  const env = { PATH: '/usr/bin:/bin', OPENSSL_CONF: '/opt/openssl.cnf', PYTHONPATH: '/opt/python' };
  expect(asRoot('echo "$OPENSSL_CONF|$PYTHONPATH"', env)).toBe('|\n');
});

it('finds programs of the owner behind those of the distribution where they are meant', () => {
  expect(asRoot(`${ownersToo.run}; echo "$PATH"`, { PATH: '/usr/bin:/bin' })).toBe(`${EVERYWHERE}\n`);
});
