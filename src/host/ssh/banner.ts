/** What somebody reads before he logs in, at the console and over SSH: issue(5), Banner in sshd_config(5). */
const TEXT = `
Access to this private system is for authorized users only and is restricted
by law. Activity is recorded and monitored, and unauthorized use is prosecuted.
`;

/** Pure. The distribution's own lines stay. */
export const withBanner = (content: string): string =>
  content.endsWith(TEXT) ? content : `${withoutBanner(content)}${TEXT}`;

/** Pure. Whether what an SSH server has said ends with this, so that it is its greeting. */
export const isBanner = (said: string): boolean => said.trimEnd().endsWith(TEXT.trimEnd());

/** Pure. */
export const withoutBanner = (content: string): string => content.replace(TEXT, '');
