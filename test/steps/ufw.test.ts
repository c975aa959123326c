import { describe, expect, it } from 'vitest';
import { parseRules } from '../../src/steps/ufw/rules.js';
import { ufw } from '../../src/steps/ufw.js';
import { answering, contextFor, findings, fixture, ids } from '../context.js';

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

  it('opens SSH before anything else, and switches on last', () => {
    const run = script(fixture('ufw', 'trixie-fresh'));
    const commands = [...run.matchAll(/^ufw .*$/gm)].map(([line]) => line);
    expect(commands[0]).toMatch(/^ufw allow 22\/tcp /);
    expect(commands.at(-1)).toBe('ufw --force enable');
    expect(run).not.toContain('reset');
  });

  it('allows the port on which sshd really listens', () => {
    const moved = done
      .replace(/^ssh 0\.0\.0\.0:22$/m, 'ssh 0.0.0.0:2222')
      .replace(/^ssh \[::\]:22$/m, 'ssh [::]:2222');
    expect(script(moved)).toMatch(/^ufw allow 2222\/tcp/m);
  });

  it('changes nothing while that port is unknown', () => {
    expect(() => ids(ufw, done.replace(/^ssh .*\n/gm, ''), context)).toThrow('could not be found out');
  });

  it("leaves a rule of the user's that already allows a port of ours as it is", () => {
    const own = done.replaceAll(/^(rule[46] allow tcp 8883 .* in) comment=\w+$/gm, '$1 comment=6d696e65');
    expect(ids(ufw, own, context)).toEqual([]);
    expect(script(answering(own, 'enabled', 'no'))).not.toContain('8883');
  });

  it('removes its own rules that are no longer wanted, and no others', () => {
    const guide = Buffer.from('broker-setup: guide').toString('hex');
    const more = `rule4 allow tcp 1883 0.0.0.0/0 any 0.0.0.0/0 in comment=${guide}\nrule4 allow tcp 9000 0.0.0.0/0 any 0.0.0.0/0 in\n`;
    const run = script(`${done}${more}`);
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
    ['boot', 'disabled'],
    ['input', 'ACCEPT'],
    ['ipv6', 'no'],
    ['live4', ''],
    ['live6', '-P INPUT DROP;-A INPUT -j ufw6-before-input;'],
  ])('%s=%s is not in place', (name, value) => {
    expect(ids(ufw, answering(done, name, value), context)).toEqual(['ufw.rules']);
  });

  it('an allowed port for one family only is not in place', () => {
    expect(ids(ufw, done.replace(/^rule6 allow tcp 8883 .*\n/m, ''), context)).toEqual(['ufw.rules']);
  });

  it('asks for no IPv6 rules where the kernel speaks no IPv6', () => {
    const without = answering(done.replace(/^rule6 .*\n/gm, ''), 'live6', '');
    expect(ids(ufw, without, context)).toEqual(['ufw.rules']);
    expect(ids(ufw, `${without}kernel6=absent\n`, context)).toEqual([]);
  });

  it("takes the user's limit for open, names other ports of the user's, and stops at a deny", () => {
    expect(ids(ufw, fixture('ufw', 'bookworm-limit'), context)).toEqual([]);
    const more = `${done}rule4 allow tcp 5000 0.0.0.0/0 any 0.0.0.0/0 in\n`;
    expect(findings(ufw, more, context)).toMatchObject([
      { id: 'ufw.own-rules', level: 'warn', summary: expect.stringContaining('5000/tcp') },
    ]);
    const deny = `${done}rule4 deny tcp 8084 0.0.0.0/0 any 0.0.0.0/0 in\n`;
    expect(findings(ufw, deny, context)).toMatchObject([{ id: 'ufw.denied', level: 'stop' }]);
  });

  it('says what it cannot mend', () => {
    expect(findings(ufw, answering(done, 'netfilter', undefined), context)).toMatchObject([
      { id: 'ufw.netfilter', level: 'stop' },
    ]);
    expect(ids(ufw, `${done}rejects=before\n`, context)).toEqual(['ufw.reject-first']);
    expect(ids(ufw, `${done}published 8080/tcp\n`, context)).toEqual(['ufw.docker']);
  });
});

describe('parseRules', () => {
  it('reads a rule limited to one source as not open to all', () => {
    expect(parseRules('rule4 allow tcp 22 0.0.0.0/0 any 10.0.0.0/8 in\n')).toMatchObject([
      { port: '22', fromAnywhere: false, comment: '' },
    ]);
  });
});
