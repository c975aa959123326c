import type { FailureCase, FailureGroup } from '../test/failure-cases/case.js';
import { GROUPS } from '../test/failure-cases/index.js';
import { findTitles, type Title } from '../test/failure-cases/titles.js';
import { keepPage } from './page.js';

const FILE = 'docs/failure-cases.md';

const HEAD = `# How it goes wrong, and what happens then

<!-- Written by scripts/failure-cases-page.ts from test/failure-cases and the titles of tests: change it there, then run npm run failure-cases-page. -->

Setting up a server over SSH goes wrong in ways that are known: each case here has happened to users of other tools or guides. The number is its
name in tests (\`npx vitest run -t "case 12:"\`). Those below 100 were collected from reports of other projects; those from 101 on
are our own. "Server" says that the test brings the case about on a booted server; "SSH server" that it does so on one
within the test; "output" that it stands on what real servers have printed.`;

/** docs/failure-cases.md: each case, what the program does, and the tests that bring it about. */
export async function failureCasesPage(): Promise<string> {
  const titles = await findTitles('test');
  const parts = GROUPS.filter(({ cases }) => cases.length > 0).map((group) => section(group, titles));
  return [HEAD, ...parts, notHere()].join('\n\n').concat('\n');
}

function section({ title, cases }: FailureGroup, titles: ReadonlyMap<number, readonly Title[]>): string {
  const rows = cases.map(
    ({ number, symptom, behaviour }) =>
      `| ${number} | ${cell(symptom)} | ${cell(behaviour)} | ${tests(titles.get(number) ?? [])} |`,
  );
  return [
    `## ${title}`,
    '',
    '| | What happens elsewhere | What happens here | Test |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function tests(titles: readonly Title[]): string {
  return titles
    .map(({ file, text }) => `${ground(file)}: [${cell(readable(text))}](../${file})`)
    .join('<br>');
}

/** A title without the placeholders of a table's rows. */
function readable(title: string): string {
  return title.replaceAll(/%[sdij]/g, '…');
}

function ground(file: string): string {
  if (file.startsWith('test/e2e/')) return 'server';
  return file.startsWith('test/host/') ? 'SSH server' : 'output';
}

function notHere(): string {
  const rows = GROUPS.flatMap(({ cases }) => cases).flatMap(({ number, notHere: why }: FailureCase) =>
    why === undefined ? [] : [`| ${number} | ${cell(why)} |`],
  );
  const what =
    'What of a case cannot be brought about on a server of the tests, so that it stands on less than one:';
  return ['## What could not be tried', '', what, '', '| | What, and why |', '| --- | --- |', ...rows].join(
    '\n',
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

await keepPage(FILE, failureCasesPage);
