import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  familyOf,
  fixedUntil,
  hasDtls,
  isMadeFor,
  isOneOf4,
  isSince,
  isSourceAvailable,
  LAST_FREE,
  MAINTAINED,
  nearestFor,
  packageName,
  speaksCoap,
} from '../../src/settings/emqx-versions.js';

describe('versions', () => {
  it('are compared as numbers', () => {
    const number = fc.nat(99);
    const version = fc.tuple(fc.constantFrom(4, 5, 6), number, number);
    fc.assert(
      fc.property(version, version, (one, other) => {
        const at = one.findIndex((part, index) => part !== other[index]);
        const newer = at < 0 || (one[at] ?? 0) > (other[at] ?? 0);
        expect(isSince(one.join('.'), other.join('.'))).toBe(newer);
      }),
    );
  });

  it.each([
    ['4.4.19', 'v4', 'emqx'],
    ['5.0.26', 'v5', 'emqx'],
    ['5.8.9', 'v5', 'emqx'],
    ['5.9.0', 'v5', 'emqx-enterprise'],
    ['5.10.4', 'v5', 'emqx-enterprise'],
    ['6.3.1', 'v5', 'emqx-enterprise'],
  ])('%s is of family %s, in the package %s', (version, family, name) => {
    expect([familyOf(version), packageName(version)]).toEqual([family, name]);
    expect(isSourceAvailable(version)).toBe(name === 'emqx-enterprise');
  });

  it.each([
    ['4.3.5', true],
    ['4.4.19', true],
    ['5.0.0', false],
    ['5.0.26', false],
    ['5.3.2', false],
    ['5.4.0', true],
    ['5.10.4', true],
    ['6.3.1', true],
  ])('%s gives CoAP and LwM2M the certificate: %s', (version, expected) => {
    expect(hasDtls(version)).toBe(expected);
  });

  it.each([
    ['4.4.19', true],
    ['5.3.2', false],
    ['5.7.1', true],
    ['5.7.2', false],
    ['5.8.9', false],
    ['5.8.10', true],
    ['5.9.3', false],
    ['5.10.2', false],
    ['5.10.3', true],
    ['6.0.2', false],
    ['6.0.3', true],
    ['6.1.0', false],
    ['6.1.1', true],
    ['6.3.1', true],
  ])('%s answers CoAP devices that connect encrypted: %s', (version, expected) => {
    expect(speaksCoap(version)).toBe(expected);
  });

  it.each([
    ['4.3.19', false],
    ['4.3.20', true],
    ['4.3.22', true],
    ['4.4.0', false],
    ['4.4.8', false],
    ['4.4.9', true],
    ['4.4.19', true],
  ])('of two lines side by side, %s is at least 4.3.20 or 4.4.9: %s', (version, expected) => {
    expect(isOneOf4(version, '4.3.20', '4.4.9')).toBe(expected);
  });
});

describe('the releases that packages are made for', () => {
  it.each([
    ['4.3.5', ['focal']],
    ['4.4.19', ['bullseye', 'focal', 'jammy']],
    ['5.0.26', ['bullseye', 'focal', 'jammy']],
    ['5.1.6', ['bullseye', 'bookworm', 'focal', 'jammy']],
    ['5.7.2', ['bullseye', 'bookworm', 'focal', 'jammy', 'noble']],
    ['5.8.7', ['bullseye', 'bookworm', 'focal', 'jammy', 'noble']],
    ['5.8.9', ['bullseye', 'bookworm', 'trixie', 'focal', 'jammy', 'noble']],
    ['5.10.4', ['bullseye', 'bookworm', 'trixie', 'focal', 'jammy', 'noble']],
    ['6.3.1', ['bullseye', 'bookworm', 'trixie', 'jammy', 'noble']],
  ])('%s', (version, expected) => {
    const all = ['bullseye', 'bookworm', 'trixie', 'focal', 'jammy', 'noble', 'resolute'];
    expect(all.filter((codename) => isMadeFor(version, codename))).toEqual(expected);
  });

  it.each([
    ['4.3.5', 'jammy', '4.4.19'],
    ['4.4.19', 'bookworm', '5.7.2'],
    ['4.4.19', 'trixie', LAST_FREE],
    ['5.8.7', 'trixie', LAST_FREE],
    ['6.3.1', 'focal', LAST_FREE],
    ['5.7.2', 'trixie', LAST_FREE],
    ['6.3.1', 'resolute', undefined],
    ['4.3.5', 'resolute', undefined],
  ])('nearest to %s for %s: %s', (version, codename, expected) => {
    expect(nearestFor(version, codename)).toBe(expected);
    if (expected !== undefined) expect(isMadeFor(expected, codename)).toBe(true);
  });
});

it.each([
  ['4.3.5', '2023-06-25'],
  ['5.7.2', '2023-06-25'],
  [LAST_FREE, '2026-02-27'],
  ['5.10.4', '2026-12-08'],
  ['6.1.4', '2027-06-30'],
  [MAINTAINED, '2028-03-03'],
])('%s got or gets security fixes until %s', (version, day) => {
  expect(fixedUntil(version)).toBe(day);
});
