import { expect, it } from 'vitest';
import { choose } from '../../src/commands/undo.js';
import { UsageError } from '../../src/errors.js';
import type { Job } from '../../src/host/host.js';

const OLD = '20261122-100000-0001';
const MIDDLE = '20261123-100000-0002';
const NEWEST = '20261124-100000-0003';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const CHANGE = base64(
  `${JSON.stringify({ at: '2026-11-24T14:30:05Z', type: 'change', n: 1, step: 'ufw', title: 'Firewall', id: 'ufw.rules', summary: 'Open it' })}\n`,
);
const LEFT = `paths=${base64('/etc/hosts\n')}\npath-1=${base64('/etc/hosts')}\nwhat-1=restored\n`;

/** A server with these runs, the oldest first, each with what is left of it to undo. */
const server = (left: Record<string, string>) => ({
  run: async ({ script }: Job) => {
    const asked = Object.keys(left).find((id) => script.run.includes(id) && script.run.includes('paths='));
    const stdout =
      asked === undefined
        ? Object.keys(left)
            .map((id) => `run-${id}=${CHANGE}\n`)
            .join('')
        : (left[asked] ?? '');
    return { code: 0, stdout, stderr: '' };
  },
});

it('without a name the newest run is chosen that has something to undo, and the newer ones are named', async () => {
  const found = await choose(server({ [OLD]: LEFT, [MIDDLE]: LEFT, [NEWEST]: '' }), undefined);
  expect(found).toMatchObject({ run: { id: MIDDLE }, passed: [NEWEST] });
  expect((await choose(server({ [OLD]: LEFT, [NEWEST]: LEFT }), undefined))?.passed).toEqual([]);
  expect(await choose(server({ [OLD]: '', [NEWEST]: '' }), undefined)).toBeUndefined();
});

it('a run of that name must be there', async () => {
  await expect(choose(server({}), NEWEST)).rejects.toThrow(UsageError);
});
