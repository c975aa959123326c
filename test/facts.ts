import type { SeenFile } from '../src/engine/facts/files.js';
import { factFrames, readFacts } from '../src/engine/facts.js';
import type { Probed } from '../src/engine/probe.js';

/** What a part gets, and the text that it was made of. */
export interface Recorded extends Probed {
  recording: string;
}

/**
 * A recording of a real server, as a part gets it: what its own probe printed, and below that sections of the facts that it
 * shares. `@@ units`, `@@ sshd`, `@@ listeners`, `@@ services` and `@@ upgrades` are followed by what the server printed; `@@ file MODE OWNER PATH` by
 * the content of one file, which travels as base64.
 */
export function probed(recording: string, code = 0): Recorded {
  const [own = '', ...sections] = recording.split(/^@@ /m);
  const bodies = new Map(
    sections.filter((one) => !one.startsWith('file ')).map((one) => [headOf(one), bodyOf(one)]),
  );
  const files = sections.filter((one) => one.startsWith('file ')).map(asFile);
  const frame = (stdout: string) => ({ code: 0, stdout });
  return {
    code,
    stdout: own,
    recording,
    facts: readFacts(
      factFrames({
        units: frame(bodies.get('units') ?? ''),
        // Where sshd refuses to print its settings there is no answer at all.
        ...(bodies.has('sshd') ? { sshd: frame(bodies.get('sshd') ?? '') } : {}),
        ...(bodies.has('sshd refuses')
          ? { sshd: { code: 255, stdout: bodies.get('sshd refuses') ?? '' } }
          : {}),
        listeners: frame(bodies.get('listeners') ?? ''),
        services: frame(bodies.get('services') ?? ''),
        upgrades: frame(bodies.get('upgrades') ?? ''),
        files: frame(asPrinted(files)),
      }),
    ),
  };
}

/** As diff(1) marks it. */
const NO_NEWLINE = '\\ No newline at end of file\n';

const headOf = (section: string) => section.slice(0, section.indexOf('\n'));
const bodyOf = (section: string) => section.slice(section.indexOf('\n') + 1);

function asFile(section: string): SeenFile & { path: string } {
  const [, mode = '', owner = '', ...path] = headOf(section).split(' ');
  return { mode, owner, path: path.join(' '), content: bodyOf(section).replace(`\n${NO_NEWLINE}`, '') };
}

/** As printFiles prints them. */
function asPrinted(files: readonly (SeenFile & { path: string })[]): string {
  const bytes = files.map(({ content }) => Buffer.from(content));
  const heads = files.map(
    ({ mode, owner, path }, index) =>
      `file=${mode.replace(/^0/, '')} ${owner} ${bytes[index]?.length ?? 0} ${path}\n`,
  );
  return `${heads.join('')}contents=${Buffer.concat(bytes).toString('base64')}`;
}

/** The recording with another file; undefined takes it away. */
export function withFile(
  recording: string,
  path: string,
  file: (Partial<SeenFile> & { content: string }) | undefined,
): string {
  const [own = '', ...sections] = recording.split(/^@@ /m);
  const others = sections.filter(
    (one) => !(headOf(one).startsWith('file ') && headOf(one).endsWith(` ${path}`)),
  );
  const { content = '', mode = '0644', owner = 'root:root' } = file ?? {};
  const text = content === '' || content.endsWith('\n') ? content : `${content}\n${NO_NEWLINE}`;
  const all = file === undefined ? others : [...others, `file ${mode} ${owner} ${path}\n${text}`];
  return [own, ...all].join('@@ ');
}

/** The content of a file of the recording. */
export function fileIn(recording: string, path: string): SeenFile {
  const file = probed(recording).facts.file(path);
  if (file === undefined) throw new Error(`the recording has no ${path}`);
  return file;
}

/** The recording where properties of a unit, by systemd's names, are others; a unit that it lacks is added. */
export function withUnit(
  recording: string,
  name: string,
  properties: Readonly<Record<string, string>>,
): string {
  const [own = '', ...sections] = recording.split(/^@@ /m);
  const before = bodyOf(sections.find((one) => one.startsWith('units\n')) ?? 'units\n').trimEnd();
  const blocks = before === '' ? [] : before.split(/\n\n+/);
  const isIt = (block: string) =>
    new RegExp(`^Names=(?:.* )?${name.replace(/[.@]/g, '\\$&')}(?: .*)?$`, 'm').test(block);
  const found =
    blocks.find(isIt) ??
    `Id=${name}\nNames=${name}\nLoadState=loaded\nActiveState=inactive\nUnitFileState=disabled`;
  const lines = new Map(found.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line]));
  for (const [property, value] of Object.entries(properties)) lines.set(property, `${property}=${value}`);
  const units = `units\n${[...blocks.filter((block) => !isIt(block)), [...lines.values()].join('\n')].join('\n\n')}\n`;
  return [own, ...sections.filter((one) => !one.startsWith('units\n')), units].join('@@ ');
}

/** The recording with these lines of ss(8) -Hltunp in place of those that it has, or after them. */
export function withListeners(recording: string, lines: string, { more = false } = {}): string {
  const [own = '', ...sections] = recording.split(/^@@ /m);
  const before = more ? bodyOf(sections.find((one) => one.startsWith('listeners\n')) ?? 'listeners\n') : '';
  return [
    own,
    ...sections.filter((one) => !one.startsWith('listeners\n')),
    `listeners\n${before}${lines}\n`,
  ].join('@@ ');
}

/** The recording with these lines of printServices in place of those that it has. */
export function withServices(recording: string, ...lines: string[]): string {
  const [own = '', ...sections] = recording.split(/^@@ /m);
  return [
    own,
    ...sections.filter((one) => !one.startsWith('services\n')),
    `services\n${lines.join('\n')}\n`,
  ].join('@@ ');
}

/** The recording where the step's own probe has printed these lines as well, after all others. */
export function withOwn(recording: string, lines: string): string {
  const [own = '', ...sections] = recording.split(/^@@ /m);
  return [`${own}${lines}\n`, ...sections].join('@@ ');
}

/** The recording where sshd -T prints other values of a setting for an account, a line for each; without values, none. */
export function withSshd(recording: string, user: string, name: string, ...values: string[]): string {
  const [own = '', ...sections] = recording.split(/^@@ /m);
  const [head = '', ...accounts] = sections.find((one) => one.startsWith('sshd\n'))?.split(/^@/m) ?? [];
  const changed = accounts.map((account) => {
    if (headOf(account) !== user) return account;
    const lines = account.split('\n').filter((line) => line !== '' && !line.startsWith(`${name} `));
    return `${[...lines, ...values.map((value) => `${name} ${value}`)].join('\n')}\n`;
  });
  const sshd = [head, ...changed].join('@');
  return [own, ...sections.map((one) => (one.startsWith('sshd\n') ? sshd : one))].join('@@ ');
}

/** Files that have these lines, `FILE:NUMBER:TEXT`; those between are empty. */
export function filesWith(lines: readonly string[]): ReadonlyMap<string, SeenFile> {
  const files = new Map<string, string[]>();
  for (const [, path = '', number, text = ''] of lines.map(
    (line) => /^([^:]+):(\d+):(.*)$/.exec(line) ?? [],
  )) {
    const content = files.get(path) ?? [];
    content[Number(number) - 1] = text;
    files.set(path, content);
  }
  return new Map(
    [...files].map(([path, content]) => [
      path,
      {
        content: `${Array.from(content, (line) => line ?? '').join('\n')}\n`,
        mode: '0644',
        owner: 'root:root',
      },
    ]),
  );
}

/** The recording with the files of filesWith(). */
export const withLines = (recording: string, ...lines: string[]): string =>
  [...filesWith(lines)].reduce((all, [path, file]) => withFile(all, path, file), recording);
