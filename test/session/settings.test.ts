import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadSettings } from '../../src/session/settings.js';

/** The settings of a file with this text, with flags. */
async function load(text: string, flags: object) {
  const directory = await mkdtemp(join(tmpdir(), 'settings-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const config = join(directory, 'broker.yaml');
  await writeFile(config, text);
  return loadSettings(undefined, { config, ...flags }, new Map(), new AbortController().signal);
}

const EMQX = 'server: 203.0.113.7\ndomain: mqtt.example.org\nbroker: { kind: emqx, version: 5.8.9 }\n';

it('a file of the first answers, completed by a flag, opens no dashboard to the world', async () => {
  expect((await load(EMQX, { agreeTerms: true })).settings.dashboard).toBe('tunnel');
});

it('a file that has set up a server keeps its meaning', async () => {
  const text = `${EMQX}certificate: { agree_terms: true }\n`;
  expect((await load(text, {})).settings.dashboard).toBe('public');
});
