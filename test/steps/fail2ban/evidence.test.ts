import { describe, expect, it } from 'vitest';
import { evidenceFindings, parseEvidence } from '../../../src/steps/fail2ban/evidence.js';

/** As a server of Debian 12 printed them. */
const MISSING = 'login=missing\n';
const NONE = `${MISSING}journald=/etc/systemd/journald.conf.d/zz.conf:Storage=none\n`;
const found = (stdout: string, level = 'INFO', files = '') =>
  evidenceFindings(parseEvidence(stdout), level, files).map(({ summary }) => summary);

describe('case 213: what the jail reads has nothing of the login of this very run', () => {
  it('is said, with the cause only where it is known', () => {
    expect(found(MISSING)).toEqual([
      'fail2ban sees no login over SSH, so it bans nobody: the journal has no line about the login of this very run.',
    ]);
    expect(found(NONE)[0]).toContain(
      '; journald is told not to keep it (/etc/systemd/journald.conf.d/zz.conf:Storage=none).',
    );
    expect(found(MISSING, 'QUIET')[0]).toContain('(LogLevel QUIET).');
    const [file] = found(NONE, 'INFO', '/var/log/auth.log');
    expect(file).toContain('/var/log/auth.log has no line about the login of this very run.');
  });

  it('is not said where the login is there, or this is no connection of sshd', () => {
    expect(found('login=seen\n')).toEqual([]);
    expect(found('')).toEqual([]);
  });
});
