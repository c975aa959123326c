import { expect, it } from 'vitest';
import { readable } from '../../src/rehearsal/run.js';

it('case 265: what podman writes for log files is shown as lines', () => {
  const line = String.raw`time="2026-11-30T12:00:00Z" level=error msg="cannot find UID/GID for user ada:\nNo subuid ranges found for user \"ada\" in /etc/subuid"`;
  expect(readable(`Error: first\n${line}`)).toBe(
    'Error: first\ncannot find UID/GID for user ada:\nNo subuid ranges found for user "ada" in /etc/subuid',
  );
  expect(readable(String.raw`Error: creating: one\ntwo`)).toBe('Error: creating: one\ntwo');
  expect(readable('plain words')).toBe('plain words');
});
