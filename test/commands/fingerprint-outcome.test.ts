import { describe, expect, it } from 'vitest';
import { type Look, outcome } from '../../src/commands/fingerprint-outcome.js';
import { Cancelled, EXIT, LoginRefused, SetupError, UsageError } from '../../src/errors.js';
import { fingerprintOf, firstCertificate } from '../../src/fingerprint.js';
import { selfSigned } from '../proofs/self-signed.js';

function certificate() {
  const made = firstCertificate(selfSigned().cert);
  if (!made) throw new Error('openssl made no certificate');
  return fingerprintOf(made);
}
const [one, other] = [certificate(), certificate()];

const saw = (value?: typeof one): Look => ({ status: 'fulfilled', value });
const failed = (reason: unknown): Look => ({ status: 'rejected', reason });
const closed = () => new SetupError('Nothing answers.', { code: 'tls-failed', hint: 'Check the port.' });
const refused = () => new LoginRefused('The login was refused.', 'Check the key.');

describe('looking at one’s own server', () => {
  it('ends well where both are one', () => {
    expect(outcome(saw(one), saw({ ...one }), 'both')).toMatchObject({
      served: one,
      complaint: undefined,
      exitCode: EXIT.ok,
    });
  });

  it('ends well where only one was to be looked at', () => {
    expect(outcome(saw(one), saw(), 'served')).toMatchObject({ served: one, exitCode: EXIT.ok });
    expect(outcome(saw(), saw(one), 'disk')).toMatchObject({ disk: one, exitCode: EXIT.ok });
  });

  it('fails where they differ, tells both and what to do', () => {
    const { complaint, exitCode, served } = outcome(saw(one), saw(other), 'both');
    expect(exitCode).toBe(EXIT.failed);
    expect(served).toBe(one);
    expect(complaint?.message).toContain(one.sha1);
    expect(complaint?.message).toContain(other.sha1);
    expect(complaint?.hint).toContain('doctor --fix');
  });

  it('is unchecked where the disk could not be read, and still has what is served', () => {
    const { complaint, exitCode, served } = outcome(saw(one), failed(refused()), 'both');
    expect(exitCode).toBe(EXIT.unchecked);
    expect(served).toBe(one);
    expect(complaint).toMatchObject({
      message: expect.stringContaining('The login was refused.'),
      hint: 'Check the key.',
    });
  });

  it.each<[string, Look, Look, Parameters<typeof outcome>[2], string]>([
    ['nothing is served', failed(closed()), saw(), 'served', 'Nothing answers.'],
    ['nothing is served, though the disk was read', failed(closed()), saw(one), 'both', 'Nothing answers.'],
    ['the disk alone was asked for', saw(), failed(refused()), 'disk', 'The login was refused.'],
    [
      'neither can be had',
      failed(closed()),
      failed(refused()),
      'both',
      "Nothing answers. Nor could the server's disk be read: The login was refused.",
    ],
  ])('is an error where %s', (_, served, disk, from, message) => {
    expect(() => outcome(served, disk, from)).toThrow(
      expect.objectContaining({ message, exitCode: EXIT.unchecked }),
    );
  });

  it('names --from disk where only the disk could be read', () => {
    expect(() => outcome(failed(closed()), saw(one), 'both')).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^Check the port\. .*--from disk/) }),
    );
  });

  it.each([new Cancelled(), new UsageError('Wrong.'), new TypeError('a defect')])(
    'leaves %s as it is',
    (error) => {
      for (const look of [
        () => outcome(saw(one), failed(error), 'both'),
        () => outcome(failed(error), saw(one), 'both'),
        () => outcome(failed(closed()), failed(error), 'both'),
        () => outcome(saw(), failed(error), 'disk'),
      ])
        expect(look).toThrow(error);
      expect(error).not.toHaveProperty('exitCode', EXIT.unchecked);
    },
  );
});
