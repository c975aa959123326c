import { EDITS } from '../src/steps/hardening/edits.js';
import { goodEnough, KERNEL_SETTINGS, type KernelSetting } from '../src/steps/hardening/kernel-settings.js';
import { MEASURES } from '../src/steps/hardening/measures.js';
import { sshdSettings } from '../src/templates/sshd-drop-in.js';
import { keepPage } from './page.js';

const FILE = 'docs/hardening.md';
const HEAD_END = '<!-- tables -->';

/** docs/hardening.md: what stands before the mark is written by hand, the tables behind it come from src/steps/hardening. */
export function withTables(page: string): string {
  const [head = ''] = page.split(HEAD_END);
  return `${head}${HEAD_END}\n\n${[kernel(), measures(), lines(), ssh()].join('\n\n')}\n`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

const values = (setting: KernelSetting, profile: 'standard' | 'strict'): string =>
  goodEnough(setting, profile)?.join(' or ') ?? 'as it is';

const kernel = () =>
  `## Settings of the kernel

The first value is set where none of them is in force. \`*\` stands for each network interface.

${table(
  ['Setting', 'standard', 'strict', 'Why', 'Source'],
  KERNEL_SETTINGS.map((setting) => [
    `\`${setting.key.replaceAll('/', '.')}\``,
    values(setting, 'standard'),
    values(setting, 'strict'),
    setting.why,
    setting.source,
  ]),
)}`;

const measures = () =>
  `## Files of our own

${table(
  ['From', 'What', 'Why', 'Source', 'Files', 'Packages'],
  MEASURES.map(({ profile, does, why, source, files, packages = [] }) => [
    profile,
    does,
    why,
    source,
    files.map(({ path }) => `\`${path}\``).join('<br>'),
    packages.join(', '),
  ]),
)}`;

const lines = () =>
  `## Lines in files of the distribution

These have no place for additions. What is ours is marked, and what you have set yourself stays.

${table(
  ['From', 'What', 'Why', 'Source', 'Files'],
  EDITS.map(({ profile, does, why, source, paths }) => [
    profile,
    does,
    why,
    source,
    paths.map((path) => `\`${path}\``).join('<br>'),
  ]),
)}`;

function ssh(): string {
  const none = { kex: [], ciphers: [], macs: [] };
  const usual = sshdSettings(none);
  const strict = [...sshdSettings(none, { strict: true })].filter(([name]) => !usual.has(name));
  return `## The SSH server, in strict

${table(
  ['Setting', 'Value'],
  strict.map(([name, value]) => [
    name,
    name === 'AllowTcpForwarding' ? `${value} (\`local\` with \`dashboard: tunnel\`)` : value,
  ]),
)}`;
}

await keepPage(FILE, withTables);
