import { describe, expect, it } from 'vitest';
import { parseRules } from '../../src/steps/ufw/rules.js';
import { ufw } from '../../src/steps/ufw.js';
import { answering, contextFor, findings, fixture, ids } from '../context.js';
import { probed, withLines, withListeners, withOwn, withSshd, withUnit } from '../facts.js';

const context = contextFor();
const done = fixture('ufw', 'bookworm-done');
const script = (stdout: string, settings = {}) => {
  const change = findings(ufw, stdout, contextFor({ settings })).find(
    (one) => one.id === 'ufw.rules',
  )?.change;
  return change?.kind === 'run' ? change.script.run : '';
};

describe('ufw', () => {
  it('finds nothing on servers that were set up', () => {
    expect(ids(ufw, done, context)).toEqual([]);
    expect(ids(ufw, fixture('ufw', 'trixie-done'), context)).toEqual([]);
  });

  it('case 38: opens SSH before anything else, and switches on last', () => {
    const run = script(fixture('ufw', 'trixie-fresh'));
    const commands = [...run.matchAll(/^ufw .*$/gm)].map(([line]) => line);
    expect(commands[0]).toMatch(/^ufw allow 22\/tcp /);
    expect(commands.at(-1)).toBe('ufw --force enable');
    expect(run).not.toContain('reset');
  });

  it('case 38: allows the port on which sshd really listens', () => {
    const moved = done.replace(' 0.0.0.0:22 ', ' 0.0.0.0:2222 ').replace(' [::]:22 ', ' [::]:2222 ');
    expect(script(moved)).toMatch(/^ufw allow 2222\/tcp/m);
  });

  it('case 149: takes no rule for what goes out for one of what comes in, and leaves its policy', () => {
    const out = withOwn(
      done,
      'rule4 deny tcp 8883 0.0.0.0/0 any 0.0.0.0/0 out\nrule4 allow tcp 53 0.0.0.0/0 any 0.0.0.0/0 out_eth0',
    );
    expect(ids(ufw, out, context)).toEqual([]);
    const held = answering(fixture('ufw', 'trixie-fresh'), 'output', 'DROP');
    expect(ids(ufw, held, context)).toEqual(['ufw.rules', 'ufw.outgoing']);
    expect(script(held)).not.toContain('outgoing');
  });

  it('changes nothing while that port is unknown', () => {
    expect(() => ids(ufw, withListeners(done, ''), context)).toThrow('could not be found out');
  });

  it("leaves a rule of the user's that already allows a port of ours as it is", () => {
    const own = done.replaceAll(/^(rule[46] allow tcp 8883 .* in) comment=\w+$/gm, '$1 comment=6d696e65');
    expect(ids(ufw, own, context)).toEqual([]);
    expect(script(answering(own, 'enabled', 'no'))).not.toContain('8883');
  });

  it('case 44: removes its own rules that are no longer wanted, and no others', () => {
    const guide = Buffer.from('broker-setup: guide').toString('hex');
    const more = `rule4 allow tcp 1883 0.0.0.0/0 any 0.0.0.0/0 in comment=${guide}\nrule4 allow tcp 9000 0.0.0.0/0 any 0.0.0.0/0 in`;
    const run = script(withOwn(done, more));
    expect(run).toContain('ufw delete allow 1883/tcp');
    expect(run).not.toContain('9000');
  });

  it("opens the guide's whole list where it is chosen, and says what that means", () => {
    const found = findings(ufw, done, contextFor({ settings: { exposure: 'guide' } }));
    expect(found.map((one) => one.id)).toEqual(['ufw.rules', 'ufw.guide']);
    const fresh = fixture('ufw', 'trixie-fresh');
    expect(script(fresh, { exposure: 'guide' }).match(/^ufw allow \d+/gm)).toEqual(
      [22, 80, 8883, 8084, 1883, 8083, 443, 8081, 18083, 18084].map((port) => `ufw allow ${port}`),
    );
  });

  it('counts in what the guide opens nothing that is kept from the world all the same', () => {
    const broker = { kind: 'emqx', version: '4.4.19', agree_licence: true } as const;
    const context = contextFor({ settings: { exposure: 'guide', dashboard: 'tunnel', broker } });
    const said = findings(ufw, done, context).at(-1);
    expect([said?.id, said?.summary]).toEqual([
      'ufw.guide',
      expect.stringContaining('(80, 443, 1883, 8883, 8083, 8084, 8081, 18083):'),
    ]);
  });

  it.each([
    ['enabled', 'no'],
    ['input', 'ACCEPT'],
    ['ipv6', 'no'],
    ['live4', ''],
    ['live6', '-P INPUT DROP;-A INPUT -j ufw6-before-input;'],
  ])('%s=%s is not in place', (name, value) => {
    expect(ids(ufw, answering(done, name, value), context)).toEqual(['ufw.rules']);
  });

  it('a firewall that does not start with the server is not in place', () => {
    const later = withUnit(done, 'ufw.service', { UnitFileState: 'disabled' });
    expect(ids(ufw, later, context)).toEqual(['ufw.rules']);
  });

  it('an allowed port for one family only is not in place', () => {
    expect(ids(ufw, done.replace(/^rule6 allow tcp 8883 .*\n/m, ''), context)).toEqual(['ufw.rules']);
  });

  it('asks for no IPv6 rules where the kernel speaks no IPv6', () => {
    const without = answering(done.replace(/^rule6 .*\n/gm, ''), 'live6', '');
    expect(ids(ufw, without, context)).toEqual(['ufw.rules']);
    expect(ids(ufw, withOwn(without, 'kernel6=absent'), context)).toEqual([]);
  });

  it("takes the user's limit for open, names other ports of the user's, and stops at a deny", () => {
    expect(ids(ufw, fixture('ufw', 'bookworm-limit'), context)).toEqual([]);
    const more = withOwn(done, 'rule4 allow tcp 5000 0.0.0.0/0 any 0.0.0.0/0 in');
    expect(findings(ufw, more, context)).toMatchObject([
      { id: 'ufw.own-rules', level: 'warn', summary: expect.stringContaining('5000/tcp') },
    ]);
    const deny = withOwn(done, 'rule4 deny tcp 8084 0.0.0.0/0 any 0.0.0.0/0 in');
    expect(findings(ufw, deny, context)).toMatchObject([{ id: 'ufw.denied', level: 'stop' }]);
  });

  it.each([
    ['any 80', 'ufw deny 80', 'sudo ufw delete deny 80'],
    ['tcp 8000:9000', 'ufw deny 8000:9000/tcp', 'sudo ufw delete deny 8000:9000/tcp'],
    ['any any', 'ufw deny from any', 'sudo ufw status numbered'],
  ])('case 225: stops at a rule that denies %s before another allows it', (what, rule, remedy) => {
    const first = done.replace(/^rule4 /m, `rule4 deny ${what} 0.0.0.0/0 any 0.0.0.0/0 in\nrule4 `);
    expect(findings(ufw, first, context)).toMatchObject([
      {
        id: 'ufw.denied',
        level: 'stop',
        summary: expect.stringContaining(rule),
        hint: expect.stringContaining(remedy),
      },
    ]);
  });

  it('case 225: leaves rules that deny alone where they are for some, for another port, or come too late', () => {
    for (const rule of ['any 8883 0.0.0.0/0 any 192.0.2.7 in', 'udp 8883 0.0.0.0/0 any 0.0.0.0/0 in'])
      expect(ids(ufw, done.replace(/^rule4 /m, `rule4 deny ${rule}\nrule4 `), context)).toEqual([]);
    expect(ids(ufw, withOwn(done, 'rule4 deny any 8883 0.0.0.0/0 any 0.0.0.0/0 in'), context)).toEqual([]);
  });

  it('case 228: loads the rules for IPv6 before it opens ports in them', () => {
    const commands = script(answering(done.replace(/^rule6 .*\n/gm, ''), 'ipv6', 'no')).match(/^ufw .*$/gm);
    expect(commands?.slice(0, 2)).toEqual(['ufw reload', expect.stringMatching(/^ufw allow 22/)]);
    expect(script(fixture('ufw', 'trixie-fresh'))).not.toContain('ufw reload');
  });

  const VPN =
    'rule4 allow any any 0.0.0.0/0 any 0.0.0.0/0 in_tailscale0\nrule6 allow any any ::/0 any ::/0 in_tailscale0';

  it('case 158: names rules for a VPN or an address as such, with a command that fits', () => {
    const some = withOwn(done, `${VPN}\nrule4 allow tcp 5432 0.0.0.0/0 any 192.0.2.0/24 in`);
    expect(findings(ufw, some, context)).toMatchObject([
      {
        id: 'ufw.own-rules',
        summary: expect.stringContaining(
          'of your own: everything over tailscale0, 5432/tcp from 192.0.2.0/24.',
        ),
        hint: expect.stringContaining('sudo ufw delete NUMBER'),
      },
    ]);
  });

  it('case 158: says that SSH, which the firewall opens for some only, will be open for everybody', () => {
    const narrow = done.replace(/^rule[46] allow tcp 22 .*\n/gm, '');
    expect(ids(ufw, withOwn(narrow, VPN), context)).toEqual(['ufw.rules', 'ufw.ssh-opened', 'ufw.own-rules']);
    expect(
      findings(ufw, withOwn(narrow, 'rule4 allow tcp 22 0.0.0.0/0 any 192.0.2.9 in'), context),
    ).toMatchObject([
      { id: 'ufw.rules' },
      { id: 'ufw.ssh-opened', summary: expect.stringContaining('to SSH only from 192.0.2.9.') },
    ]);
    expect(ids(ufw, answering(withOwn(narrow, VPN), 'enabled', 'no'), context)).not.toContain(
      'ufw.ssh-opened',
    );
    for (const open of ['any 22', 'tcp 22:80,22', 'any any'])
      expect(
        ids(ufw, withOwn(narrow, `${VPN}\nrule4 allow ${open} 0.0.0.0/0 any 0.0.0.0/0 in`), context),
      ).not.toContain('ufw.ssh-opened');
  });

  it('opens the port that sshd’s files name as well: after a restart it may be the one', () => {
    const named = (line: string, ...addresses: string[]) =>
      withLines(withSshd(done, 'root', 'listenaddress', ...addresses), `/etc/ssh/sshd_config:14:${line}`);
    expect(script(named('Port 2222', '0.0.0.0:2222', '[::]:2222'))).toMatch(/^ufw allow 2222\/tcp/m);
    expect(ids(ufw, named('ListenAddress 127.0.0.1:2222', '127.0.0.1:2222'), context)).toEqual([]);
  });

  it.each([
    ['iptables fails', answering(done, 'netfilter', undefined)],
    ['only that for IPv6 fails', withOwn(done, 'netfilter6=fails')],
    ['the machine may not touch the network', withOwn(done, 'capabilities=00000000a80425fb\nvirt=lxc')],
    [
      'a fresh one may not',
      withOwn(fixture('ufw', 'trixie-fresh'), 'capabilities=00000000a80425fb\nvirt=openvz'),
    ],
  ])('case 45: leaves the firewall out as a whole and says so where %s', (_, stdout) => {
    expect(findings(ufw, stdout, context)).toMatchObject([{ id: 'ufw.netfilter', level: 'warn' }]);
  });

  it('is not put off by a machine that may, or by a missing iptables before ufw is there', () => {
    expect(ids(ufw, withOwn(done, 'capabilities=000001fffeffffff\nvirt=kvm'), context)).toEqual([]);
    const fresh = answering(fixture('ufw', 'trixie-fresh'), 'netfilter', undefined);
    expect(ids(ufw, withOwn(fresh, 'netfilter6=fails'), context)).toEqual(['ufw.rules']);
  });

  it.each([
    ['-j REJECT --reject-with icmp-host-prohibited'],
    ['-i ens3 -j REJECT --reject-with icmp-host-prohibited'],
    ['-m state --state NEW -j DROP'],
    ['-m comment --comment "no more than \\"this\\"" -j DROP'],
  ])('case 41: takes out a rule that says no to all before ufw is asked: %s', (rule) => {
    const found = findings(ufw, withOwn(done, `before4 ${rule}\nbefore6 -j DROP`), context);
    expect(found).toMatchObject([{ id: 'ufw.reject-first', level: 'change' }]);
    const change = found[0]?.change;
    expect(change?.kind === 'run' && change.script.run).toMatch(
      /\| xargs iptables -D INPUT[\s\S]*\| xargs ip6tables -D INPUT/,
    );
    expect(change?.kind === 'run' && change.script.run).not.toMatch(/tables -F|--flush/);
  });

  it.each([
    ['-p tcp -m tcp --dport 25 -j REJECT --reject-with icmp-port-unreachable'],
    ['-m conntrack --ctstate INVALID -j DROP'],
    ['-i lo -j REJECT'],
    ['-m set --match-set bad src -j DROP'],
    ['-p tcp -m tcp --tcp-flags SYN,RST SYN,RST -j DROP'],
  ])('leaves a rule in front that is about something alone: %s', (rule) => {
    expect(ids(ufw, withOwn(done, `before4 ${rule}`), context)).toEqual([]);
  });

  it('takes such a rule out only after its own are in force', () => {
    const fresh = withOwn(
      fixture('ufw', 'trixie-fresh'),
      'before4 -j REJECT --reject-with icmp-host-prohibited',
    );
    expect(ids(ufw, fresh, context)).toEqual(['ufw.rules', 'ufw.reject-first']);
  });

  it.each([
    ['iptables', 'nat tcp 8080', ['8080/tcp']],
    ['a range', 'nat udp 8000:8010', ['8000:8010/udp']],
    ['nftables', 'nat tcp { 8080, 9000-9002 }', ['8080/tcp', '9000:9002/tcp']],
  ])('case 43: names what containers publish past it, by rules of %s', (_, line, published) => {
    const { findings: found, inventory } = ufw.see(probed(withOwn(done, line)), context);
    expect(found).toMatchObject([
      { id: 'ufw.docker', summary: expect.stringContaining(published.join(', ')) },
    ]);
    expect(inventory.firewall?.published).toEqual(published);
  });

  it('names another firewall that is at work', () => {
    const found = findings(ufw, withOwn(done, 'other nftables, table inet filter'), context);
    expect(found).toMatchObject([{ id: 'ufw.other', summary: expect.stringContaining('table inet filter') }]);
  });
});

describe('parseRules', () => {
  it('reads a rule limited to one source as not open to all', () => {
    expect(parseRules('rule4 allow tcp 22 0.0.0.0/0 any 10.0.0.0/8 in\n')).toMatchObject([
      { port: '22', fromAnywhere: false, comment: '' },
    ]);
  });
});
