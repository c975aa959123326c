import { describe, expect, it } from 'vitest';
import { whyClosed } from '../../../../src/proofs/explain.js';
import { passage, toldKernel } from '../../../../src/steps/ufw/kernel/hooks.js';
import { iptablesRule } from '../../../../src/steps/ufw/kernel/iptables.js';
import { nftRules } from '../../../../src/steps/ufw/kernel/nft.js';
import type { Packet, Rule } from '../../../../src/steps/ufw/kernel/walk.js';
import { ufw } from '../../../../src/steps/ufw.js';
import { contextFor, findings, fixture } from '../../../context.js';
import { probed, withOwn } from '../../../facts.js';

const context = contextFor();
/** A server that was set up, with a rule of iptables-legacy and a table of nftables that somebody has added. */
const recorded = fixture('ufw', 'kernel-bookworm');
const done = fixture('ufw', 'bookworm-done');

const packet: Packet = {
  family: 4,
  transport: 'tcp',
  port: 8883,
  to: ['203.0.113.7'],
  over: ['eth0'],
  answer: false,
};
const said = (rule: Rule, more: Partial<Packet> = {}) => [rule.fits({ ...packet, ...more }), rule.action];
const ipt = (rule: string) => iptablesRule(`-A INPUT ${rule}`, 'iptables', 'filter');
const nft = (rule: string) => nftRules(rule, 'nft table inet mine, chain in')[0] as Rule;

describe('the way of a connection through all rules in the kernel', () => {
  const through = (port: number, family: 4 | 6) =>
    passage(toldKernel(recorded), { port, transport: 'tcp' }, family, context);

  it('case 226: ends at a rule of the older back end, for its family alone', () => {
    expect(through(8883, 4)).toMatchObject({
      passes: false,
      rule: 'iptables-legacy -A INPUT -p tcp -m tcp --dport 8883 -j DROP',
      unclear: [],
    });
    expect(through(8883, 6)).toMatchObject({ passes: true, unclear: [] });
  });

  it('case 226: ends at a rule in a table of nftables', () => {
    expect(through(8084, 6)).toMatchObject({
      passes: false,
      rule: expect.stringMatching(
        /^nft table inet mine, chain in: meta nfproto ipv6 tcp dport 8084 .*reject/,
      ),
    });
    expect(through(8084, 4)).toMatchObject({ passes: true });
    expect([through(22, 4)?.passes, through(80, 4)?.passes, through(80, 6)?.passes]).toEqual([
      true,
      true,
      true,
    ]);
    expect(through(9005, 4)?.passes).toBe(false);
  });

  it('notes what refuses some senders', () => {
    expect(through(8084, 4)?.some).toContain('nft table inet mine, chain in: ip saddr @blocked drop');
  });

  it('case 226: is a reason to stop before anything is changed, with the way to remove the rule', () => {
    const found = findings(ufw, withOwn(done, recorded), context);
    expect(found).toMatchObject([
      {
        id: 'ufw.blocked',
        level: 'stop',
        summary: expect.stringContaining('iptables-legacy -A INPUT -p tcp -m tcp --dport 8883 -j DROP'),
        hint: expect.stringContaining(
          'sudo iptables-legacy -D INPUT -p tcp -m tcp --dport 8883 -j DROP; sudo nft -a list chain inet mine in',
        ),
      },
    ]);
  });

  it('case 226: is what a closed port is explained by, not the provider', () => {
    const { inventory } = ufw.see(probed(withOwn(done, recorded)), context);
    const at = (port: number, address: string) =>
      whyClosed({ port, transport: 'tcp', address, seen: 'filtered' }, inventory);
    expect(at(8883, '203.0.113.7')).toBe(
      'A firewall rule on the server closes 8883: iptables-legacy -A INPUT -p tcp -m tcp --dport 8883 -j DROP.',
    );
    expect(at(8883, '2001:db8::7')).toMatch(/in your provider’s console/);
    expect(at(8084, '2001:db8::7')).toMatch(/closes 8084 over IPv6: nft table inet mine/);
  });

  it('case 228: ends at the policy of IPv6 where ufw has no rules for it', () => {
    const without = recorded.replace(/^kernel ip6tables filter -A .*\n/gm, '');
    const { inventory } = ufw.see(probed(withOwn(done, without)), context);
    expect(
      whyClosed({ port: 80, transport: 'tcp', address: '2001:db8::7', seen: 'filtered' }, inventory),
    ).toMatch(/^The server’s own firewall closes 80 over IPv6/);
  });

  it('says which rules it did not understand, and claims nothing', () => {
    const odd = withOwn(
      done,
      'kernel iptables filter :INPUT ACCEPT\nkernel iptables filter -A INPUT -m u32 --u32 "0>>22" -j DROP',
    );
    expect(findings(ufw, odd, context)).toMatchObject([
      { id: 'ufw.unread', level: 'warn', summary: expect.stringContaining('-m u32 --u32 "0>>22" -j DROP') },
    ]);
    const { inventory } = ufw.see(probed(odd), context);
    expect(
      whyClosed({ port: 8883, transport: 'tcp', address: '203.0.113.7', seen: 'filtered' }, inventory),
    ).toMatch(/^The server has firewall rules that were not understood, and one of them may close 8883/);
  });

  it('leaves out what this set-up takes out itself', () => {
    const shut = '-j REJECT --reject-with icmp-host-prohibited';
    const lines = `before4 ${shut}\nkernel iptables filter :INPUT ACCEPT\nkernel iptables filter -A INPUT ${shut}`;
    expect(findings(ufw, withOwn(done, lines), context).map(({ id }) => id)).toEqual(['ufw.reject-first']);
  });
});

/** What happens to a connection to 8883 with these rules, told as `iptables-save` tells those of a table. */
const walked = (...lines: string[]) =>
  passage(
    toldKernel(['world=eth0', ...lines.map((line) => `kernel ${line}`)].join('\n')),
    { port: 8883, transport: 'tcp' },
    4,
    context,
  );
/** The same for a table of nftables with these chains. */
const walkedNft = (...chains: string[][]) => walked(...nftTable(...chains));
const nftTable = (...chains: string[][]) =>
  ['table inet mine {', ...chains.flat(), '}'].map((line) => `nft ${line}`);
const chain = (name: string, hook: string, policy: string, ...rules: string[]) => [
  `chain ${name} {`,
  `type filter hook ${hook} priority filter; policy ${policy};`,
  ...rules,
  '}',
];
const OPEN = ['iptables filter :INPUT ACCEPT', 'iptables filter :OUTPUT ACCEPT'];

describe('case 327: lists of clients that have a name', () => {
  it('are not taken for everybody where those who are not in it are refused', () => {
    const rule = '-A INPUT -p tcp --dport 8883 -m set ! --match-set good src -j DROP';
    expect(walked(...OPEN, `iptables filter ${rule}`)).toMatchObject({
      passes: true,
      some: [`iptables ${rule}`],
    });
  });

  it.each([
    ['accepted', '-A INPUT -m set --match-set good src -j ACCEPT', '-A INPUT -j DROP'],
    ['sent back', '-A INPUT -m set --match-set good src -j RETURN', '-A INPUT -p tcp --dport 8883 -j REJECT'],
  ])('whose clients are %s make it uncertain whom a later rule closes for', (_, first, then) => {
    const outcome = walked(...OPEN, `iptables filter ${first}`, `iptables filter ${then}`);
    expect(outcome).toMatchObject({ passes: false, unclear: [`iptables ${first}`] });
    const stop = withOwn(
      done,
      [...OPEN, `iptables filter ${first}`].map((line) => `kernel ${line}`).join('\n'),
    );
    expect(findings(ufw, stop, context)).toEqual([]);
  });

  it('are uncertain in nftables, too', () => {
    const nftables = (rule: string) => walkedNft(chain('in', 'input', 'drop', rule));
    expect(nftables('ip saddr @good accept')).toMatchObject({
      passes: false,
      unclear: ['nft table inet mine, chain in: ip saddr @good accept'],
    });
    expect(nftables('ip saddr 192.0.2.1 accept')).toMatchObject({ passes: false, unclear: [] });
  });
});

describe('case 328: rules for what the server sends', () => {
  const first = 'iptables filter :INPUT ACCEPT';

  it.each([
    '-A OUTPUT -p tcp -m tcp --sport 8883 -j DROP',
    '-A OUTPUT -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j REJECT',
    '-A OUTPUT -o eth0 -p tcp -j DROP',
    '-A OUTPUT -d 0.0.0.0/0 -m conntrack --ctstate RELATED,ESTABLISHED -j DROP',
    '-A OUTPUT -s 203.0.113.7/32 -p tcp -m tcp --dport 1024:65535 -j DROP',
  ])('%s closes it, as no answer gets out', (rule) => {
    expect(walked(...OPEN, `iptables filter ${rule}`)).toMatchObject({
      passes: false,
      rule: `iptables ${rule}`,
    });
  });

  it.each([
    '-A OUTPUT -p tcp -m tcp --dport 25 -j DROP',
    '-A OUTPUT -m conntrack --ctstate NEW -j DROP',
    '-A OUTPUT -d 169.254.0.0/16 -p tcp -j REJECT --reject-with tcp-reset',
    '-A OUTPUT -o lo -j DROP',
    '-A OUTPUT -m conntrack --ctstate INVALID -j DROP',
  ])('%s does not', (rule) => {
    expect(walked(...OPEN, `iptables filter ${rule}`)).toMatchObject({ passes: true, unclear: [] });
  });

  it('rules of a provider for its own services at link-local addresses are about no client', () => {
    const provider = [
      '-A OUTPUT -d 169.254.0.0/16 -j InstanceServices',
      '-A InstanceServices -d 169.254.2.0/24 -p tcp -m owner --uid-owner 0 -m tcp --dport 3260 -j ACCEPT',
      '-A InstanceServices -d 169.254.0.0/16 -p tcp -m tcp -j REJECT --reject-with tcp-reset',
    ];
    expect(walked(...OPEN, ...provider.map((rule) => `iptables filter ${rule}`))).toEqual({
      ...{ passes: true, rule: undefined, by: undefined },
      ...{ some: [], unclear: [] },
    });
  });

  it('a policy that drops closes it, unless answers are let out before', () => {
    const mangle = ['iptables mangle :OUTPUT DROP'];
    expect(walked(first, ...mangle)).toMatchObject({
      passes: false,
      rule: undefined,
      by: 'iptables, table mangle, chain OUTPUT',
    });
    const answers = 'iptables mangle -A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
    expect(walked(first, ...mangle, answers)).toMatchObject({ passes: true });
  });

  it('a policy is taken back in the words of its program', () => {
    const hint = (...lines: string[]) =>
      findings(ufw, withOwn(done, lines.map((line) => `kernel ${line}`).join('\n')), context).map(
        (one) => one.hint,
      );
    expect(hint(first, 'iptables mangle :OUTPUT DROP')[0]).toContain(
      'sudo iptables -t mangle -P OUTPUT ACCEPT.',
    );
    expect(hint(...nftTable(chain('out', 'output', 'drop')))[0]).toContain(
      "sudo nft 'chain inet mine out { policy accept; }'.",
    );
  });

  it.each<[string, boolean]>([
    ['tcp sport 8883 drop', false],
    ['ip daddr 0.0.0.0/0 ct state established drop', false],
    ['oifname "eth0" ip saddr 203.0.113.7 drop', false],
    ['ct state established,related accept', true],
    ['tcp dport 25 drop', true],
    ['ip daddr @blocked drop', true],
    ['ct state new drop', true],
  ])('nftables: %s', (rule, passes) => {
    const outcome = walkedNft(chain('in', 'input', 'accept'), chain('out', 'output', 'accept', rule));
    expect(outcome).toMatchObject({ passes });
  });
});

describe('a rule of iptables', () => {
  it.each<[string, unknown[]]>([
    ['-p tcp -m tcp --dport 8883 -j DROP', ['yes', 'drop']],
    ['-p udp -m udp --dport 8883 -j DROP', ['no', 'drop']],
    ['-p tcp -m multiport --dports 80,443,8000:9000 -j REJECT --reject-with tcp-reset', ['yes', 'reject']],
    ['-p tcp -m tcp ! --dport 22 -j DROP', ['yes', 'drop']],
    ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP', ['yes', 'drop']],
    ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -j DROP', ['no', 'drop']],
    ['-i lo -j ACCEPT', ['no', 'accept']],
    ['! -i lo -j DROP', ['yes', 'drop']],
    ['-i eth+ -j DROP', ['yes', 'drop']],
    ['-i wg0 -j ACCEPT', ['no', 'accept']],
    ['-s 192.0.2.0/24 -j DROP', ['some', 'drop']],
    ['! -s 192.0.2.0/24 -j DROP', ['yes', 'drop']],
    ['-s 127.0.0.0/8 -j DROP', ['no', 'drop']],
    ['! -s 169.254.0.0/16 -j DROP', ['yes', 'drop']],
    ['-s fe80::/10 -j ACCEPT', ['no', 'accept']],
    ['-d 203.0.113.0/24 -j DROP', ['yes', 'drop']],
    ['-d 224.0.0.251/32 -j ACCEPT', ['no', 'accept']],
    ['-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', ['no', 'accept']],
    ['-m state --state NEW -m comment --comment "no -j DROP here" -j ACCEPT', ['yes', 'accept']],
    ['-m set --match-set bad src -j DROP', ['listed', 'drop']],
    ['-m set ! --match-set good src -j DROP', ['listed', 'drop']],
    [
      '-m recent --update --seconds 30 --hitcount 6 --name DEFAULT --mask 255.255.255.255 --rsource -j DROP',
      ['some', 'drop'],
    ],
    ['-m limit --limit 10/sec -j ACCEPT', ['yes', 'accept']],
    ['-m geoip --source-country XX -j DROP', ['unclear', 'drop']],
    ['-j f2b-sshd', ['yes', { to: 'f2b-sshd', andBack: true }]],
    ['-j LOG --log-prefix "[x] "', ['yes', 'continue']],
    ['-j NFQUEUE --queue-num 1', ['yes', 'unclear']],
  ])('%s', (rule, expected) => {
    expect(said(ipt(rule))).toEqual(expected);
  });
});

describe('a rule of nftables', () => {
  it.each<[string, unknown[]]>([
    ['tcp dport 8883 drop', ['yes', 'drop']],
    ['tcp dport != { 22, 80 } drop', ['yes', 'drop']],
    ['tcp dport { 8000-9000, 443 } counter packets 5 bytes 300 drop', ['yes', 'drop']],
    ['udp dport 8883 drop', ['no', 'drop']],
    ['ip protocol icmp accept', ['no', 'accept']],
    ['meta l4proto { tcp, udp } th dport 8883 reject with tcp reset', ['yes', 'reject']],
    ['iifname "lo" accept', ['no', 'accept']],
    ['iifname != "lo" tcp dport 8883 drop', ['yes', 'drop']],
    ['ct state established,related accept', ['no', 'accept']],
    ['tcp flags & (fin | syn | rst | ack) != syn ct state new drop', ['no', 'drop']],
    ['tcp flags & (fin|syn) == fin|syn drop', ['no', 'drop']],
    ['ip saddr 192.0.2.0/24 tcp dport 22 accept', ['no', 'accept']],
    ['ip saddr @blocked drop', ['listed', 'drop']],
    ['ip saddr != @good drop', ['listed', 'drop']],
    ['ip saddr != { 192.0.2.1, 192.0.2.2 } drop', ['yes', 'drop']],
    ['ip6 saddr != 2001:db8::/32 drop', ['no', 'drop']],
    ['fib saddr . iif oif missing drop', ['no', 'drop']],
    ['limit rate over 100/second burst 5 packets drop', ['some', 'drop']],
    ['log prefix "gone: " flags all drop', ['yes', 'drop']],
    ['tcp dport @ports drop', ['unclear', 'drop']],
    ['meta cgroup 5 drop', ['unclear', 'drop']],
    ['tcp dport 8883 queue num 1', ['yes', 'unclear']],
  ])('%s', (rule, expected) => {
    expect(said(nft(rule))).toEqual(expected);
  });
});

describe('case 316: verdicts that nft looks up by a value', () => {
  /** Which rules of a chain hold for a packet, with what they do. */
  const held = (text: string, more: Partial<Packet> = {}) =>
    nftRules(text, 'here')
      .map((rule) => said(rule, more))
      .filter(([fit]) => fit !== 'no');
  const jump = (to: string) => ({ to, andBack: true });

  it.each<[string, unknown[]]>([
    ['ct state vmap { invalid : drop, new : jump fresh }', [['yes', jump('fresh')]]],
    ['iifname vmap { "lo" : accept, "eth0" : jump world }', [['yes', jump('world')]]],
    ['meta protocol vmap { ip : jump four, ip6 : jump six }', [['yes', jump('four')]]],
    ['meta nfproto vmap { ipv4 : jump four, ipv6 : jump six }', [['yes', jump('four')]]],
    ['tcp dport vmap { 22 : accept, 8000-9000 : drop }', [['yes', 'drop']]],
    ['udp dport vmap { 8883 : drop }', []],
    [
      'meta l4proto . th dport vmap { tcp . 22 : accept, tcp . 8883 : accept, udp . 53 : drop }',
      [['yes', 'accept']],
    ],
    ['counter packets 1 bytes 2 tcp dport vmap { 22 : accept, * : drop }', [['yes', 'drop']]],
    ['tcp dport vmap @ports', [['unclear', 'unclear']]],
    ['meta mark vmap { 0x1 : drop }', [['unclear', 'unclear']]],
    ['tcp option maxseg size set rt mtu', [['unclear', 'continue']]],
    [
      'ip saddr vmap { 192.0.2.1 : drop, 0.0.0.0/0 : jump all }',
      [
        ['some', 'drop'],
        ['yes', jump('all')],
      ],
    ],
    ['meta l4proto . th dport { tcp . 22, tcp . 8883 } accept', [['yes', 'accept']]],
    ['meta l4proto . th dport != { tcp . 22, tcp . 8883 } drop', []],
    ['ip saddr . tcp dport { 192.0.2.1 . 8883 } drop', [['some', 'drop']]],
    ['ip saddr . tcp dport @allowed accept', [['listed', 'accept']]],
    ['ip6 saddr . tcp dport != { 2001:db8::1 . 8883 } drop', []],
  ])('%s', (rule, expected) => {
    expect(held(rule)).toEqual(expected);
  });

  const chain = (...rules: string[]) =>
    [
      'kernel nft table inet mine {',
      'kernel nft chain in {',
      'kernel nft type filter hook input priority filter; policy drop;',
      ...rules.map((rule) => `kernel nft ${rule}`),
      'kernel nft }',
      'kernel nft chain world {',
      'kernel nft tcp dport { 22, 80, 8084, 8883 } accept',
      'kernel nft }',
    ].join('\n');
  const ids = (...rules: string[]) =>
    findings(ufw, withOwn(done, `world=eth0\n${chain(...rules)}`), context).map(({ id }) => id);

  it('lead to the chain that opens the ports', () => {
    expect(ids('iifname vmap { "lo" : accept, "eth0" : jump world }')).toEqual([]);
    expect(ids('meta protocol vmap { ip : jump world, ip6 : jump world }')).toEqual([]);
    expect(ids('meta l4proto . th dport { tcp . 22, tcp . 80, tcp . 8084, tcp . 8883 } accept')).toEqual([]);
    expect(ids('iifname vmap { "lo" : accept }')).toEqual(['ufw.blocked']);
    expect(ids('tcp dport vmap { 8883 : drop }', 'jump world')).toEqual(['ufw.blocked']);
  });

  it('are no reason to stop, and none to blame a provider, where they are not read', () => {
    expect(ids('iifname vmap @ways')).toEqual(['ufw.unread']);
    expect(ids('tcp dport vmap @ports', 'jump world')).toEqual(['ufw.unread']);
    expect(ids('meta mark 5 goto nowhere')).toEqual(['ufw.unread']);
  });
});
