import { createHash } from 'node:crypto';
import { html, type Markup, trusted } from './markup.js';
import { STYLE } from './style.js';

/** The page may fetch nothing and run nothing: it applies this one style sheet, and not even a style attribute beside it. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The document around the content. Telephones would make links of what looks like a number to them. */
export function page(title: string, head: Markup, main: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
${head}<main>
${main}</main>
<footer class="small">No passwords and no private keys are in here. But it names accounts, ports and keys: give it to people you trust.</footer>
</html>
`;
}
