import { expect, it } from 'vitest';
import { leniency, parseStrictness, tooWide } from '../../../src/steps/fail2ban/leniency.js';

/** As Debian 12 printed it. */
const told = (over: Record<string, string> = {}) =>
  Object.entries({
    ignoreip: '127.0.0.0/8 ::1 192.0.2.9',
    maxretry: '10',
    findtime: '300',
    bantime: '600',
    actions: 'iptables-multiport',
    ...over,
  })
    .map(([name, value]) => `jail=${name}: ${value}\n`)
    .join('');
const why = (over?: Record<string, string>) => {
  const strictness = parseStrictness(told(over));
  return strictness && leniency(strictness);
};

it('case 315: a jail that bans nobody is not taken for one that works', () => {
  expect(why()).toBeUndefined();
  expect(why({ maxretry: '5', findtime: '600' })).toBeUndefined();
  expect(why({ bantime: '-1' })).toBeUndefined();
  expect(why({ ignoreip: '127.0.0.1 0.0.0.0/0' })).toContain('0.0.0.0/0');
  expect(why({ maxretry: '100000' })).toContain('a day (maxretry 100000,');
  expect(why({ findtime: '1' })).toContain('findtime 1 s');
  expect(why({ bantime: '1' })).toContain('bantime 1 s');
  expect(why({ actions: '' })).toContain('do nothing');
});

it('says nothing of a jail that was not asked', () => {
  expect(parseStrictness('status=File list: /var/log/auth.log\n')).toBeUndefined();
});

it('private networks are somebody’s own', () => {
  expect(tooWide(['10.0.0.0/8', 'fc00::/7', '172.16.0.0/12', '192.0.2.1', '::1'])).toEqual([]);
  const wide = ['128.0.0.0/1', '::/0', '0.0.0.0', '::'];
  expect(tooWide(wide)).toEqual(wide);
});
