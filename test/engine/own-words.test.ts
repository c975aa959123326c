import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { lastLines, ownWords } from '../../src/engine/own-words.js';

const many = (count: number, word = 'Setting up') =>
  Array.from({ length: count }, (_, index) => `${word} ${index}`);

describe('what a failed program said itself', () => {
  it('case 229: is never empty where there was output, though stderr holds only our summary', () => {
    // certbot 2.1.0, with two accounts for the authority.
    const stdout = `Asking for the certificate
Saving debug log to /var/log/letsencrypt/letsencrypt.log
Missing command line flag or config entry for this setting:
Please choose an account
Choices: ['a@2026-11-30T08:00:00Z (9f1c)', 'b@2026-11-30T08:01:00Z (77aa)']
`;
    expect(ownWords(stdout, 'broker-setup: It failed.\n')).toContain('Please choose an account');
  });

  it('case 230: keeps the first complaint of a long output, and what leads to it', () => {
    const stdout = [
      ...many(20),
      'adduser: The group `mosquitto’ could not be made.',
      'groupadd: cannot lock /etc/passwd; try again later.',
      'dpkg: error processing package mosquitto (--configure):',
      ...many(30, 'dpkg: dependency problems prevent configuration of'),
      'E: Sub-process /usr/bin/dpkg returned an error code (1)',
    ].join('\n');
    const words = ownWords(stdout, '');
    expect(words.join('\n')).toMatch(
      /cannot lock \/etc\/passwd[\s\S]*error processing package mosquitto[\s\S]*\[…\]/,
    );
    expect(words.at(-1)).toBe('E: Sub-process /usr/bin/dpkg returned an error code (1)');
    expect(words.length).toBeLessThan(14);
  });

  it('is what stderr has, where that has more than our summary', () => {
    expect(ownWords('progress\n', 'E: 404\n')).toEqual(['E: 404']);
    expect(ownWords('', '')).toEqual([]);
  });
});

describe('the last lines of a log', () => {
  const last = (text: string) => execFileSync('sh', ['-c', lastLines.run], { input: text, encoding: 'utf8' });

  it('case 233: are the cause, not the routine of systemd, each once', () => {
    // A unit of somebody's whose program is gone, Debian 12.
    const again = `mosquitto.service: Scheduled restart job, restart counter is at 1.
Stopped mosquitto.service - Mosquitto MQTT Broker.
Starting mosquitto.service - Mosquitto MQTT Broker...
mosquitto.service: Failed to locate executable /opt/mosquitto/sbin/mosquitto: No such file or directory
mosquitto.service: Failed at step EXEC spawning /opt/mosquitto/sbin/mosquitto: No such file or directory
mosquitto.service: Main process exited, code=exited, status=203/EXEC
mosquitto.service: Failed with result 'exit-code'.
`;
    expect(
      last(again.repeat(6)),
    ).toBe(`mosquitto.service: Failed to locate executable /opt/mosquitto/sbin/mosquitto: No such file or directory
mosquitto.service: Failed at step EXEC spawning /opt/mosquitto/sbin/mosquitto: No such file or directory
mosquitto.service: Main process exited, code=exited, status=203/EXEC
`);
  });

  it('are routine where nothing else was said, and 8 at most', () => {
    expect(last('\nStopped x.\n')).toBe('Stopped x.\n');
    expect(last(many(20).join('\n')).split('\n').filter(Boolean)).toEqual(many(20).slice(-8));
  });
});
