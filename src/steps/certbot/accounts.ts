import { type Sh, sh } from '../../sh.js';
import { accountsFolder } from './paths.js';

/** Tells `account=JSON` for each account that certbot has with this ACME directory (certbot, _internal/account.py: regr.json). */
export function tellAccounts(directory: string): Sh {
  return sh`for file in ${accountsFolder(directory)}/*/regr.json; do
  if [ -f "$file" ] && IFS= read -r line <"$file" || [ -n "\${line:-}" ]; then printf 'account=%s\n' "$line"; fi
  line=
done`;
}

/** Pure. The URLs of these accounts. */
export function parseAccounts(stdout: string): string[] {
  return [...stdout.matchAll(/^account=(.+)$/gm)].flatMap(([, json = '']) => {
    try {
      const { uri } = JSON.parse(json) as { uri?: unknown };
      return typeof uri === 'string' ? [uri] : [];
    } catch {
      return [];
    }
  });
}
