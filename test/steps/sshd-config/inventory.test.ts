import { describe, expect, it } from 'vitest';
import { sshdConfig } from '../../../src/steps/sshd-config.js';
import { answering, contextFor, fixture } from '../../context.js';

const done = fixture('sshd-config', 'bookworm-done');
const sshd = (stdout: string) => sshdConfig.see({ code: 0, stdout }, contextFor()).inventory.sshd;

describe('the SSH server', () => {
  it('is as it was set, since it was started', () => {
    const started = Number(/^started=(\d+)$/m.exec(done)?.[1]);
    expect(sshd(done)).toEqual({ started, asSet: true });
  });

  it.each([
    ['it is fresh', fixture('sshd-config', 'trixie-fresh')],
    ['its file is another', answering(done, 'drop-in', 'AAAA')],
    ['it was started before its file', answering(done, 'changed', '9999999999')],
    ['a rule for some logins says otherwise', answering(done, 'matches', 'Match User ada')],
  ])('is not as it was set where %s', (_, stdout) => {
    expect(sshd(stdout)?.asSet).toBe(false);
  });

  it('that does not say when it was started is like no other', () => {
    expect(sshd(answering(done, 'started', ''))?.started).toBeNaN();
  });
});
