import { fileURLToPath } from 'node:url';
import rollupPluginLicense from 'rollup-plugin-license';
import { defineConfig } from 'tsdown';
// With its own ending, as newer versions of Node load this file without a compiler.
import { licences } from './scripts/licences.ts';

// Its types speak of an ES module, but it is CommonJS: the import is the function itself.
const license = rollupPluginLicense as unknown as typeof rollupPluginLicense.default;

/**
 * Every package that may end up in what we publish, ours and theirs. The build fails when one comes in that
 * is not listed: whoever adds it here has looked at what it is.
 */
const bundled = `
  @inquirer/ansi @inquirer/confirm @inquirer/core @inquirer/figures @inquirer/input @inquirer/password
  @inquirer/prompts @inquirer/select @inquirer/type @sec-ant/readable-stream @sindresorhus/merge-streams
  ansi-escapes ansi-regex ansi-styles asn1 bcrypt-pbkdf bl chalk cli-cursor cli-truncate cli-width
  colorette commander cross-spawn debug diff emoji-regex environment eventemitter3 execa
  fast-string-truncated-width fast-string-width fast-wrap-ansi figures get-east-asian-width get-stream
  human-signals inherits is-fullwidth-code-point is-plain-obj is-stream is-unicode-supported isexe listr2
  log-update lru-cache mimic-function mqtt mqtt-packet ms mute-stream node-ssh npm-run-path onetime
  parse-ms path-key pretty-ms process-nextick-args restore-cursor rfdc safer-buffer shebang-command
  shebang-regex shell-escape shlex signal-exit slice-ansi ssh2 string-width strip-ansi strip-final-newline
  unicorn-magic valibot which wrap-ansi ws yaml yoctocolors
`;

const standIn = (name: string) => fileURLToPath(new URL(`./scripts/stand-ins/${name}.ts`, import.meta.url));

/** What our libraries never get to, or Node has itself. Each stand-in says why; one that is reached after all fails and says so. */
const alias = {
  // Node's own streams, copied for browsers. It hands out the real ones itself where READABLE_STREAM=disable asks for them.
  'readable-stream': 'node:stream',
  'make-dir': standIn('folders'),
  'sb-promise-queue': standIn('folders'),
  'sb-scandir': standIn('folders'),
  socks: standIn('socks'),
  tweetnacl: standIn('tweetnacl'),
  'worker-timers': standIn('worker-timers'),
};

export default defineConfig({
  entry: ['src/cli.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  fixedExtension: false,
  minify: true,
  // ssh2 looks for its WebAssembly beside itself, through __dirname, which ES modules lack.
  shims: true,
  alias,
  // Small, and loaded whatever was asked for: each file of its own costs Node about 2 ms before `--help` is on the screen.
  outputOptions: {
    codeSplitting: {
      groups: [{ name: 'always', test: /src\/(errors|sanitize|replaced|version|terminal\/screen)\.ts$/ }],
    },
  },
  deps: {
    onlyBundle: bundled.trim().split(/\s+/),
    // ssh2 tries its native parts and debug the colours of a terminal; both do without where they are missing.
    neverBundle: ['cpu-features', 'supports-color', /\.node$/],
  },
  plugins: [
    license({
      thirdParty: {
        allow: {
          test: '(MIT OR ISC OR BSD-2-Clause OR BSD-3-Clause OR Apache-2.0 OR Unlicense OR 0BSD)',
          failOnUnlicensed: true,
          failOnViolation: true,
        },
        multipleVersions: true,
        output: { file: 'dist/THIRD-PARTY-LICENSES', template: (packages) => licences(packages) },
      },
    }),
  ],
});
