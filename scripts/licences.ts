import type { Dependency } from 'rollup-plugin-license';

type Bundled = Pick<Dependency, 'name' | 'version' | 'license' | 'licenseText' | 'noticeText'>;

const NOTICE = /^Copyright .+$/gm;
const HEADING = /^\(?(The )?(MIT|ISC) License( \((MIT|ISC)\))?\)?$/m;

const withoutNotices = (text: string): string =>
  text
    .replace(NOTICE, '')
    .replace(/\n\s*\n/g, '\n\n')
    .trim();

/** Texts of the same words are the same text, however they are wrapped and headed. */
const wordsOf = (text: string): string =>
  withoutNotices(text).replace(HEADING, '').trim().replace(/\s+/g, ' ');

function whoMade({ name, version, license, licenseText, noticeText }: Bundled): string {
  const notices = licenseText?.match(NOTICE) ?? [];
  return [`Name: ${name}`, `Version: ${version}`, `License: ${license}`, ...notices, noticeText ?? '']
    .join('\n')
    .trim();
}

/**
 * Who made what is bundled, and on which terms. Most packages say the very same words: those are told once, below the names and
 * copyrights of all that say them. Words that one package alone has are told untouched, as a copyright may belong where it stands in them.
 * @throws Error where a package brings no text and no other has the licence that it names
 */
export function licences(packages: readonly Bundled[]): string {
  const groups = new Map<string, { text: string; packages: Bundled[] }>();
  for (const one of packages) {
    // Some name a licence and forget its text.
    const { licenseText } =
      [one, ...packages.filter(({ license }) => license === one.license)].find(
        (other) => other.licenseText,
      ) ?? {};
    if (!licenseText) throw new Error(`${one.name} brings no licence text: ${one.license}`);
    const words = wordsOf(licenseText);
    const group = groups.get(words) ?? { text: licenseText, packages: [] };
    group.packages.push(one);
    groups.set(words, group);
  }
  return [...groups.values()]
    .map(({ text, packages }) =>
      [
        ...packages.map(whoMade),
        `License Text:\n===\n\n${packages.length > 1 ? withoutNotices(text) : text.trim()}`,
      ].join('\n\n'),
    )
    .join('\n\n---\n\n');
}
