import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const LIB = 'usr/lib/emqx/lib/stand-in';

/**
 * Builds a Debian package that stands in for the vendor's of this version; see README.md beside this file.
 * @returns path of the .deb
 */
export async function buildStandIn(
  version: string,
  directory: string,
  options: { architecture?: string; depends?: string } = {},
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'emqx-stand-in-'));
  try {
    await chmod(root, 0o755);
    await (isSince(version, [5, 0]) ? layOutNew(root, version) : layOutOld(root, version));
    await layOutCommon(root, version);
    const name = isSince(version, [5, 9]) ? 'emqx-enterprise' : 'emqx';
    const architecture =
      options.architecture ?? (await execa('dpkg', ['--print-architecture'])).stdout.trim();
    await control(root, [
      `Package: ${name}`,
      `Version: ${version}`,
      `Architecture: ${architecture}`,
      'Maintainer: broker-setup tests <root@localhost>',
      `Depends: ${options.depends ?? 'adduser, mosquitto, python3, erlang-base, erlang-mnesia, erlang-ssl'}`,
      'Section: net',
      'Priority: optional',
      'Description: stand-in for EMQX, for tests only',
      ' Behaves like EMQX where broker-setup relies on it. It is not EMQX.',
    ]);
    await mkdir(directory, { recursive: true });
    const deb = join(directory, `${name}_${version}_${architecture}.deb`);
    await execa('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', root, deb]);
    return deb;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const isSince = (version: string, since: [number, number]) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > since[0] || (major === since[0] && minor >= since[1]);
};

/** Packages of 4.x to 5.8 are built by rebar, later ones by mix, each with a cookie of its own (rebar.config.erl at v5.8.9, mix.exs at 6.2.2). */
const defaultCookie = (version: string) => (isSince(version, [5, 9]) ? 'emqx50elixir' : 'emqxsecretcookie');

const copy = (from: string, to: string) => cp(join(HERE, from), to, { recursive: true });

async function lay(root: string, path: string, text: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
}

/** 4.3 and 4.4. */
async function layOutOld(root: string, version: string): Promise<void> {
  const is44 = isSince(version, [4, 4]);
  const conf = await readFile(join(HERE, 'etc/v4/emqx.conf'), 'utf8');
  await lay(
    root,
    'etc/emqx/emqx.conf',
    conf.replace('@wss-max-connections@', is44 ? '102400' : '16') +
      (is44
        ? 'node.dist_use_interface = 0.0.0.0\nlistener.ssl.external.cacertfile = /etc/emqx/certs/cacert.pem\n'
        : ''),
  );
  await copy('etc/v4/acl.conf', join(root, 'etc/emqx/acl.conf'));
  await copy('etc/v4/plugins', join(root, 'etc/emqx/plugins'));
  await lay(root, 'var/lib/emqx/loaded_plugins', await readFile(join(HERE, 'etc/v4/loaded_plugins'), 'utf8'));
  await lay(
    root,
    'var/lib/emqx/loaded_modules',
    '{emqx_mod_acl_internal, true}.\n{emqx_mod_presence, true}.\n',
  );
  await copy('node/v4', join(root, LIB));
  await lay(
    root,
    `usr/lib/emqx/releases/${version}/emqx.schema`,
    `%% lib/stand-in/keys4.py stands for the rest
{mapping, "node.cookie", "vm_args.-setcookie", [
  {default, "emqxsecretcookie"},
  {override_env, "NODE_COOKIE"}
]}.
`,
  );
  if (is44) await copy('debian/forking.service', join(root, 'lib/systemd/system/emqx.service'));
  else await copy('debian/emqx.init', join(root, 'etc/init.d/emqx'));
}

/** 5.x and 6.x. */
async function layOutNew(root: string, version: string): Promise<void> {
  const etc = (name: string) => readFile(join(HERE, 'etc/v5', name), 'utf8');
  const dashboard = await etc(isSince(version, [5, 2]) ? 'dashboard.conf' : 'dashboard-5.0.conf');
  const inBase = isSince(version, [6, 0]);
  const hasBase =
    isSince(version, [5, 9]) || (isSince(version, [5, 8]) && Number(version.split('.')[2]) >= 4);
  await lay(
    root,
    'etc/emqx/emqx.conf',
    (await etc('emqx.conf')).replace('@cookie@', defaultCookie(version)) + (inBase ? '' : dashboard),
  );
  if (hasBase) await lay(root, 'etc/emqx/base.hocon', (await etc('base.hocon')) + (inBase ? dashboard : ''));
  await lay(
    root,
    'etc/emqx/acl.conf',
    (await etc('acl.conf')).replace('@all@', inBase ? '{security_profile, legacy}' : 'all'),
  );
  if (hasBase) {
    const more = inBase ? ',namespace' : '';
    await lay(root, 'etc/emqx/auth-built-in-db-bootstrap.csv', `user_id,password,is_superuser${more}\n`);
  }
  await copy('node/v5', join(root, LIB));
  if (!isSince(version, [6, 2])) await rm(join(root, LIB, 'emqx_security_profile.erl'));
  if (!isSince(version, [5, 4])) {
    const chains = await readFile(join(HERE, 'node/v5/emqx_authn_chains.erl'), 'utf8');
    await rm(join(root, LIB, 'emqx_authn_chains.erl'));
    const renamed = chains.replace('-module(emqx_authn_chains)', '-module(emqx_authentication)');
    await lay(root, `${LIB}/emqx_authentication.erl`, renamed);
  }
  await copy('debian/simple.service', join(root, 'lib/systemd/system/emqx.service'));
}

async function layOutCommon(root: string, version: string): Promise<void> {
  await copy('node/common', join(root, LIB));
  await copy('lib', join(root, LIB));
  await copy('bin', join(root, 'usr/lib/emqx/bin'));
  await rm(join(root, 'usr/lib/emqx/bin/escript'));
  for (const command of await readdir(join(root, 'usr/lib/emqx/bin'))) {
    await chmod(join(root, 'usr/lib/emqx/bin', command), 0o755);
  }
  await copy('bin/escript', join(root, 'usr/lib/emqx/erts-0/bin/escript'));
  await chmod(join(root, 'usr/lib/emqx/erts-0/bin/escript'), 0o755);
  await copy('etc/vm.args', join(root, 'etc/emqx/vm.args'));
  // 6.x comes without: rebar.config.erl at v5.8.9 copies them, mix.exs at 6.2.2 does not.
  if (!isSince(version, [6, 0])) await lay(root, 'etc/emqx/lwm2m_xml/LWM2M_Device.xml', '<LWM2M/>\n');
  await lay(root, 'usr/lib/emqx/releases/version', `${version}\n`);
  await lay(
    root,
    'usr/lib/emqx/releases/emqx_vars',
    `REL_VSN="${version}"
ERTS_VSN="0"
REL_NAME="emqx"
RUNNER_ROOT_DIR="/usr/lib/emqx"
RUNNER_BIN_DIR="/usr/bin"
RUNNER_LOG_DIR="/var/log/emqx"
RUNNER_LIB_DIR="/usr/lib/emqx/lib"
RUNNER_ETC_DIR="/etc/emqx"
RUNNER_DATA_DIR="/var/lib/emqx"
RUNNER_USER="emqx"
${isSince(version, [4, 4]) ? `EMQX_DEFAULT_ERLANG_COOKIE='${defaultCookie(version)}'\n` : ''}REL_DIR="$RUNNER_ROOT_DIR/releases/$REL_VSN"
ERTS_PATH="$RUNNER_ROOT_DIR/erts-$ERTS_VSN/bin"
`,
  );
  await mkdir(join(root, 'var/log/emqx'), { recursive: true });
  await mkdir(join(root, 'var/lib/emqx'), { recursive: true });
  await certificates(join(root, 'etc/emqx/certs'));
}

/** The vendor's are the same for everybody, with the key in the package; so are these. */
async function certificates(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const at = (name: string) => join(directory, name);
  const ca = ['-keyout', at('ca-key.pem'), '-out', at('cacert.pem'), '-subj', '/O=EMQX Stand-in/CN=RootCA'];
  const own = ['-keyout', at('key.pem'), '-out', at('cert.pem'), '-subj', '/O=EMQX Stand-in/CN=Server'];
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650'];
  await execa('openssl', [...make, ...ca]);
  await execa('openssl', [...make, ...own, '-CA', at('cacert.pem'), '-CAkey', at('ca-key.pem')]);
  await rm(at('ca-key.pem'));
  await chmod(at('key.pem'), 0o644);
}

async function control(root: string, lines: string[]): Promise<void> {
  const made = join(root, 'DEBIAN');
  await mkdir(made);
  await writeFile(join(made, 'control'), `${lines.join('\n')}\n`);
  for (const script of ['postinst', 'postrm']) {
    await copy(`debian/${script}`, join(made, script));
    await chmod(join(made, script), 0o755);
  }
  const conffiles = await filesIn(root, 'etc');
  await writeFile(join(made, 'conffiles'), conffiles.map((path) => `/${path}\n`).join(''));
  if (conffiles.includes('etc/init.d/emqx')) await chmod(join(root, 'etc/init.d/emqx'), 0o755);
}

async function filesIn(root: string, directory: string): Promise<string[]> {
  const entries = await readdir(join(root, directory), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
