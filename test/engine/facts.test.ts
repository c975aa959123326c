import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { factFrames, factProbes, readFacts, together } from '../../src/engine/facts.js';
import { look } from '../../src/engine/look.js';
import { unbatch } from '../../src/engine/probe.js';
import { defineStep, type Step } from '../../src/engine/step.js';
import type { Host } from '../../src/host/host.js';
import { sh } from '../../src/sh.js';
import { steps } from '../../src/steps/index.js';
import { contextFor } from '../context.js';

const context = contextFor();

/** A shell of this computer, with the programs of a folder before all others. */
const hostWith = (folder: string): Host => ({
  name: 'here',
  user: 'root',
  address: '127.0.0.1',
  run: ({ script }) =>
    Promise.resolve({
      code: 0,
      stderr: '',
      stdout: execFileSync('sh', ['-c', script.run], {
        env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      }).toString(),
    }),
  close: () => Promise.resolve(),
});

describe('needs of several steps', () => {
  it('are asked once, whoever needs them', () => {
    const needs = together([
      { units: ['ssh.service', 'ufw.service'], files: ['/etc/hosts'], sshd: ['root'] },
      { units: ['ssh.service'], files: ['/etc/hosts', sh`/etc/*.conf`], listeners: true },
      {},
    ]);
    expect(needs).toEqual({
      units: ['ssh.service', 'ufw.service'],
      files: ['/etc/hosts', sh`/etc/*.conf`],
      sshd: ['root'],
      listeners: true,
    });
  });

  it('bring one program each for units and listeners, however many steps there are', () => {
    const probes = factProbes(together(steps.map((step) => step.needs(context))));
    const all = [...probes.values()].map(({ run }) => run).join('\n');
    expect([...all.matchAll(/\bsystemctl\b/g)]).toHaveLength(1);
    expect([...all.matchAll(/\bss -/g)]).toHaveLength(1);
  });

  it('are nothing where nobody needs anything', () => {
    expect(factProbes(together([{}, {}])).size).toBe(0);
  });
});

describe('a fact that could not be read', () => {
  const failed = factFrames({ units: { code: 1, stdout: 'Id=ssh.service\nNames=ssh.service\n' } });
  it.each([
    ['its program failed', () => readFacts(failed).unit('ssh.service'), 'did not report its units'],
    ['it is missing', () => readFacts(new Map()).listeners(), 'did not report what listens'],
    [
      'its output was cut',
      () => readFacts(unbatch('\nab begin fact:sshd\n@root\n', 'ab')).sshd('root'),
      'sshd -T',
    ],
  ])('is an error where %s', (_, use, words) => {
    expect(use).toThrow(words);
  });
});

describe('a step', () => {
  const part = (id: string, needs: object, use: (facts: { unit(name: string): unknown }) => unknown): Step =>
    defineStep({
      id,
      title: id,
      needs: () => needs,
      parse: ({ facts }) => use(facts),
      check: () => [],
    });

  it('cannot use what it did not declare, even where another step declared it', () => {
    const facts = readFacts(factFrames({ units: { code: 0, stdout: 'Id=a.service\nNames=a.service\n' } }));
    const output = { code: 0, stdout: '', facts };
    const use = (asked: { unit(name: string): unknown }) => asked.unit('a.service');
    expect(() => part('good', { units: ['a.service'] }, use).see(output, context)).not.toThrow();
    expect(() => part('bad', {}, use).see(output, context)).toThrow('was not declared as needed');
  });

  it('could not be checked where its fact fails; the others are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'facts-'));
    writeFileSync(join(folder, 'systemctl'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    try {
      const looks = await look(
        hostWith(folder),
        [
          part('needs-it', { units: ['a.service'] }, (facts) => facts.unit('a.service')),
          part('needs-it-too', { units: ['b.service'] }, (facts) => facts.unit('b.service')),
          part('does-without', {}, () => undefined),
        ],
        context,
      );
      expect(looks.map(({ unknown }) => unknown !== undefined)).toEqual([true, true, false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
