import { describe, expect, it } from 'vitest';
import { askingRule } from '../../../src/steps/user/sudo-rules.js';

const OURS = '/etc/sudoers.d/95-broker-setup-ada';
const MAIN = '/etc/sudoers';
const LATER = '/etc/sudoers.d/99-policy';
/** As Debian ships it. */
const SHIPPED = `# This file
Defaults\tenv_reset
root\tALL=(ALL:ALL) ALL
%sudo\tALL=(ALL:ALL) ALL
@includedir /etc/sudoers.d
`;
const subject = { name: 'ada', uid: '1000', groups: ['ada', 'sudo'] };
const asking = (files: Record<string, string>) =>
  askingRule(
    new Map(
      Object.entries({ [MAIN]: SHIPPED, ...files }).map(([path, content]) => [
        path,
        { content, mode: '0440', owner: 'root:root' },
      ]),
    ),
    OURS,
    subject,
  );
const place = (files: Record<string, string>) => {
  const rule = asking(files);
  return rule && `${rule.file}:${rule.line}`;
};

describe('case 293: a rule because of which sudo asks in spite of ours', () => {
  it.each([
    '%sudo ALL=(ALL:ALL) ALL',
    'ada ALL = (ALL) ALL',
    'bob, ada ALL=(root) ALL',
    'ALL ALL=(ALL) ALL',
    '#1000 ALL=(ALL) ALL',
    'ada ALL=(ALL) NOPASSWD: /usr/bin/apt, PASSWD: ALL',
    'ada ALL=(ALL) SETENV: ALL',
    'ada ALL=(ALL) NOPASSWD: ALL\n%sudo ALL=(ALL) ALL',
    'ada \\\n  ALL=(ALL) ALL',
  ])('is %j in a later file', (content) => {
    expect(asking({ [LATER]: content })?.file).toBe(LATER);
  });

  it.each([
    'ada ALL=(ALL) NOPASSWD: ALL',
    'ada ALL=(ALL) NOPASSWD:SETENV: ALL',
    'ada ALL=(ALL) NOPASSWD: /usr/bin/apt, ALL',
    '%sudo ALL=(ALL) ALL\n%sudo ALL=(ALL) NOPASSWD: ALL',
    'bob ALL=(ALL) ALL',
    '%wheel ALL=(ALL) ALL',
    'ada ALL=(ALL) /usr/bin/apt',
    'ada elsewhere=(ALL) ALL',
    '# ada ALL=(ALL) ALL',
    'Defaults:ada timestamp_timeout=0',
    'User_Alias ADMINS = ada',
  ])('is not %j', (content) => {
    expect(asking({ [LATER]: content })).toBeUndefined();
  });

  it('is none of an earlier file, nor of one that sudo passes over', () => {
    const content = '%sudo ALL=(ALL) ALL';
    expect(
      asking({
        '/etc/sudoers.d/90-cloud-init-users': content,
        [`${LATER}.bak`]: content,
        [`${LATER}~`]: content,
      }),
    ).toBeUndefined();
  });

  it('stands in the main file behind the line that includes the folder, or in another file', () => {
    expect(place({ [MAIN]: `${SHIPPED}\n%sudo ALL=(ALL) ALL\n` })).toBe(`${MAIN}:7`);
    expect(place({ [MAIN]: '#includedir /etc/sudoers.d/', [LATER]: '\n\nada ALL=(ALL) ALL' })).toBe(
      `${LATER}:3`,
    );
  });
});
