import { EventEmitter } from 'node:events';
import type { NodeSSH } from 'node-ssh';
import { describe, expect, it } from 'vitest';
import { ConnectionLost } from '../../src/errors.js';
import { overSsh2 } from '../../src/host/channel.js';
import { exec } from '../../src/host/exec.js';
import { failure, raw } from './connected.js';

/** A connection that still counts as open, and on which no command can be begun. */
function refusing(error: Error) {
  const client = new EventEmitter();
  const connection = Object.assign(client, { exec: () => queueMicrotask(() => client.emit('error', error)) });
  const ssh = { connection, isConnected: () => true } as unknown as NodeSSH;
  const lost = new Promise<never>(() => undefined);
  const root = { password: undefined, terminal: false, proven: true, readsAhead: false };
  return exec({ run: overSsh2(ssh, 'box'), name: 'box', user: 'root', lost }, { script: raw('true') }, root);
}

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
