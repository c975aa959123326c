/** `{emqx_retainer, true}.` as the package ships it, or `emqx_retainer.` as EMQX itself writes it (emqx_plugins.erl). */
const PLUGIN = /^(?<bare>[a-z]\w*)\.$|^\{(?<name>[a-z]\w*),\s*(?<on>true|false)\}\.$/;

/** Pure. Whether a file loaded_plugins starts a plugin. */
export function starts(content: string, plugin: string): boolean {
  return content.split('\n').some((line) => {
    const { bare, name, on } = PLUGIN.exec(line.trim())?.groups ?? {};
    return bare === plugin || (name === plugin && on === 'true');
  });
}

/** Pure. The plugins that look accounts up elsewhere than in the built-in database (emqx_auth_http, emqx_auth_pgsql …). */
export const otherAccounts = (content: string): string[] =>
  [...new Set(content.match(/\bemqx_auth_\w+/g))].filter(
    (plugin) => plugin !== 'emqx_auth_mnesia' && starts(content, plugin),
  );

/** Pure. The file with these plugins started or not, and every other line as it was. */
export function edit(content: string, wanted: Readonly<Record<string, boolean>>): string {
  return Object.entries(wanted)
    .filter(([plugin, on]) => starts(content, plugin) !== on)
    .reduce((text, [plugin, on]) => set(text, plugin, on), content);
}

function set(content: string, plugin: string, on: boolean): string {
  const others = content.split('\n').filter((line) => {
    const { bare, name } = PLUGIN.exec(line.trim())?.groups ?? {};
    return bare !== plugin && name !== plugin;
  });
  while (others.at(-1) === '') others.pop();
  return [...others, `{${plugin}, ${on}}.`, ''].join('\n');
}
