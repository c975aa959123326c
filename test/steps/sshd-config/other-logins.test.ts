import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/host/trust/host-key.js';
import { sshdConfig } from '../../../src/steps/sshd-config.js';
import { base64, contextFor, findings, fixture } from '../../context.js';
import { withOwn } from '../../facts.js';

const fresh = fixture('sshd-config', 'trixie-fresh');
/** As ssh-keygen(1) -l prints it. */
const key = (comment: string, type = 'ED25519') => `256 SHA256:${'A'.repeat(43)} ${comment} (${type})\n`;
/** The same key with options, as it stands in the file, and as ssh-keygen lists it. */
const BLOB = 'AAAAC3NzaC1lZDI1NTE5AAAAIJrsFQx3pHgXKLg6Ip9Bg6rOYdX6UIV0LZ2ScDfMvjxJ';
const listed = (type: string) => base64(`256 ${fingerprint(Buffer.from(BLOB, 'base64'))} ada (${type})\n`);
const withOptions = (options: string) => base64(`${options} ssh-ed25519 ${BLOB} ada\n`);
const told = (...lines: string[]) =>
  findings(sshdConfig, withOwn(fresh, lines.join('\n')), contextFor()).find(
    ({ id }) => id === 'sshd-config.others',
  )?.summary;
const end = (text: string) => `Once root and passwords are refused, these get in no more: ${text}.`;

describe('who would be shut out', () => {
  it.each([
    ['nobody else', [], undefined],
    ['root by a password, which the change itself says', ['other root yes '], undefined],
    ['a key of root', [`other root yes ${base64(key('ada@lab'))}`], end('root with the key ada@lab')],
    [
      'a key without a comment',
      [`other root no ${base64(key('no comment'))}`],
      end('root with the key ED25519'),
    ],
    ['an account with a key of today', [`other bob yes ${base64(key('bob'))}`], undefined],
    ['an account with an RSA key', [`other bob no ${base64(key('bob', 'RSA'))}`], undefined],
    ['a token', [`other bob no ${base64(key('bob', 'ED25519-SK'))}`], undefined],
    [
      'an account with keys of older kinds only',
      [`other bob yes ${base64(key('old', 'ECDSA') + key('older', 'DSA'))}`],
      end('bob with the keys old, older'),
    ],
    [
      'case 221: a token with a NIST curve',
      [`other bob no ${base64(key('bob', 'ECDSA-SK'))}`],
      end('bob with the key bob'),
    ],
    [
      'case 221: an authority for certificates',
      [`other bob no ${listed('ED25519')} ${withOptions('cert-authority')}`],
      end('bob with the key ada'),
    ],
    [
      'case 221: a key that has expired, and lets nobody in today',
      [`other bob no ${listed('ECDSA')} ${withOptions('expiry-time="20200101"')}`],
      undefined,
    ],
    ['an account with a password only', ['other eve yes '], end('eve with a password')],
    ['an account with neither', ['other games no '], undefined],
  ])('%s', (_, lines, expected) => {
    expect(told(...lines)).toBe(expected);
  });

  it.each([
    [
      'a certificate of root',
      ['other root no  more:certificate,;permitrootlogin=yes,'],
      'root with a certificate',
    ],
    ['root, who is refused already', ['other root no  more:certificate,;permitrootlogin=no,'], undefined],
    ['certificates of others, which go on counting', ['other eve no  more:certificate,;'], undefined],
    [
      'keys that a program supplies to root',
      ['other root no  more:supplied,;permitrootlogin=prohibit-password,'],
      'root with keys that a program supplies (AuthorizedKeysCommand)',
    ],
    [
      'a password where a Match block allows one today only',
      ['other eve yes  more:;passwordauthentication=yes,'],
      'eve with a password',
    ],
    [
      'a password that a Match block goes on allowing',
      ['other eve yes  more:typed-on,;passwordauthentication=yes,'],
      undefined,
    ],
    ['a password that sshd does not take', ['other eve yes  more:;passwordauthentication=no,'], undefined],
    [
      'a second factor that is typed',
      [
        `other eve yes ${base64(key('eve'))} more:;passwordauthentication=yes,authenticationmethods=|publickey+password,`,
      ],
      'eve with the key eve and a second factor',
    ],
    [
      'an account that a list keeps out',
      [`other eve yes ${base64(key('old', 'ECDSA'))} more:;allowusers=|ada|bob,`],
      undefined,
    ],
  ])('case 246: %s', (_, lines, expected) => {
    expect(told(...lines)).toBe(expected === undefined ? undefined : end(expected));
  });

  it('is not said of the key that this set-up uses', () => {
    const line = `ssh-ed25519 ${base64('anything')} ada`;
    // printf %s anything | openssl dgst -sha256 -binary | base64.
    const fingerprint = 'SHA256:7gh0Fwt/bzK4wqyVc8Qo01tXUnCma3V8LAGF0r0JcY0';
    const own = `other root yes ${base64(`256 ${fingerprint} ada (ED25519)\n`)}`;
    const found = findings(sshdConfig, withOwn(fresh, own), contextFor({ laptop: { publicKey: line } }));
    expect(found.map(({ id }) => id)).toEqual(['sshd-config.drop-in']);
  });
});
