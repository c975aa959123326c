import { expect, it } from 'vitest';
import { hostsFile } from '../../src/rehearsal/dns.js';
import { freshServer } from '../../src/rehearsal/fresh-server.js';
import { INCLUDE, imageName } from '../../src/rehearsal/image.js';

it('gives another list of packages another image', () => {
  expect(imageName('bookworm')).toMatch(/^bookworm-[0-9a-f]{8}\.tar$/);
  expect(imageName('bookworm')).not.toBe(imageName('bookworm', [...INCLUDE, 'nano']));
  expect(imageName('bookworm')).not.toBe(imageName('trixie'));
});

it('sets root up as a cloud image does', () => {
  const script = freshServer({ rootPassword: "it's" }, 'nameserver 10.213.1.1');
  expect(script).toContain(`echo 'root:it'"'"'s' | chpasswd`);
  expect(script).toContain('50-cloud-init.conf');
  expect(script).toContain("'nameserver 10.213.1.1' >/etc/resolv.conf");
  expect(freshServer({ rootPassword: 'x' })).not.toContain('resolv.conf');
});

it('answers both families, or nothing', () => {
  expect(hostsFile('a.test', { a: ['192.0.2.1'], aaaa: ['2001:db8::1'] })).toBe(
    '192.0.2.1 a.test\n2001:db8::1 a.test\n',
  );
  expect(hostsFile('a.test', { a: [], aaaa: [] })).toBe('');
});
