import { expect, it } from 'vitest';
import { notWritable, writtenBy } from '../../src/engine/writable.js';
import type { Host } from '../../src/host/host.js';
import { sh } from '../../src/sh.js';
import { contextFor } from '../context.js';
import { finding, lookAt, part } from '../doctor/parts.js';

const file = { path: '/etc/hosts', content: '', mode: '0644', owner: 'root:root', before: undefined };
const looks = [
  lookAt(part('hostname'), {
    findings: [
      finding({ id: 'hostname.hosts', level: 'change', change: { kind: 'write', files: [file] } }),
      finding({
        id: 'hostname.name',
        level: 'change',
        change: { kind: 'run', script: sh`true`, undo: { files: ['/etc/hostname', '/etc/hosts'] } },
      }),
      finding({
        id: 'update.packages',
        level: 'change',
        change: { kind: 'run', script: sh`true`, undo: 'nothing' },
      }),
    ],
  }),
  lookAt({ ...part('ufw'), guard: () => ({ paths: ['/etc/ufw'], reload: sh`true` }) }),
];

/** A server that answers this. */
const answering = (stdout: string) =>
  ({ run: async () => ({ code: 0, stdout, stderr: '' }) }) as Partial<Host> as Host;

it('asks about each file that the changes of a plan write, and about nothing that stays', () => {
  expect(writtenBy(looks, contextFor())).toEqual(['/etc/hosts', '/etc/hostname']);
});

it('tells a file that somebody has locked from a disk that is read-only', async () => {
  const told = await notWritable(
    answering('frozen /etc\nlocked /etc/hosts\nlocked /etc/shadow\n'),
    looks,
    contextFor(),
  );
  expect(told).toEqual([
    expect.stringMatching(/^The disk of the server is read-only: \/etc cannot/),
    expect.stringMatching(/^Somebody has made \/etc\/hosts, \/etc\/shadow unchangeable/),
  ]);
  expect(await notWritable(answering(''), looks, contextFor())).toEqual([]);
});
