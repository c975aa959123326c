import { expect, it } from 'vitest';
import { pasted } from '../../src/terminal/program.js';

it.each<[string, NodeJS.Platform, string]>([
  ['/home/me/.ssh/key', 'linux', '/home/me/.ssh/key'],
  ['/home/me/a key', 'linux', "'/home/me/a key'"],
  ['$(reboot)', 'linux', "'$(reboot)'"],
  ['a\\b', 'linux', "'a\\b'"],
  ['C:\\Users\\me\\key', 'win32', 'C:\\Users\\me\\key'],
])('%s is pasted on %s as %s', (word, platform, wanted) => {
  expect(pasted(word, platform)).toBe(wanted);
});
