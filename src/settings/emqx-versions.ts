/** 4 has its own configuration language and plugins; 5 and 6 share theirs. */
export type Family = 'v4' | 'v5';

export function familyOf(version: string): Family {
  return version.startsWith('4.') ? 'v4' : 'v5';
}

/** Whether `version` is `since` or newer; both are three numbers. */
export function isSince(version: string, since: string): boolean {
  return version.localeCompare(since, 'en', { numeric: true }) >= 0;
}

/** From 5.9.0 on there is one edition, under the Business Source Licence 1.1 and with another package name (LICENSE at tag e5.10.4). */
export function isSourceAvailable(version: string): boolean {
  return isSince(version, '5.9.0');
}

/** Whether CoAP and LwM2M come encrypted: 5.0 to 5.3 drop the options of DTLS (emqx_gateway_utils.erl at v5.3.2; seen with 5.0.26). */
export function hasDtls(version: string): boolean {
  return familyOf(version) === 'v4' || isSince(version, '5.4.0');
}

/** The first from which on all answer CoAP. */
export const COAP_SINCE = '6.1.1';

/** From the first of each pair on, and not in the second any more, a handshake of CoAP's DTLS hangs. */
const COAP_HANGS: readonly (readonly [since: string, mended: string])[] = [
  ['5.7.2', '5.8.10'],
  ['5.9.0', '5.10.3'],
  ['6.0.0', '6.0.3'],
  ['6.1.0', COAP_SINCE],
];

/** Whether CoAP works encrypted and with accounts (github.com/emqx/emqx/issues/16199, pull/16606, pull/16603; seen with 5.8.9). */
export function speaksCoap(version: string): boolean {
  return (
    hasDtls(version) &&
    !COAP_HANGS.some(([since, mended]) => isSince(version, since) && !isSince(version, mended))
  );
}

/**
 * Whether LwM2M works encrypted and with accounts, without files that are brought along: 4.x looks for no account
 * (emqx_lwm2m_protocol.erl at v4.4.19), and packages of 6.x hold no descriptions of objects.
 */
export function speaksLwm2m(version: string): boolean {
  return familyOf(version) === 'v5' && hasDtls(version) && !isSince(version, '6.0.0');
}

/** The name of the Debian package. */
export function packageName(version: string): 'emqx' | 'emqx-enterprise' {
  return isSourceAvailable(version) ? 'emqx-enterprise' : 'emqx';
}

/** The newest version of the maintained line (tag of 2026-09-17). */
export const MAINTAINED = '6.3.1';

/** The last version under Apache-2.0 (tag v5.8.9 of 2025-12-31; no later v5.8 tag). */
export const LAST_FREE = '5.8.9';

/** From this version on, packages are made for these releases (.github/workflows/build_packages.yaml at the tags). */
const MADE_FOR: readonly (readonly [since: string, codenames: readonly string[]])[] = [
  ['6.0.0', ['bullseye', 'bookworm', 'trixie', 'jammy', 'noble']],
  ['5.8.8', ['bullseye', 'bookworm', 'trixie', 'focal', 'jammy', 'noble']],
  ['5.7.0', ['bullseye', 'bookworm', 'focal', 'jammy', 'noble']],
  ['5.1.0', ['bullseye', 'bookworm', 'focal', 'jammy']],
  ['5.0.0', ['bullseye', 'focal', 'jammy']],
  ['4.4.19', ['bullseye', 'focal', 'jammy']],
  ['4.3.0', ['focal']],
];

/** Whether the vendor makes a package of this version for the release of this codename. */
export function isMadeFor(version: string, codename: string): boolean {
  const row = MADE_FOR.find(([since]) => isSince(version, since));
  return row?.[1].includes(codename) === true;
}

/** The version of those worth naming that is nearest above, else below, and made for that release; undefined for none. */
export function nearestFor(version: string, codename: string): string | undefined {
  const made = ['4.4.19', '5.7.2', LAST_FREE, MAINTAINED].filter((one) => isMadeFor(one, codename));
  return made.find((one) => isSince(one, version)) ?? made.at(-1);
}

/** Last day of security fixes for users without a contract: the vendor's table (changes/eol-ee.md), for 6.2 and 6.3 its rule of 18 months. */
const FIXED_UNTIL: readonly (readonly [since: string, day: string])[] = [
  ['6.3.0', '2028-03-03'],
  ['6.2.0', '2027-09-30'],
  ['6.1.0', '2027-06-30'],
  ['6.0.0', '2027-03-30'],
  ['5.10.0', '2026-12-08'],
  ['5.9.0', '2026-11-01'],
  // github.com/emqx/emqx/issues/15226, for the open-source edition; all older lines ended before.
  ['5.8.0', '2026-02-27'],
  ['4.3.0', '2023-06-25'],
];

/** The last day, `YYYY-MM-DD`, on which this version gets security fixes. */
export function fixedUntil(version: string): string {
  return FIXED_UNTIL.find(([since]) => isSince(version, since))?.[1] ?? '2023-06-25';
}

/** Whether a 4.x is at least this 4.3 or that 4.4: the two lines were cared for side by side. */
export function isOneOf4(version: string, since43: string, since44: string): boolean {
  return isSince(version, version.startsWith('4.3.') ? since43 : since44);
}
