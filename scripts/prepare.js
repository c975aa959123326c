// npm runs this in a clone: at the end of `npm ci`, when it packs, and when npx first runs the clone's own program.
// npx may do that before anyone ran `npm ci`. It must not fail then: npx would keep a half-made link to this folder
// and fail ever after with an ENOENT. The program itself says what to do.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (existsSync('node_modules/tsdown')) {
  execFileSync('npm', ['run', '--silent', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
