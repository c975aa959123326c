import { expect, onTestFinished } from 'vitest';
import { SetupError } from '../../src/errors.js';
import type { Credentials, Transport } from '../../src/host/host.js';
import type { ConnectOptions } from '../../src/host/ssh/reach.js';
import { connect, type SshHost } from '../../src/host/ssh/ssh.js';
import type { KnownKey } from '../../src/host/trust/host-key.js';
import { Secret, type Sh } from '../../src/sh.js';
import { type ServerOptions, startServer, type TestServer } from './server.js';

const PASSWORD = 'correct horse';
export const withPassword = (password = PASSWORD): Credentials => ({
  keys: [],
  agent: false,
  password: new Secret(password),
});
export const raw = (text: string): Sh => ({ run: text, show: text });

/** Not afterEach: a module that several files share would only clean up behind the tests of the first one. */
export const later = <T>(thing: T, cleanup: () => unknown): T => {
  onTestFinished(async () => void (await cleanup()));
  return thing;
};

export async function server(options: ServerOptions = {}): Promise<TestServer> {
  const started = await startServer({ password: PASSWORD, ...options });
  return later(started, () => started.close());
}
export const knows = (box: TestServer): ConnectOptions['hostKey'] => ({
  known: () => Promise.resolve<KnownKey[]>(box.hostKeys),
});
interface Opening {
  credentials?: Credentials;
  options?: Partial<ConnectOptions>;
  target?: object;
}

/** As open, over one of the two transports. */
export const openBy =
  (transport: Transport) =>
  (box: TestServer, more: Opening = {}): Promise<SshHost> =>
    open(box, { ...more, target: { ...more.target, transport } });

export async function open(box: TestServer, more: Opening = {}): Promise<SshHost> {
  const host = await connect(box.target(more.target), more.credentials ?? withPassword(), {
    hostKey: knows(box),
    ...more.options,
  });
  return later(host, () => host.close());
}
export const failure = async (work: Promise<unknown>): Promise<SetupError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SetupError);
  return error as SetupError;
};
