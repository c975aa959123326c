import { expect, it } from 'vitest';
import { runSteps } from '../../src/commands/run-steps.js';
import type { Event } from '../../src/engine/events.js';
import { defineStep } from '../../src/engine/step.js';
import type { Job } from '../../src/host/host.js';
import { sh } from '../../src/sh.js';
import { contextWith } from '../recorded.js';

it('keeps what happens, but not the lines that a server prints meanwhile', async () => {
  const due = { id: 'hostname.name', level: 'change', summary: 'Do it' } as const;
  const change = { kind: 'run', script: sh`true`, undo: 'nothing' } as const;
  const step = defineStep<boolean>({
    id: 'hostname',
    title: 'Set the host name',
    probe: () => sh`true`,
    parse: () => true,
    check: () => [],
  });
  const host = {
    accepts: [],
    name: 'h',
    address: '192.0.2.1',
    user: 'root',
    close: async () => {},
    run: async ({ script, onLine }: Job) => {
      for (let n = 0; n < 1000; n += 1) onLine?.('spam');
      const mark = /[0-9a-f]{16}/.exec(script.run)?.[0] ?? '';
      return { code: 0, stdout: `\n${mark} begin hostname\n\n${mark} end hostname 0\n`, stderr: '' };
    },
  };
  const events: Event[] = [];
  const said: string[] = [];
  const context = contextWith();
  await runSteps(
    {
      host: host as never,
      context,
      outside: { addresses: [], made: {}, keyLogin: { user: 'ada' } } as never,
      hands: { generateKey: async () => {}, addHostEntry: async () => {} },
      signal: new AbortController().signal,
      record: undefined,
      refresh: async () => context,
    },
    [{ step, findings: [{ ...due, change }], facts: [], inventory: {}, unknown: undefined }],
    { show: 'plain', verbose: true, say: (line) => said.push(line), events },
  );
  expect(events.map(({ type }) => type)).toEqual(['step-start', 'change', 'changed', 'step-end']);
  expect(said.filter((line) => line.includes('spam'))).toHaveLength(1000);
});
