import { describe, expect, it } from 'vitest';
import type { PortSeen } from '../../src/engine/inventory.js';
import { SetupError } from '../../src/errors.js';
import { isUnreached } from '../../src/proofs/handshake.js';
import { lookAtPort, lookForSilence, meaningOf, PATIENCE, patienceWith } from '../../src/proofs/port.js';
import { closedPort, openPort } from './listeners.js';

const error = (code: string) => Object.assign(new Error(code), { code });

describe('an error of a socket', () => {
  it.each<[string, PortSeen]>([
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'refused'],
    ['ETIMEDOUT', 'filtered'],
    ['EHOSTUNREACH', 'rejected'],
    ['EACCES', 'rejected'],
    ['EPERM', 'rejected'],
    ['ENETUNREACH', 'unreachable'],
    ['EINVAL', 'unreachable'],
    ['EADDRNOTAVAIL', 'unreachable'],
    ['EAFNOSUPPORT', 'unreachable'],
    // The network of this computer is down: nobody was asked.
    ['ENETDOWN', 'unreachable'],
    // getaddrinfo(3): there was no address that could have been asked.
    ['ENOTFOUND', 'unreachable'],
    ['EAI_AGAIN', 'unreachable'],
  ])('%s means %s', (code, seen) => {
    expect(meaningOf(error(code))).toBe(seen);
  });

  it.each(['ENETUNREACH', 'EINVAL', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND', 'EAI_AGAIN'])(
    '%s means that nobody was reached for a handshake, too',
    (code) => {
      expect(isUnreached(new SetupError('', { code: 'tls-failed', cause: error(code) }))).toBe(true);
    },
  );

  it.each(['ECONNRESET', 'ERR_SSL_WRONG_VERSION_NUMBER', ''])('%j means that somebody was there', (code) => {
    expect(isUnreached(new SetupError('', { code: 'tls-failed', cause: error(code) }))).toBe(false);
  });
});

it('a name that leads nowhere was not asked', async () => {
  expect(await lookAtPort('nowhere.invalid', 80, 5000)).toBe('unreachable');
});

describe('a look for silence', () => {
  it('hears what answers', async () => {
    expect(await lookForSilence('127.0.0.1', await openPort(), 500)).toBe('open');
    expect(await lookForSilence('127.0.0.1', await closedPort(), 500)).toBe('refused');
  });
});

describe('patience', () => {
  it('is short with a server that answers fast', async () => {
    expect(await patienceWith('127.0.0.1', await openPort())).toBeLessThan(PATIENCE);
  });

  it('is long where nothing could be measured', async () => {
    expect(await patienceWith('127.0.0.1', undefined)).toBe(PATIENCE);
    expect(await patienceWith('127.0.0.1', await closedPort())).toBe(PATIENCE);
  });
});
