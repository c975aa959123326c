import { describe, expect, it } from 'vitest';
import { answers } from '../../../../src/host/ssh/system-ssh/answers.js';
import { Secret } from '../../../../src/sh.js';

/** The ssh that logs in to the server itself; any other leads through a jump host. */
const OURS = 7;

function asked(more: Parameters<typeof answers>[2] = {}) {
  let refused = 0;
  const clock: boolean[] = [];
  const keys = [
    { file: '/keys/id', passphrase: new Secret('of the key') },
    { file: `/keys/${'x'.repeat(120)}` },
  ];
  const { answer, result } = answers(
    keys,
    new Secret('of the login'),
    more,
    (asker) => asker === OURS,
    (waiting) => clock.push(waiting),
    () => {
      refused += 1;
      return Promise.resolve();
    },
  );
  const ask = async (prompt: string, asker = OURS, kind?: string) =>
    (await answer({ prompt, asker, kind }))?.reveal();
  return { ask, result, clock, refusals: () => refused };
}

describe('what ssh asks', () => {
  it('gives the password to the server itself, once, and to nobody on the way', async () => {
    const { ask, result, refusals } = asked();
    expect(await ask("me@gate's password: ", 8)).toBeUndefined();
    expect([result.asked, refusals()]).toEqual([undefined, 0]);
    expect(await ask("root@box's password: ")).toBe('of the login');
    expect(await ask('(root@box) Verification code: ')).toBeUndefined();
    expect([result.asked, refusals()]).toEqual(['Verification code:', 1]);
  });

  it('gives a passphrase to the key that it belongs to, and asks a person for another', async () => {
    const seen: string[] = [];
    const passphrase = (file: string) => {
      seen.push(file);
      return Promise.resolve(undefined);
    };
    const { ask, result, clock } = asked({ passphrase });
    expect(await ask("Enter passphrase for key '/keys/id': ")).toBe('of the key');
    expect(await ask(`Enter passphrase for key '/keys/${'x'.repeat(94)}': `, 8)).toBeUndefined();
    expect(seen).toEqual([`/keys/${'x'.repeat(120)}`]);
    expect(result.notes).toEqual([expect.stringContaining('passphrase that was not given')]);
    expect(clock).toEqual([true, false, true, false]);
  });

  it('tells a person what a security key waits for, and asks for its PIN', async () => {
    const said: string[] = [];
    const pin = (question: string) => Promise.resolve(new Secret(`1234 ${question}`));
    const { ask } = asked({ pin, patience: { say: (text) => said.push(text) } });
    expect(await ask('Confirm user presence for key ED25519-SK SHA256:abc', OURS, 'none')).toBeUndefined();
    expect(said).toEqual(['Confirm user presence for key ED25519-SK SHA256:abc: touch your security key.']);
    expect(await ask('Enter PIN for ED25519-SK key /keys/sk: ')).toBe(
      '1234 Enter PIN for ED25519-SK key /keys/sk',
    );
  });

  it('never says yes, and never sets a new password', async () => {
    const { ask, result, refusals } = asked();
    expect(
      await ask('Are you sure you want to continue connecting (yes/no/[fingerprint])? ', 8),
    ).toBeUndefined();
    expect(await ask('Allow use of key?', OURS, 'confirm')).toBeUndefined();
    expect(await ask("Enter root@box's old password: ")).toBeUndefined();
    expect([result.expired, refusals()]).toEqual([true, 1]);
  });
});
