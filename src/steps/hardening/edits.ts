import type { FindingId } from '../../catalogue/index.js';
import type { FileChange } from '../../engine/change.js';
import type { Finding } from '../../engine/step.js';
import { withBanner, withoutBanner } from '../../host/ssh/banner.js';
import type { SeenFiles } from './files.js';
import { inTurn, type LineEdit, replacedLine } from './lines.js';
import { umaskLine } from './login-defs.js';
import { isIn, type Profile } from './profile.js';

/** A file of the distribution that has no place for additions: part of it is ours, every other byte stays. */
export interface Edit extends LineEdit {
  id: FindingId;
  profile: Profile;
  paths: readonly string[];
  does: string;
  why: string;
  source: string;
  packages?: readonly string[];
}

export const EDITS: readonly Edit[] = [
  {
    id: 'hardening.umask',
    profile: 'strict',
    paths: ['/etc/login.defs'],
    does: 'Close new files of all users to others (UMASK 027)',
    why: 'What nobody thought of giving to others is not given to them.',
    source: 'login.defs(5), pam_umask(8)',
    ...umaskLine,
  },
  {
    id: 'hardening.banner',
    profile: 'strict',
    paths: ['/etc/issue', '/etc/issue.net'],
    does: 'Say before each login that strangers have no business here',
    why: 'It keeps nobody out. In some countries who was not warned cannot be prosecuted, and auditors ask for it.',
    source: 'issue(5), CIS Debian Linux 12 Benchmark',
    with: withBanner,
    without: withoutBanner,
  },
  {
    id: 'hardening.packages',
    profile: 'strict',
    paths: ['/etc/default/debsums'],
    does: 'Compare the files of installed packages with their sums every week',
    why: 'It needs no database of its own, and knows of updates. What differs is in the journal: journalctl -t debsums.',
    source: 'debsums(1)',
    packages: ['debsums', 'cron'],
    ...replacedLine('CRON_CHECK=never', 'CRON_CHECK=weekly'),
  },
  {
    id: 'hardening.martians',
    profile: 'strict',
    paths: ['/etc/ufw/sysctl.conf'],
    does: 'Log packets with an impossible sender',
    why: 'The firewall of ufw switches this off each time it is loaded. In standard it stays off: it can fill the log with noise of the neighbours.',
    source: 'networking/ip-sysctl.rst, CIS Debian Linux 12 Benchmark',
    ...inTurn(
      ['all', 'default'].map((name) => {
        const line = `net/ipv4/conf/${name}/log_martians`;
        return replacedLine(`${line}=0`, `${line}=1`);
      }),
    ),
  },
];

const changesOf = (edit: Edit, seen: SeenFiles, to: (content: string) => string): FileChange[] =>
  edit.paths.flatMap((path) => {
    const file = seen.get(path);
    const content = file && to(file.content);
    if (file === undefined || content === undefined || content === file.content) return [];
    return { path, content, mode: file.mode, owner: file.owner, before: file.content };
  });

/** Pure. A file that is not there is left so. */
export function editFindings(seen: SeenFiles, profile: Profile): Finding[] {
  return EDITS.filter((edit) => isIn(edit.profile, profile)).flatMap((edit) => {
    const files = changesOf(edit, seen, edit.with);
    if (files.length === 0) return [];
    return { id: edit.id, level: 'change', summary: edit.does, change: { kind: 'write', files } };
  });
}

/** Pure. What a stricter profile has left in such files. */
export function leftEdits(seen: SeenFiles, profile: Profile): FileChange[] {
  return EDITS.filter((edit) => !isIn(edit.profile, profile)).flatMap((edit) =>
    changesOf(edit, seen, edit.without),
  );
}
