import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edit, otherAccounts, starts } from '../../../../src/brokers/emqx/v4/plugins.js';

describe('a plugin is started', () => {
  it.each([
    ['as the package writes it', '{emqx_retainer, true}.\n', true],
    ['switched off', '{emqx_retainer, false}.\n', false],
    ['as EMQX itself writes it', 'emqx_dashboard.\nemqx_retainer.\n', true],
    ['both mixed, without a space', 'emqx_dashboard.\n{emqx_retainer,true}.\n', true],
    ['line ends of Windows', '{emqx_retainer, true}.\r\n', true],
    ['a name that begins alike', 'emqx_retainer_more.\n{emqx_retainer2, true}.\n', false],
    ['a comment', '%% emqx_retainer.\n', false],
    ['not named at all', '', false],
  ])('%s', (_, content, expected) => {
    expect(starts(content, 'emqx_retainer')).toBe(expected);
  });
});

it('case 209: plugins that look accounts up elsewhere are named', () => {
  const content =
    '{emqx_auth_mnesia, true}.\nemqx_auth_http.\n{emqx_auth_pgsql, false}.\n{emqx_auth_jwt,true}.\n';
  expect(otherAccounts(content)).toEqual(['emqx_auth_http', 'emqx_auth_jwt']);
});

describe('editing', () => {
  it.each([
    ['on, in a file of the package', '{a, false}.\n{b, true}.\n', { a: true }, '{b, true}.\n{a, true}.\n'],
    ['off', '{a, true}.\n{b, true}.\n', { a: false }, '{b, true}.\n{a, false}.\n'],
    ['off, in a file of EMQX', 'a.\nb.\n', { a: false }, 'b.\n{a, false}.\n'],
    ['off, where it stands twice', 'a.\n{a,true}.\nb.\n', { a: false }, 'b.\n{a, false}.\n'],
    ['on, where nothing stands', '', { a: true }, '{a, true}.\n'],
    ['without a newline at the end', 'b.', { a: true }, 'b.\n{a, true}.\n'],
    ['several', '{a, true}.\n', { a: false, b: true }, '{a, false}.\n{b, true}.\n'],
    ['nothing where all is so', 'a.\n\n\n', { a: true, b: false }, 'a.\n\n\n'],
  ])('%s', (_, before, wanted, after) => {
    expect(edit(before, wanted)).toBe(after);
  });
});

it('whatever the file: the plugins are as wanted, every other line stays, and twice is once', () => {
  const name = fc.constantFrom('emqx_a', 'emqx_b', 'emqx_c');
  const line = fc.oneof(
    name.map((plugin) => `${plugin}.`),
    fc
      .tuple(name, fc.constantFrom(', ', ','), fc.boolean())
      .map(([plugin, gap, on]) => `{${plugin}${gap}${on}}.`),
    fc.constantFrom('%% mine', '{emqx_d, true}.'),
  );
  const content = fc.array(line, { maxLength: 6 }).map((all) => all.map((one) => `${one}\n`).join(''));
  const wanted = fc.dictionary(name, fc.boolean(), { noNullPrototype: true });
  const others = (text: string, wanted: object) =>
    text
      .split('\n')
      .filter((one) => one !== '' && !Object.keys(wanted).some((plugin) => one.includes(plugin)));
  fc.assert(
    fc.property(content, wanted, (before, want) => {
      const after = edit(before, want);
      for (const [plugin, on] of Object.entries(want)) expect(starts(after, plugin)).toBe(on);
      expect(others(after, want)).toEqual(others(before, want));
      expect(edit(after, want)).toBe(after);
    }),
  );
});
