import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { underLock } from '../../src/commands/under-lock.js';
import { Cancelled } from '../../src/errors.js';
import { parseLog } from '../../src/run-log/log.js';
import { parseRuns, runsProbe } from '../../src/run-log/seen.js';
import { type Server, serverFolders } from '../run-log/server.js';

let server: Server;
beforeEach(() => {
  server = serverFolders();
});
const runs = () => parseRuns({ code: 0, ...server.run(runsProbe) });
const opening = {
  runner: { tool: '1', by: 'me@laptop', machine: 'm', pid: 1, command: 'init' },
  seen: undefined,
  dead: undefined,
  unlock: '',
};

it.each<[string, unknown, string]>([
  ['well', undefined, 'done'],
  ['with an error', new Error('it broke'), 'failed'],
  ['because somebody stopped it', new Cancelled(), 'cancelled'],
])(
  'work that ended %s had the lock, gave it back, and its log says how it ended',
  async (_, error, outcome) => {
    const work = underLock(server.connect(), opening, async ({ id }) => {
      expect(runs().holder).toMatchObject({ run: id, alive: true });
      if (error !== undefined) throw error;
      return 'made';
    });
    if (error === undefined) expect(await work).toBe('made');
    else await expect(work).rejects.toBe(error);
    const { holder, newest, cutOff } = runs();
    expect([holder, cutOff]).toEqual([undefined, undefined]);
    expect(parseLog(readFileSync(join(server.root, 'log', `${newest}.jsonl`), 'utf8')).at(-1)).toMatchObject({
      type: 'end',
      outcome,
    });
  },
);
