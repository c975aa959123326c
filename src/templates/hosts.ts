const BEGIN = '# broker-setup: names of this server';
const END = '# broker-setup: end';

/**
 * /etc/hosts (or cloud-init's template of it) with the server's own names in both families, in a marked block at the top:
 * the first match wins, and sudo asks for both. Every other line stays. Doing it twice is doing it once.
 */
export function withOwnNames(hosts: string, names: { hostname: string; domain: string }): string {
  const own = [...new Set([names.domain, names.hostname])].join(' ');
  const block = `${BEGIN}\n127.0.1.1 ${own}\n::1 ${own}\n${END}\n`;
  const rest = hosts.replace(new RegExp(`^${BEGIN}\n[^]*?^${END}\n`, 'm'), '');
  // cloud-init wants its marker on the very first line of a template.
  const header = /^## ?template:.*\n/.exec(rest)?.[0] ?? '';
  return header + block + rest.slice(header.length);
}
