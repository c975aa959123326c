import { describe, expect, it } from 'vitest';
import { answer, complete, contextFor, findings, installed, type Node } from '../node.js';
import { shipped } from '../shipped.js';

const VERSION = '5.8.9';
const context = { ...contextFor(VERSION), now: new Date('2026-11-24T12:00:00Z') };
const done = complete(installed(shipped(VERSION)), context);

/** The server where all is in place, and what its node tells beside the accounts. */
const telling = (told: string, other: Partial<Node> = {}): Node => ({
  ...done,
  accounts: `${done.accounts},${told}`,
  ...other,
});
const seen = (node: Node) => findings(node, context).map(({ id, level }) => `${id} ${level}`);
const DAY = 86_400;

describe('case 64: the licence of EMQX', () => {
  it.each<[string, string, number, string[]]>([
    ['for a community, for years', "'community:11:2044-03-02'", 90, []],
    ['that an edition without one has', 'none', 90, []],
    ['for a trial that ends next year', "'trial:0:2027-11-24'", 90, []],
    ['for a trial that ends in a month', "'trial:0:2026-12-24'", 90, ['conf-edits.licence warn']],
    ['for a trial that ended yesterday', "'trial:0:2026-11-23'", 90, ['conf-edits.licence stop']],
    ['for a trial, on its last day', "'trial:0:2026-11-24'", 90, ['conf-edits.licence warn']],
    ['that was bought and has ended', "'official:1:2026-11-23'", 90, []],
    ['for evaluation', "'trial:10:2027-11-24'", 1, ['conf-edits.licence warn']],
    ['for evaluation, after a month', "'trial:10:2027-11-24'", 30, ['conf-edits.licence stop']],
  ])('%s', (_, licence, days, expected) => {
    expect(seen(telling(`${licence},false,false`, { age: days * DAY }))).toEqual(expected);
  });

  it('for evaluation: says how many days are left, and how to go on', () => {
    const [finding] = findings(telling("'trial:10:2027-11-24',false,false", { age: 20 * DAY }), context);
    expect(finding?.summary).toContain('in 10 days it lets no new device in');
    expect(finding?.hint).toContain('sudo systemctl restart emqx');
  });

  it('is told by doctor', () => {
    const { facts } = context.broker.conf.see(
      answer(telling("'community:11:2044-03-02',false,false")),
      context,
    );
    expect(facts).toContainEqual({
      id: 'conf-edits.licence',
      label: 'Licence of EMQX',
      value: 'community, until 2044-03-02',
    });
  });
});

describe('case 61: what was changed in the dashboard and counts more than our files', () => {
  it.each([
    ['no client is asked for an account', 'none,false,true', 'asks no client for an account'],
    ['what no rule names is allowed', 'none,true,false', 'allows what no rule names'],
  ])('%s', (_, told, words) => {
    const [finding, ...more] = findings(telling(told), context);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      id: 'conf-edits.overruled',
      level: 'stop',
      summary: expect.stringContaining(words),
    });
  });

  it('is not judged while EMQX still runs with other files', () => {
    const before = { ...telling('none,true,true'), changed: 9000 };
    expect(seen(before)).toEqual(['conf-edits.restart change']);
  });
});
