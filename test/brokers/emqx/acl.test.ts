import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesIpv4, refuseAtTheEnd } from '../../../src/brokers/emqx/acl.js';
import { SHIPPED4, SHIPPED5 } from './shipped.js';

const EVERYONE = '{allow, {user, all}, pubsub, ["#"]}.';
const ended = (content: string) => refuseAtTheEnd(content, EVERYONE);
/** The rules that count, without comments. */
const rules = (content: string) =>
  content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('%'));

describe('acl.conf', () => {
  it('ends in what accounts may, and then a refusal', () => {
    expect(rules(ended(''))).toEqual([EVERYONE, '{deny, all}.']);
    expect(rules(ended('{deny, {client, "x"}, publish, ["a"]}.\n'))).toEqual([
      '{deny, {client, "x"}, publish, ["a"]}.',
      EVERYONE,
      '{deny, all}.',
    ]);
  });

  it.each([
    '{allow, all}.',
    '{allow,all}. %% everybody',
    '  {allow, all}.',
    '{allow, {security_profile, legacy}}.',
    '{allow, {ipaddr, "127.0.0.1"}, pubsub, ["$SYS/#", "#"]}.',
    '{allow, {ipaddr, "127.0.0.1"}, all, ["$SYS/#", "#"]}.',
    '{allow, {ipaddr, "::1"}, all, ["#"]}.',
    '{allow, {ipaddrs, ["127.0.0.1"]}, all, ["#"]}.',
    '{allow, {ipaddrs, ["127.0.0.1", "::1"]}, all, ["#"]}.',
    '{allow, {ipaddrs, ["::1","127.0.0.1"]}, all, ["$SYS/#", "#"]}.',
  ])('keeps %s as a comment: it opens more than accounts', (rule) => {
    const content = ended(`%% mine\n${rule}\n`);
    expect(rules(content)).toEqual([EVERYONE, '{deny, all}.']);
    expect(content).toContain(`%% ${rule}\n`);
  });

  it.each([
    '{allow, {user, "dashboard"}, subscribe, ["$SYS/#"]}.',
    '{allow, {ipaddr, "127.0.0.1"}, pubsub, ["local/#"]}.',
    '{allow, {ipaddr, "192.0.2.7"}, pubsub, ["#"]}.',
    '{allow, {ipaddrs, ["192.0.2.7"]}, all, ["#"]}.',
    '{allow, {ipaddrs, ["127.0.0.1", "192.0.2.7"]}, all, ["#"]}.',
    '{allow, {ipaddrs, ["192.0.2.7", "127.0.0.1", "::1"]}, pubsub, ["$SYS/#", "#"]}.',
    '{allow, {ipaddrs, ["127.0.0.10"]}, all, ["#"]}.',
    '{deny, all, subscribe, ["$SYS/#", {eq, "#"}]}.',
    '{allow, all, publish, ["open"]}.',
    '{deny, all}.',
  ])('leaves the rule %s', (rule) => {
    expect(rules(ended(`${rule}\n`))).toEqual([rule, EVERYONE, '{deny, all}.']);
  });

  it.each([
    ['below', (block: string) => `${block}{allow, all}.\n`],
    ['above', (block: string) => `{allow, all}.\n${block}`],
    ['inside', (block: string) => block.replace('{deny, all}.', '{allow, all}.')],
    ['with line ends of Windows', (block: string) => block.replaceAll('\n', '\r\n')],
    ['with its end cut off', (block: string) => block.split('\n').slice(0, -3).join('\n')],
    ['with its last mark cut off', (block: string) => block.split('\n').slice(0, -2).join('\n')],
    ['it stands there twice', (block: string) => block + block],
    ['with its last mark first', (block: string) => `${block.split('\n').at(-2)}\n${block}`],
  ])('is put right where somebody changed it: %s', (_, change) => {
    const once = ended(change(ended('{deny, {client, "x"}, publish, ["a"]}.\n')));
    expect(rules(once)[0]).toBe('{deny, {client, "x"}, publish, ["a"]}.');
    expect(rules(once).slice(-2)).toEqual([EVERYONE, '{deny, all}.']);
    expect(rules(once)).not.toContain('{allow, all}.');
    expect(ended(once)).toBe(once);
  });

  it('whatever it holds: rules of the user stay in their order, and twice is once', () => {
    const line = fc.constantFrom('', '%% text', '{deny, {user, "a"}, pubsub, ["b"]}.', '{allow, all}.', '  ');
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), (all, closed) => {
        const before = all.join('\n') + (closed ? '\n' : '');
        const after = ended(before);
        expect(rules(after)).toEqual([
          ...rules(before).filter((rule) => rule !== '{allow, all}.'),
          EVERYONE,
          '{deny, all}.',
        ]);
        expect(ended(after)).toBe(after);
      }),
    );
  });
});

describe.each([...SHIPPED4, ...SHIPPED5])('$title', ({ there, files }) => {
  it.skipIf(!there)('opens nothing to others any more, and keeps every other line', () => {
    const before = files().get('/etc/emqx/acl.conf') ?? '';
    const after = ended(before);
    const lines = before.trimEnd().split('\n');
    const commented = lines.filter((line, index) => after.split('\n')[index] !== line);
    expect(after.split('\n').slice(0, lines.length)).toEqual(
      lines.map((line) => (commented.includes(line) ? `%% ${line}` : line)),
    );
    expect(commented.map((line) => line.slice(0, 14))).toEqual([
      '{allow, {ipadd',
      expect.stringMatching(/^\{allow, (?:all\}\.|\{secu)/),
    ]);
    expect(rules(after).map((rule) => rule.slice(0, 11))).toEqual([
      '{allow, {us',
      '{deny, all,',
      '{allow, {us',
      '{deny, all}',
    ]);
    expect(ended(after)).toBe(after);
  });
});

describe('rules for IPv4 addresses', () => {
  it.each([
    ['{deny, {ipaddr, "192.0.2.1"}, all, ["#"]}.', true],
    ['{deny, {ipaddrs, ["2001:db8::1", "192.0.2.0/24"]}, all, ["#"]}.', true],
    ['{allow, {\'and\', [{ipaddr, "192.0.2.1"}, {user, "a"}]}, all, ["#"]}.', true],
    ['listener.ssl.external.access.1 = allow 192.0.2.0/24', true],
    ['listeners.ssl.default.access_rules = ["allow 192.0.2.0/24", "deny all"]', true],
    ['{deny, {ipaddr, "2001:db8::1"}, all, ["#"]}.', false],
    ['{deny, {ipaddrs, ["192.0.2.1", "::ffff:192.0.2.1"]}, all, ["#"]}.', false],
    ['%% {deny, {ipaddr, "192.0.2.1"}, all, ["#"]}.', false],
    ['## listener.ssl.external.access.1 = allow 192.0.2.0/24', false],
    ['listener.ssl.external.access.1 = allow all', false],
    ['listener.tcp.external = 127.0.0.1:1883', false],
    ['{allow, {user, "192.0.2.1"}, all, ["#"]}.', false],
  ])('%s: %s', (rule, expected) => {
    expect(namesIpv4(`${EVERYONE}\n${rule}\n`)).toBe(expected);
  });
});
