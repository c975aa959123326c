import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evidenceFindings, parseEvidence, tellEvidence } from '../../../src/steps/fail2ban/evidence.js';

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

describe('case 315: with a stand-in for journalctl, below a process named sshd', () => {
  /** @param status what the jail watches @param chosen how many lines the jail's own matches have */
  function told(status: string, log: string, chosen = 1, rotated = ''): string {
    const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
    try {
      copyFileSync('/bin/sh', join(folder, 'sshd'));
      const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o755 });
      write('lines', log);
      write(
        'journalctl',
        `#!/bin/sh
echo "$*" >>${folder}/asked
case "$*" in *_SYSTEMD_UNIT=*) yes line | head -n ${chosen} ;; *'-n 20'*) tail -n 20 ${folder}/lines ;; *) cat ${folder}/lines ;; esac
`,
      );
      const paths = status.replaceAll('FOLDER', folder);
      const script = `watching='${paths}'\n${tellEvidence.run}`;
      write('look', script);
      // sshd names its own process in its log.
      write(
        'start',
        `sed -i "s/PID/$$/" ${folder}/lines ${folder}/lines.1 2>/dev/null\nsh ${folder}/look\n:`,
      );
      write('lines.1', rotated);
      return execFileSync(join(folder, 'sshd'), [join(folder, 'start')], {
        env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      }).toString();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const ACCEPTED = 'Accepted publickey for ada from 192.0.2.1\n';
  const USUAL = 'status=Journal matches: _SYSTEMD_UNIT=sshd.service + _COMM=sshd';
  const OWN = 'status=Journal matches: _SYSTEMD_UNIT=sshd.service PRIORITY=6 + _SYSTEMD_UNIT=other.service';

  it('the login is found behind all that sshd says at LogLevel VERBOSE', () => {
    expect(told(USUAL, ACCEPTED + 'Starting session: command for ada\n'.repeat(60))).toBe('login=seen\n');
  });

  it('a login that the matches of an own jail leave out is one that fail2ban does not see', () => {
    expect(told(OWN, ACCEPTED, 0)).toBe('login=elsewhere\n');
    expect(told(OWN, ACCEPTED, 1)).toBe('login=seen\n');
    const [finding] = evidenceFindings(parseEvidence('login=elsewhere\n'), 'INFO', '', '_SYSTEMD_UNIT=x');
    expect(finding?.summary).toContain('(journalmatch = _SYSTEMD_UNIT=x)');
  });

  it('a login that is in the log from before it was rotated is found', () => {
    const line = `sshd[PID]: ${ACCEPTED}`;
    expect(told('status=File list: FOLDER/lines', line)).toBe('login=seen\n');
    expect(told('status=File list: FOLDER/lines', '', 1, line)).toBe('login=seen\n');
  });
});
