import { describe, expect, it } from 'vitest';
import { choose } from '../../src/commands/fingerprint-choice.js';
import { EXIT } from '../../src/errors.js';
import type { FingerprintFlags } from '../../src/session/flags.js';

const HOST = 'mqtt.example.org';

describe('the flags of fingerprint', () => {
  it.each<[FingerprintFlags, object]>([
    [{}, { digests: ['sha1'], format: 'colon' }],
    [{ sha1: true }, { digests: ['sha1'], format: 'colon' }],
    [
      { sha256: true, format: 'hex' },
      { digests: ['sha256'], format: 'hex' },
    ],
    [{ spki: true }, { digests: ['spki'], format: 'colon' }],
    [{ all: true }, { digests: ['sha1', 'sha256', 'spki'], format: 'colon' }],
    [{ format: 'arduino' }, { digests: ['sha1'], format: 'arduino' }],
    [{ json: true }, { format: 'json' }],
    [{ json: true, format: 'json', spki: true }, { format: 'json' }],
  ])('%j', (flags, expected) => {
    expect(choose(HOST, flags)).toMatchObject(expected);
  });

  it('look at both of one’s own server, and at what any other one presents', () => {
    expect(choose(undefined, {}).from).toBe('both');
    expect(choose(HOST, {}).from).toBe('served');
    expect(choose(undefined, { from: 'disk' }).from).toBe('disk');
    expect(choose(HOST, { from: 'both' }).from).toBe('both');
  });

  it.each<FingerprintFlags>([
    { format: 'arduino', sha256: true },
    { format: 'arduino', spki: true },
    { format: 'arduino', all: true },
    { format: 'hex', json: true },
  ])('are wrong usage: %j', (flags) => {
    expect(() => choose(HOST, flags)).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
  });
});
