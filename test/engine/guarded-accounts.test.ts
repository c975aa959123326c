import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepGuarded, noteGuarded, restoreGuarded } from '../../src/engine/guarded-accounts.js';
import { serverFolders } from '../run-log/server.js';

it.skipIf(process.getuid?.() !== 0)(
  'case 243: a guard rolls back what the change did to accounts, and not what somebody did meanwhile',
  () => {
    const server = serverFolders();
    mkdirSync(join(server.root, 'state/guard'), { recursive: true });
    const path = join(server.root, 'shadow');
    const put = (lines: string[]) => writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    const files = [{ path, of: 'accounts' }] as const;
    put(['root:*', 'mallory:hash', 'ada:!', 'gone:x', 'left:x']);
    expect(server.run(keepGuarded(files)).stderr).toBe('');
    put(['root:*', 'mallory:hash', 'ada:new', 'left:x', 'made:y']);
    expect(server.run(noteGuarded).stderr).toBe('');
    // An administrator locks one account, removes another and adds a third.
    put(['root:*', 'mallory:!hash', 'ada:new', 'made:y', 'newer:z']);
    expect(server.run(restoreGuarded).stderr).toBe('');
    expect(readFileSync(path, 'utf8').trim().split('\n')).toEqual([
      'root:*',
      'mallory:!hash',
      'ada:!',
      'newer:z',
      'gone:x',
    ]);
  },
);
