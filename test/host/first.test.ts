import { afterEach, expect, it } from 'vitest';
import { connectFirst } from '../../src/host/first.js';
import { Secret } from '../../src/sh.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
afterEach(() => server.close());
const withPassword = (password: string) => ({ keys: [], agent: false, password: new Secret(password) });

it('takes the first candidate that is let in, and asks about the host key once', async () => {
  server = await startServer({ password: 'right' });
  let asked = 0;
  const ask = () => {
    asked += 1;
    return Promise.resolve(true);
  };
  const candidates = [
    { target: server.target({ user: 'researcher' }), credentials: withPassword('wrong') },
    { target: server.target({ user: 'ubuntu' }), credentials: withPassword('right') },
    { target: server.target({ user: 'root' }), credentials: withPassword('right') },
  ];
  const { host, candidate } = await connectFirst(candidates, {
    hostKey: { known: () => Promise.resolve([]), ask },
  });
  expect(candidate).toBe(candidates[1]);
  expect(host.user).toBe('ubuntu');
  expect(asked).toBe(1);
  expect(server.attempts).toEqual(['password researcher', 'password ubuntu']);
  await host.close();
});

it('tells all that was tried', async () => {
  server = await startServer({ password: 'right' });
  const candidates = ['researcher', 'root'].map((user) => ({
    target: server.target({ user }),
    credentials: withPassword('wrong'),
  }));
  await expect(
    connectFirst(candidates, { hostKey: { known: () => Promise.resolve(server.hostKeys) } }),
  ).rejects.toMatchObject({
    code: 'login-refused',
    message: expect.stringMatching(/login of researcher.*login of root/),
  });
});

it('does not go on where another login would meet the same', async () => {
  server = await startServer({ password: 'right' });
  const candidates = ['researcher', 'root'].map((user) => ({
    target: server.target({ user }),
    credentials: withPassword('right'),
  }));
  await expect(
    connectFirst(candidates, { hostKey: { known: () => Promise.resolve([]) } }),
  ).rejects.toMatchObject({ code: 'host-key-unknown' });
  expect(server.connections).toBe(1);
});
