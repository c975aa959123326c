import { BROKER } from '../src/catalogue/broker.js';
import { CHECKS } from '../src/catalogue/checks.js';
import { OWN_WAY } from '../src/catalogue/opinionated.js';
import { OUTSIDE } from '../src/catalogue/outside.js';
import { SERVER } from '../src/catalogue/server.js';
import { keepPage } from './page.js';

const FILE = 'docs/findings.md';

const PARTS = [
  [
    'The server',
    'Found by the steps of `init` that make the server safe; `init` and `doctor --fix` mend most of them.',
    SERVER,
  ],
  [
    'The broker and its certificate',
    'Found by the steps of `init` for the broker; most of them are mended in the same way.',
    BROKER,
  ],
  ['Seen from outside', 'Looks from your computer. A `*` stands for a port or a listener.', OUTSIDE],
  ['Only in a check-up', 'What no step brings about and only `doctor` looks at.', CHECKS],
] as const;

/** docs/findings.md: every id that doctor can report, and why it matters. */
export function findingsPage(): string {
  const parts = PARTS.map(([title, about, reasons]) =>
    [`## ${title}`, '', about, '', '| Id | Why it matters |', '| --- | --- |', ...rows(reasons)].join('\n'),
  );
  return [HEAD, ...parts].join('\n\n').concat('\n');
}

const HEAD = `# What doctor can find

<!-- Written by scripts/findings-page.ts from src/catalogue: change it there, then run npm run findings-page. -->

Each finding has a stable id, in brackets in the report and as \`id\` in \`doctor --json\`. By this id you accept it in
broker.yaml. The name of a step or check alone, such as \`[ufw]\`, stands for one that could not be checked at all. An id marked with ° is about how this program does things: on a server that no broker.yaml describes it is
worth knowing, and no problem.`;

function rows(reasons: Readonly<Record<string, string>>): string[] {
  return Object.entries(reasons).map(
    ([id, why]) => `| \`${id}\`${OWN_WAY.has(id as never) ? ' °' : ''} | ${why.replaceAll('|', '\\|')} |`,
  );
}

await keepPage(FILE, findingsPage);
