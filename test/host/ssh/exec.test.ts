import { EventEmitter } from 'node:events';
import type { NodeSSH } from 'node-ssh';
import { describe, expect, it } from 'vitest';
import { ConnectionLost } from '../../../src/errors.js';
import { overSsh2, type RunCommand } from '../../../src/host/ssh/channel.js';
import { exec } from '../../../src/host/ssh/exec.js';
import { explain, type NotStarted } from '../../../src/host/ssh/sudo.js';
import { Secret } from '../../../src/sh.js';
import { failure, raw } from '../connected.js';

/** A connection that still counts as open, and on which no command can be begun. */
function refusing(error: Error) {
  const client = new EventEmitter();
  const connection = Object.assign(client, { exec: () => queueMicrotask(() => client.emit('error', error)) });
  const ssh = { connection, isConnected: () => true } as unknown as NodeSSH;
  const lost = new Promise<never>(() => undefined);
  const root = { password: undefined, terminal: false, proven: true, readsAhead: false };
  return exec({ run: overSsh2(ssh, 'box'), name: 'box', user: 'root', lost }, { script: raw('true') }, root);
}

it('case 174: a login in which nothing more is heard is given up, with the last words of it', async () => {
  const run: RunCommand = (_command, _stdin, { onStderr }) => {
    onStderr(Buffer.from('Verification code: '));
    return new Promise(() => undefined);
  };
  const root = { password: new Secret('x'), terminal: false, proven: false, readsAhead: false };
  const lost = new Promise<never>(() => undefined);
  const link = { run, name: 'box', user: 'ada', lost, silenceMs: 50 };
  const seen = await exec(link, { script: raw('true') }, root);
  expect(seen).toMatchObject({ silent: true, stderr: 'Verification code: ' });
  expect(explain(seen as NotStarted)).toMatchObject({
    code: 'no-shell',
    message: expect.stringContaining('the last that it said: Verification code:'),
  });
});

describe('a command that does not begin', () => {
  it('because nothing comes from the server any more: the connection is lost', async () => {
    const silent = Object.assign(new Error('Keepalive timeout'), { level: 'client-timeout' });
    expect(await failure(refusing(silent))).toBeInstanceOf(ConnectionLost);
  });

  it('because the server refuses it: that is said', async () => {
    const refused = Object.assign(new Error('(SSH) Channel open failure: open failed'), { reason: 2 });
    expect(await failure(refusing(refused))).toMatchObject({ code: 'no-shell' });
  });
});
