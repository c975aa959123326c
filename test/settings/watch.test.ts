import { describe, expect, it } from 'vitest';
import { complete } from '../../src/settings/complete.js';
import { toYaml } from '../../src/settings/to-yaml.js';
import { LEAVES } from '../../src/settings/tree.js';
import { settingsWith } from './any-settings.js';

const problemsOf = (watch: unknown) => {
  const completed = complete({ ...settingsWith(), watch });
  return completed.settings ? [] : completed.problems;
};

describe('watch', () => {
  it.each([
    [{}],
    [{ webhook: 'https://chat.example.org/hooks/T0/B0?x=y' }],
    [{ ntfy: 'https://ntfy.sh/my-topic' }],
    [{ ntfy: 'https://ntfy.example.org:8443/My_topic?auth=abc' }],
    [{ webhook: 'https://a.org/', ntfy: `https://ntfy.sh/${'x'.repeat(64)}`, mail: 'ada@example.org' }],
  ])('takes %j', (watch) => {
    expect(settingsWith({ watch }).watch).toEqual(watch);
  });

  it.each([
    [{ webhook: 'http://hush.org/' }, 'watch.webhook is <secret>, but must be an https:// address.'],
    [
      { webhook: 'https://me:hush@example.org/' },
      'watch.webhook is <secret>, but must not hold a user name or a password.',
    ],
    [{ webhook: 123 }, 'watch.webhook is <secret>, but must be text, and must be an https:// address.'],
    [{ webhook: ['https://hush.org'] }, 'watch.webhook is a list, but must be text.'],
    [{ ntfy: 'http://ntfy.sh/hush' }, 'watch.ntfy is <secret>, but must be an https:// address.'],
    [{ mail: 'ada' }, 'watch.mail is "ada", but must be an e-mail address.'],
    [{ mail: '-t@example.org' }, 'watch.mail is "-t@example.org", but must be an e-mail address.'],
    [{ nfty: 'https://ntfy.sh/hush' }, '"watch.nfty" is no setting; did you mean watch.ntfy?'],
    ['https://ntfy.sh/hush', 'watch is <secret>, but must be a block of settings: webhook, ntfy, mail.'],
    [['https://ntfy.sh/hush'], 'watch is a list, but must be a block of settings: webhook, ntfy, mail.'],
  ])('refuses %j', (watch, expected) => {
    expect(problemsOf(watch)).toEqual([expected]);
    expect(problemsOf(watch).join()).not.toContain('hush');
  });

  it.each(['', '/', '/hush/json', '/hush/', '/a,b', '/hu%73h', `/${'x'.repeat(65)}`])(
    'refuses https://ntfy.sh%s, which is no topic',
    (path) => {
      expect(problemsOf({ ntfy: `https://ntfy.sh${path}` })).toEqual([
        'watch.ntfy is <secret>, but must be the address of one topic, such as https://ntfy.sh/my-topic.',
      ]);
    },
  );

  it('is all that is secret, and says so', () => {
    const secret = LEAVES.filter((leaf) => leaf.secret);
    expect(secret.map(({ path }) => path)).toEqual(['watch.webhook', 'watch.ntfy']);
    for (const { description } of secret) expect(description).toContain('so it is a secret');
  });

  it('is commented out in a new broker.yaml while it is not used', () => {
    expect(toYaml(settingsWith())).toMatch(
      /\n# watch:\n# {3}# [\s\S]*\n# {3}ntfy: https:\/\/ntfy\.sh\/my-topic\n/,
    );
    expect(toYaml(settingsWith({ watch: { mail: 'ada@example.org' } }))).toMatch(
      /\nwatch:\n[\s\S]*\n {2}# ntfy: https:\/\/ntfy\.sh\/my-topic\n[\s\S]*\n {2}mail: ada@example\.org\n/,
    );
  });
});
