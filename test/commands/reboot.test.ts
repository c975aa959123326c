import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { restartIfNeeded } from '../../src/commands/reboot.js';
import type { Watching } from '../../src/commands/run-steps.js';
import type { Event } from '../../src/engine/events.js';
import type { OpenRun } from '../../src/run-log/open.js';
import type { Session } from '../../src/session/session.js';
import type { Sh } from '../../src/sh.js';
import { REBOOT_LATER } from '../../src/steps/update.js';

/** A session with a server of which a restart is due or not; without a person who could agree to one. */
async function atTheEnd(reboot: 'ask' | 'no', code: number) {
  const scripts: Sh[] = [];
  const events: Event[] = [];
  const host = {
    run: ({ script }: { script: Sh }) => {
      scripts.push(script);
      return Promise.resolve({ code, stdout: '', stderr: '' });
    },
  };
  const session = { host, context: { settings: { reboot } } } as unknown as Session;
  const watching: Watching = { show: 'nothing', verbose: false, say: () => undefined, events };
  const outcomes = await restartIfNeeded(session, new AbortController().signal, watching, {} as OpenRun);
  return { scripts, events, outcomes };
}

describe('a restart at the end of a run', () => {
  it('is asked for by one question to the server, and no other step is checked again', async () => {
    const { scripts, events, outcomes } = await atTheEnd('ask', 0);
    expect(scripts).toHaveLength(1);
    // Real shell, which has an answer on any computer.
    expect([0, 1]).toContain(spawnSync('sh', ['-c', scripts[0]?.run ?? '']).status);
    expect(events).toEqual([{ type: 'warning', step: 'update', finding: REBOOT_LATER }]);
    expect(outcomes).toEqual([]);
  });

  it('is not wanted where none is due, nor where the settings say no', async () => {
    const { scripts, events } = await atTheEnd('ask', 1);
    expect([scripts.length, events]).toEqual([1, []]);
    const never = await atTheEnd('no', 0);
    expect([never.scripts, never.events]).toEqual([[], []]);
  });
});
