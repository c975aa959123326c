import { between } from './block.js';

/** Frames what is ours in acl.conf; the rest of the file is the user's. */
export const BEGIN = '%% BEGIN broker-setup: accounts may use all topics, everything else is refused';
const END = '%% END broker-setup';

/** Lines that the package ships and that open more than accounts: everything to all, and everything to programs on the server itself. */
const SHIPPED = [
  /^\{allow,\s*(?:all|\{security_profile,\s*legacy\})\}\./,
  /^\{allow,\s*\{ipaddrs?,\s*\[?"(?:127\.0\.0\.1|::1)"(?:,\s*"(?:127\.0\.0\.1|::1)")*\]?\},\s*(?:pubsub|all),\s*\[[^\]]*"#"[^\]]*\]\}\./,
];

/**
 * Pure. acl.conf (emqx_access_rule.erl in 4.x, emqx_authz_rule.erl since 5.0) ending in a refusal: of its rules the first that
 * fits decides, and clients with an account are allowed just before. Rules of the user's own stay where they are.
 * @param everyone how the version spells "every client": by then each has logged in, as anonymous ones are refused before
 */
export function refuseAtTheEnd(content: string, everyone: string): string {
  const found = between(content, BEGIN, END);
  const theirs = found ? [...found.before, ...found.after] : content.split('\n');
  const opened = theirs.map((line) => (SHIPPED.some((rule) => rule.test(line.trim())) ? `%% ${line}` : line));
  while (opened.at(-1) === '') opened.pop();
  return [...opened, '', BEGIN, everyone, '{deny, all}.', END, ''].join('\n');
}

/** Pure. Whether a rule of acl.conf, or one for a listener in emqx.conf, is for IPv4 addresses, and none is for them as IPv6 has them. */
export function namesIpv4(content: string): boolean {
  const rules = content
    .split('\n')
    .filter((line) => /^[^%#]*(?:\{ipaddrs?,|\baccess(?:_rules|\.\d+)\b)/.test(line));
  return (
    rules.some((rule) => /(?<![\d.:])\d+(?:\.\d+){3}/.test(rule)) &&
    !rules.some((rule) => /::ffff:/i.test(rule))
  );
}
