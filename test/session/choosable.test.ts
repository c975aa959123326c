import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateKey } from '../../src/host/trust/key-files.js';
import { refuseHeld } from '../../src/session/finish-interrupted-run.js';
import { choosable, makeSecrets } from '../../src/session/session.js';
import { settingsWith } from '../settings/any-settings.js';

it('case 264: secrets are made without a question; what a person may choose is asked for later', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'key-'));
  try {
    const file = join(folder, 'key');
    const settings = settingsWith({
      key: { file, type: 'ed25519' },
      user: { name: 'ada', sudo: 'with-password' },
    });
    const secrets = await makeSecrets(settings);
    expect(secrets.sudoPasswordMade).toBe(true);
    expect(await choosable(settings, secrets)).toBeTypeOf('function');
    await generateKey({ file, type: 'ed25519', comment: 'x' });
    expect(await choosable(settings, secrets)).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('case 264: a server where somebody is at work is refused before that', () => {
  const holder = {
    tool: '1',
    by: 'ada@lab',
    machine: 'm',
    pid: 7,
    command: 'init',
    run: 'r',
    from: '',
    since: '2026-11-24T14:30:05Z',
    step: undefined,
    alive: true,
  };
  const runs = {
    holder,
    busy: false,
    guardArmed: false,
    newest: undefined,
    cutOff: undefined,
    unproved: [],
  };
  expect(() => refuseHeld(runs, { unlock: 'unlock it' })).toThrow(
    expect.objectContaining({ code: 'locked' }),
  );
  expect(() => refuseHeld({ ...runs, holder: undefined }, { unlock: 'unlock it' })).not.toThrow();
});
