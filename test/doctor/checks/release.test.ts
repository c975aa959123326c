import { describe, expect, it } from 'vitest';
import { endOfSupport } from '../../../src/doctor/checks/release.js';
import { answers } from '../../../src/engine/answers.js';
import { fixture } from '../../context.js';

/** As distro-info-data 0.58+deb12u6 writes them. */
const DEBIAN = 'version,codename,series,created,release,eol,eol-lts,eol-elts';
const UBUNTU = 'version,codename,series,created,release,eol,eol-server,eol-esm,eol-legacy';

describe('the last day of security fixes', () => {
  it.each([
    ['bookworm-complete', '2028-06-30'],
    ['trixie-complete', '2030-06-30'],
  ])('of a real server (%s) is %s', (name, day) => {
    const told = answers(fixture('system', name));
    expect(endOfSupport(told.get('columns'), told.get('release'))).toBe(day);
  });

  it.each([
    [
      'Ubuntu with long support, without what is paid for',
      UBUNTU,
      '24.04 LTS,Noble Numbat,noble,2023-10-12,2024-04-25,2029-05-31,2029-05-31,2034-04-25,2036-04-29',
      '2029-05-31',
    ],
    [
      'Ubuntu without long support',
      UBUNTU,
      '25.10,Questing Quokka,questing,2025-04-17,2025-10-09,2026-07-09',
      '2026-07-09',
    ],
    [
      'an Ubuntu whose servers were cared for longest',
      UBUNTU,
      '6.06 LTS,Dapper Drake,dapper,2005-10-12,2006-06-01,2009-07-14,2011-06-01',
      '2011-06-01',
    ],
    ['a Debian from before LTS', DEBIAN, '1.1,Buzz,buzz,1993-08-16,1996-06-17,1997-06-05', '1997-06-05'],
    [
      'a Debian whose end of LTS is not known yet',
      DEBIAN,
      '13,Trixie,trixie,2023-06-10,2025-08-09,2028-08-09,,',
      '2028-08-09',
    ],
    ['a table with other columns', 'series,eol,version', 'bookworm,2026-07-11,12', '2026-07-11'],
    ['a release that is not out yet', DEBIAN, '14,Forky,forky,2025-08-09', undefined],
    ['Debian unstable', DEBIAN, ',Sid,sid,1993-08-16', undefined],
    ['a table without such a column', 'version,codename', '12,Bookworm', undefined],
    ['a line that is not in the table', DEBIAN, '', undefined],
    ['nothing at all', undefined, undefined, undefined],
    ['something that is no day', DEBIAN, '12,Bookworm,bookworm,a,b,soon,later,never', undefined],
  ])('of %s', (_, columns, row, day) => {
    expect(endOfSupport(columns, row)).toBe(day);
  });
});
