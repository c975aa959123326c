import { describe, expect, it } from 'vitest';
import { sshdConfig } from '../../../src/steps/sshd-config.js';
import { SSHD_DROP_IN } from '../../../src/templates/sshd-drop-in.js';
import { contextFor, fixture } from '../../context.js';
import { probed, withFile, withLines } from '../../facts.js';

const done = fixture('sshd-config', 'bookworm-done');
const INCLUDE = '/etc/ssh/sshd_config:12:Include /etc/ssh/sshd_config.d/*.conf';
const sshd = (stdout: string) => sshdConfig.see(probed(stdout), contextFor()).inventory.sshd;

describe('the SSH server', () => {
  it('is as it was set, since it was started', () => {
    const started = Number(/^time=(\d+) \/run\/sshd\.pid$/m.exec(done)?.[1]);
    expect(sshd(done)).toEqual({ started, asSet: true });
  });

  it.each([
    ['it is fresh', fixture('sshd-config', 'trixie-fresh')],
    ['its file is another', withFile(done, SSHD_DROP_IN, { content: '\0\0\0' })],
    ['it was started before its file', done.replace(/^time=\d+ (\/etc\/ssh\/)/m, 'time=9999999999 $1')],
    [
      'a rule for some logins says otherwise',
      withLines(done, INCLUDE, '/etc/ssh/sshd_config:20:Match User ada'),
    ],
  ])('is not as it was set where %s', (_, stdout) => {
    expect(sshd(stdout)?.asSet).toBe(false);
  });

  it('that does not say when it was started is like no other', () => {
    expect(sshd(done.replace(/^time=.* \/run\/sshd\.pid\n/m, ''))?.started).toBeNaN();
  });
});
