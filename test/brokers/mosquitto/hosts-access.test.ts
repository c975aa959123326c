import { describe, expect, it } from 'vitest';
import {
  HOSTS_ALLOW,
  HOSTS_DENY,
  refusingLine,
  wrappedFindings,
} from '../../../src/brokers/mosquitto/hosts-access.js';

const files = (deny: string, allow = '') =>
  new Map(
    [
      [HOSTS_ALLOW, allow],
      [HOSTS_DENY, deny],
    ].map(([path = '', content = '']) => [path, { content, mode: '0644', owner: 'root:root' }]),
  );

describe('what libwrap refuses before Mosquitto sees it', () => {
  it.each<[string, string, string, number | undefined]>([
    ['everything', '# old\nALL: ALL\n', 'sshd: ALL\n', 2],
    ['everything but what is allowed', 'ALL: ALL\n', 'sshd, mosquitto: ALL\n', undefined],
    ['everything, though some may', 'ALL: ALL\n', 'mosquitto: 192.0.2.\n', 1],
    ['all but SSH', 'ALL EXCEPT sshd: ALL\n', '', 1],
    ['all but Mosquitto', 'ALL EXCEPT mosquitto: ALL\n', '', undefined],
    ['some senders', 'ALL: 192.0.2.7 .example.org [2001:db8::]/32\n', '', undefined],
    ['all but some senders', 'mosquitto: ALL EXCEPT 192.0.2.\n', '', 1],
    ['others', 'sshd: ALL\n', '', undefined],
    ['in the file that allows', '', 'mosquitto : ALL : DENY\n', 1],
    ['a line that goes on', 'ALL: \\\n ALL\n', '', 1],
    ['a comment', '#ALL: ALL\n', '', undefined],
  ])('case 227: %s', (_, deny, allow, number) => {
    expect(refusingLine(files(deny, allow))?.number).toBe(number);
  });

  it.each<[string, number | undefined]>([
    ['all : all\n', 1],
    ['all except sshd : All\n', 1],
    ['ALL EXCEPT Mosquitto: ALL\n', undefined],
    ['mosquitto: UNKNOWN\n', 1],
    ['mosquitto: 0.0.0.0/0.0.0.0\n', 1],
    ['mosquitto: KNOWN\n', undefined],
    ['mosquitto: 0.0.0.0/0\n', undefined],
  ])('case 321: %s', (deny, number) => {
    expect(refusingLine(files(deny))?.number).toBe(number);
  });

  it('case 321: says whom UNKNOWN closes it to', () => {
    const [finding] = wrappedFindings(true, files('mosquitto: UNKNOWN\n'));
    expect(finding?.summary).toContain('from addresses that have no name in DNS');
  });

  it('case 227: is named by file and line, and only where Mosquitto obeys it', () => {
    expect(wrappedFindings(true, files('ALL: ALL\n'))).toMatchObject([
      {
        id: 'conf-edits.hosts-deny',
        level: 'stop',
        summary: expect.stringContaining('line 1 of /etc/hosts.deny (“ALL: ALL”)'),
        hint: expect.stringContaining('/etc/hosts.allow'),
      },
    ]);
    expect(wrappedFindings(false, files('ALL: ALL\n'))).toEqual([]);
  });
});
