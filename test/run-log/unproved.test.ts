import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { answers } from '../../src/engine/answers.js';
import { forgetUnproved, parseUnproved, proofNotes, tellUnproved } from '../../src/run-log/unproved.js';
import { type Server, serverFolders } from './server.js';

let server: Server;
beforeEach(() => {
  server = serverFolders();
});
const folder = () => join(server.root, 'state/unproved');
const told = () => parseUnproved(answers(server.run(tellUnproved).stdout));
const RUN = '20261130-120000-abcd';

it('case 206: a step is noted before its change, and until its proofs hold', () => {
  const notes = proofNotes(RUN);
  expect(told()).toEqual([]);
  notes.due(['conf-edits', 'fingerprint']);
  server.run(notes.pending());
  expect(told()).toEqual([
    { step: 'conf-edits', failed: undefined },
    { step: 'fingerprint', failed: undefined },
  ]);
  notes.failed('conf-edits', 'mqtt.mqtts-message');
  notes.held('fingerprint');
  server.run(notes.pending());
  expect(told()).toEqual([{ step: 'conf-edits', failed: 'mqtt.mqtts-message' }]);
  notes.held('conf-edits');
  server.run(notes.pending());
  expect(readdirSync(folder())).toEqual([]);
});

it('writes each note once, and keeps that of an earlier run', () => {
  server.run(proofNotes('20261129-120000-abcd').pending());
  mkdirSync(folder(), { recursive: true });
  writeFileSync(join(folder(), 'ufw'), '20261129-120000-abcd ports.open\n');
  const notes = proofNotes(RUN);
  notes.due(['ufw']);
  server.run(notes.pending());
  notes.due(['ufw']);
  expect(notes.pending().run).toBe(':');
  expect(readFileSync(join(folder(), 'ufw'), 'utf8')).toBe('20261129-120000-abcd ports.open\n');
});

it('case 206: undo drops the notes of the run that is undone, and no others', () => {
  const notes = proofNotes(RUN);
  notes.due(['conf-edits']);
  server.run(notes.pending());
  writeFileSync(join(folder(), 'ufw'), '20261129-120000-abcd\n');
  server.run(forgetUnproved(RUN));
  expect(told()).toEqual([{ step: 'ufw', failed: undefined }]);
});

it('passes over what is no note of ours', () => {
  expect(parseUnproved(answers('unproved-=x\nunproved-A B=x\nunproved-ufw=run $(id)'))).toEqual([
    { step: 'ufw', failed: undefined },
  ]);
});
