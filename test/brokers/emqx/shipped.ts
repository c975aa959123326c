import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { familyOf, isSince } from '../../../src/settings/emqx-versions.js';

/** Files of real packages, beside the repository and not in it. */
const REAL = new URL('../../../../shared/data/emqx-conf/', import.meta.url);

/** Small files of our own, which the stand-in for EMQX is built from. */
const OWN = new URL('../../emqx-stand-in/etc/', import.meta.url);

/** What a package lays down: path on the server → content. */
export interface Shipped {
  title: string;
  version: string;
  /** false where the files are not at hand. */
  there: boolean;
  files(): Map<string, string>;
}

const own = (name: string) => readFileSync(new URL(name, OWN), 'utf8');

function below(folder: URL, prefix: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] =>
    entry.isDirectory()
      ? below(new URL(`${entry.name}/`, folder), `${prefix}${entry.name}/`)
      : [[`${prefix}${entry.name}`, readFileSync(new URL(entry.name, folder), 'utf8')]],
  );
}

function real(version: string): Shipped {
  const root = new URL(`${version}/`, REAL);
  return {
    title: `the real files of ${version}`,
    version,
    there: existsSync(root),
    files: () =>
      new Map([
        // The sets lack it: the package makes it from a template.
        ['/etc/emqx/vm.args', own('vm.args')],
        ...below(new URL('etc/', root), '/etc/'),
        ...(familyOf(version) === 'v4' ? below(new URL('var/', root), '/var/') : []),
      ]),
  };
}

function small(version: string): Shipped {
  return {
    title: `small files like those of ${version}`,
    version,
    there: true,
    files: () => (familyOf(version) === 'v4' ? small4(version) : small5(version)),
  };
}

function small4(version: string): Map<string, string> {
  const is44 = isSince(version, '4.4.0');
  const conf = own('v4/emqx.conf').replace('@wss-max-connections@', is44 ? '102400' : '16');
  const plugins = below(new URL('v4/plugins/', OWN), '/etc/emqx/plugins/');
  return new Map([
    ['/etc/emqx/emqx.conf', is44 ? `${conf}node.dist_use_interface = 0.0.0.0\n` : conf],
    ['/etc/emqx/acl.conf', own('v4/acl.conf')],
    ['/etc/emqx/vm.args', own('vm.args')],
    ['/var/lib/emqx/loaded_plugins', own('v4/loaded_plugins')],
    ...plugins,
  ]);
}

function small5(version: string): Map<string, string> {
  const inBase = isSince(version, '6.0.0');
  const dashboard = own(isSince(version, '5.2.0') ? 'v5/dashboard.conf' : 'v5/dashboard-5.0.conf');
  // mix.exs and rebar.config.erl at the tags.
  const cookie = inBase ? 'emqx50elixir' : 'emqxsecretcookie';
  const all = inBase ? '{security_profile, legacy}' : 'all';
  return new Map([
    ['/etc/emqx/emqx.conf', own('v5/emqx.conf').replace('@cookie@', cookie) + (inBase ? '' : dashboard)],
    ['/etc/emqx/acl.conf', own('v5/acl.conf').replace('@all@', all)],
    ['/etc/emqx/vm.args', own('vm.args')],
    ...(isSince(version, '5.8.4')
      ? [['/etc/emqx/base.hocon', own('v5/base.hocon') + (inBase ? dashboard : '')] as const]
      : []),
  ]);
}

export const SHIPPED4 = [real('4.3.5'), real('4.4.19'), ...['4.3.5', '4.3.22', '4.4.19'].map(small)];
export const SHIPPED5 = [
  real('5.8.9'),
  real('6.2.2'),
  ...['5.0.26', '5.1.0', '5.7.2', '5.8.9', '6.2.2', '6.3.1'].map(small),
];

/** Our own files of that version. */
export const shipped = (version: string): Map<string, string> => small(version).files();
