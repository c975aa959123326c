import { describe, expect, it } from 'vitest';
import { validate } from '../../src/settings/complete.js';
import { keyPassphrase, SECRET_VARIABLES, sudoPassword } from '../../src/settings/secrets.js';
import { leaf } from '../../src/settings/tree.js';

/** Found by the fuzz, each with what it would have done. */
describe('is refused', () => {
  it.each([
    ['a key whose name ends its quotes, and with them all of ~/.ssh/config', 'key.file', '/k/a"b'],
    ['a key that ends with a backslash, for the same reason', 'key.file', 'C:\\keys\\'],
    ['a key in whose name ssh would look up a variable', 'key.file', '/k/$' + '{HOME}'],
    ['a key with two backslashes, of which ssh takes one', 'key.file', '\\\\share\\key'],
    ['a key with a backslash before a quote, which ssh takes away', 'key.file', "/k/a\\'b"],
    ['half a character, which no file can hold', 'login.key', '/k/\ud800'],
    ['a name with letters that nobody sees', 'certificate.ca_bundle', '/k/ca\u{e0041}.pem'],
    ['a soft hyphen in a path', 'certificate.ca_bundle', '/k/ca\u00ad.pem'],
    ['an address without slashes, taken for a path and then fetched', 'broker.package', 'https:x y.deb'],
    [
      'a per cent sign that certbot would take for a reference',
      'certificate.directory',
      'https://ca.lan/%(x)s',
    ],
  ])('%s', (_, path, value) => {
    expect(validate(leaf(path), value)).toMatch(/^It must /);
  });
});

describe('is taken', () => {
  it.each([
    ['key.file', 'C:\\Users\\me\\.ssh\\id_ed25519'],
    ['key.file', "~/.ssh/it's $(mine) `50%` #1 ~ é😀"],
    ['broker.package', 'https://example.org/a%20b.deb'],
    ['broker.package', 'C:\\Downloads\\emqx.deb'],
    ['certificate.directory', 'https://ca.lan/dir?a=1,b#c'],
  ])('%s: %s', (path, value) => {
    expect(validate(leaf(path), value)).toBe(true);
  });
});

describe('a password that is too long for PAM and for ssh', () => {
  const long = 'é'.repeat(251);

  it('is refused from the environment', async () => {
    const env = { [SECRET_VARIABLES.sudo]: long, [SECRET_VARIABLES.key]: long };
    const ways = { interactive: false, env, isNew: true };
    for (const choose of [sudoPassword, keyPassphrase]) {
      const refused = choose(ways);
      await expect(refused).rejects.toThrow(/ is too long: at most 500 bytes can be used\.$/);
      await expect(refused).rejects.not.toThrow('é');
    }
  });

  it('is refused at the question', async () => {
    const said: (true | string | undefined)[] = [];
    const password = async ({ validate: check }: { validate?: (value: string) => true | string }) => {
      said.push(check?.(long), check?.('é'.repeat(250)));
      return '';
    };
    const ways = { interactive: true, env: {}, isNew: true, prompts: { password } };
    await sudoPassword(ways);
    await keyPassphrase(ways);
    const refused = 'It must have at most 500 bytes.';
    expect(said).toEqual([refused, true, refused, true]);
  });
});
