import { readdirSync, readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { joined, prose, withCommand } from '../../src/terminal/wrap.js';

/** A terminal of so many columns, for one test. */
function terminal(columns: number): void {
  for (const stream of [process.stdout, process.stderr]) {
    const before = { isTTY: stream.isTTY, columns: stream.columns };
    onTestFinished(() => void Object.assign(stream, before));
    Object.assign(stream, { isTTY: true, columns });
  }
}

const NOTICE =
  '203.0.113.7 refused the connection. It may be starting, or want fewer connections at a time: trying again in 2 seconds (try 2).';

it.each([40, 60, 80])('prose is broken between words at %i columns, line by line', (columns) => {
  terminal(columns);
  const lines = prose(`\n${NOTICE}`).split('\n');
  expect(lines[0]).toBe('');
  expect(lines.slice(1).join(' ')).toBe(NOTICE);
  for (const line of lines) expect(line.length).toBeLessThan(columns);
});

it('a command has a line of its own, which is never broken', () => {
  terminal(40);
  const command = 'broker-setup init --config /home/ada/brokers/greenhouse/broker.yaml';
  const shown = withCommand('\nYour answers so far are in broker.yaml. To go on:', command).split('\n');
  expect(shown).toEqual(['', 'Your answers so far are in broker.yaml.', 'To go on:', `  ${command}`]);
});

it('pieces are joined, as many on a line as fit, whatever their colours', () => {
  terminal(40);
  const red = '\u001b[31m✖\u001b[39m 2 problems';
  expect(joined([red, '! 3 worth knowing', '? 4 could not be checked'], ' · ')).toBe(
    `${red} · ! 3 worth knowing\n? 4 could not be checked`,
  );
});

it('what the commands say in sentences is broken between words', () => {
  const files = ['session', 'commands', 'ui', 'settings'].flatMap((folder) =>
    readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `src/${folder}/${name}`),
  );
  const unbroken = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:say|show)\(\s*(['`].*)$/gm)]
      .map(([, text = '']) => text)
      .filter((text) => /[a-z]+ [a-z]+ [a-z]+/i.test(text) && !/\b(?:wrap|prose)\(/.test(text))
      .map((text) => `${file}: ${text}`),
  );
  expect(unbroken).toEqual([]);
});
