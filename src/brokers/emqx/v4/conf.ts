import { type Context, definePart, type Finding, type Part } from '../../../engine/step.js';
import { BLANK, Secret, sh } from '../../../sh.js';
import type { AccountCode } from '../accounts.js';
import { block, withBlock } from '../block.js';
import { isOwners } from '../cookie.js';
import { dashboardProofs } from '../dashboard-proofs.js';
import { erl } from '../erlang.js';
import { EMQX, PORTS } from '../facts.js';
import { type FamilyView, findings, INNER_PORTS } from '../findings.js';
import { looseLimits } from '../limits.js';
import { isSinceItsFiles, needs, parse, probe, type Seen } from '../look.js';
import { nodeNameFindings } from '../node-name.js';
import type { WantedFile } from '../wanted-file.js';
import { broken, differing, edit, read, type Wanted } from './key-value.js';
import { edit as editPlugins, otherAccounts, starts } from './plugins.js';
import { differenceFindings, parseRunning, RUNNING, unansweredFindings } from './running.js';
import {
  bindsDashboard,
  type Contents,
  FILES,
  type FileId,
  isAlone,
  type Setting,
  settingsFor,
} from './settings.js';
import { validate } from './validate.js';

const LOADED_PLUGINS = `${EMQX.data}/loaded_plugins`;

/** Every client (emqx_access_rule.erl): those without an account were refused before. */
const EVERYONE = '{allow, {user, all}, pubsub, ["#"]}.';

/** The database of emqx_auth_mnesia (emqx_auth_mnesia_cli.erl). */
const code: AccountCode = {
  hasDevice: (name) =>
    erl`try mnesia:dirty_read(emqx_user, {username, ${name}}) of [] -> false; _ -> true catch _:_ -> false end`,
  addDevice: (name, password) => erl`begin
  mnesia:dirty_delete(emqx_user, {username, ${name}}),
  emqx_auth_mnesia_cli:add_user({username, ${name}}, ${password})
end`,
  // One database for all protocols.
  hasEverywhere: () => erl`true`,
  copyDevice: () => erl`ok`,
  running: RUNNING,
  hasShippedApplication: erl`emqx_mgmt_auth:get_appsecret(<<"admin">>) =:= <<"public">>`,
};

/** The dashboard of 4.x may answer 200 to right and wrong alike; then the code in the body tells (emqx_dashboard_api.erl). */
const login = {
  port: PORTS.dashboard,
  path: '/api/v4/auth',
  user: EMQX.admin,
  shipped: EMQX.shippedPassword,
  let(status: number, body: string): boolean | undefined {
    if (status === 401) return false;
    if (status !== 200) return undefined;
    return /"code":\s*0\b/.test(body);
  },
};

/** emqx_lwm2m_protocol.erl at v4.3.5 and v4.4.19: it asks with neither user name nor password, whatever the device sent. */
const LWM2M: Finding = {
  id: 'conf-edits.lwm2m-accounts',
  level: 'warn',
  summary:
    'EMQX 4 cannot ask LwM2M devices for a password, and so, as nobody is let in without one, lets none in.',
  hint: 'Take EMQX 5.8.9 for LwM2M, or leave lwm2m out of protocols.',
};

const CONF_FILES = sh`${Object.values(FILES)} ${EMQX.acl} ${EMQX.vm} ${LOADED_PLUGINS}`;

/** emqx.conf and the files of the plugins, edited key by key; accounts, in the running node. */
export function conf(version: string): Part {
  return definePart<Seen>({
    needs: () => needs(CONF_FILES),
    probe: (asking) => probe(CONF_FILES, code, asking),
    parse,
    check: (seen, context) => findings(seen, context, view(seen, version, context)),
    // Where such a plugin is broken or does not answer, all clients are refused.
    inventory: ({ files }) => ({
      refusesFirst: otherAccounts(files.get(LOADED_PLUGINS)?.content ?? '').map(
        (plugin) => `it looks accounts up through ${plugin} as well`,
      ),
    }),
    proofs: (context) => (context.settings.dashboard === 'public' ? dashboardProofs(login, context) : []),
  });
}

function view(seen: Seen, version: string, context: Context): FamilyView {
  const contents = contentsOf(seen);
  const plugins = seen.files.get(LOADED_PLUGINS);
  const cookie = read(contents.conf ?? '').get('node.cookie');
  const keepsCookie = seen.installed ? isOwners(cookie, seen.shippedCookies) : cookie !== undefined;
  const settings = settingsFor(version, context, contents, seen.bothFamilies, keepsCookie);
  const live = isSinceItsFiles(seen) && seen.running !== undefined ? parseRunning(seen.running) : undefined;
  const lacking = settings.filter(
    (setting) => !holds(setting, contents, plugins?.content ?? '', seen.files.get(EMQX.vm)?.content ?? ''),
  );
  const held = (id: Setting['id']) => !lacking.some((setting) => setting.id === id);
  const tunnel = context.settings.dashboard === 'tunnel';
  return {
    version,
    code,
    validate,
    everyone: EVERYONE,
    broken: [
      ...unreadable(contents),
      ...nodeNameFindings(read(contents.conf ?? '').get('node.name'), seen.nodes),
    ],
    lacking,
    files: wanted(seen, settings, contents),
    open: [
      ...(tunnel && !bindsDashboard(version) ? [`the dashboard (${PORTS.dashboard})`] : []),
      ...(isAlone(read(contents.conf ?? '')) ? [] : [INNER_PORTS]),
    ],
    overruled: live === undefined ? [] : differenceFindings(live, cookie, seen.shippedCookies, held),
    warnings: (settled) => [
      ...(settled && live !== undefined ? unansweredFindings(live) : []),
      ...(context.settings.protocols.includes('lwm2m') ? [LWM2M] : []),
      ...looseLimits(new Map([[FILES.conf, contents.conf ?? '']])),
    ],
  };
}

function contentsOf({ files }: Seen): Contents {
  return Object.fromEntries(
    Object.entries(FILES).flatMap(([id, path]) => {
      const file = files.get(path);
      return file ? [[id, file.content]] : [];
    }),
  );
}

/** Files that EMQX would not start with: only a person knows what was meant. */
function unreadable(contents: Contents): Finding[] {
  return Object.entries(contents).flatMap(([id, content]) =>
    broken(content).map(
      ({ line, text }): Finding => ({
        id: 'conf-edits.broken-line',
        level: 'stop',
        summary: `Line ${line} of ${FILES[id as FileId]} is neither a comment nor “key = value”: ${text.slice(0, 60)}`,
        hint: 'Correct it, or put a # at its beginning, and run this again. Nothing was changed in that file.',
      }),
    ),
  );
}

function holds(
  { keys, plugins: wanted, argument }: Setting,
  contents: Contents,
  loaded: string,
  vm: string,
): boolean {
  return (
    (argument === undefined || block(vm) === argument) &&
    Object.entries(keys ?? {}).every(
      ([id, one]) => differing(contents[id as FileId] ?? '', one).length === 0,
    ) &&
    Object.entries(wanted ?? {}).every(([name, on]) => starts(loaded, name) === on)
  );
}

function wanted({ files }: Seen, settings: readonly Setting[], contents: Contents): WantedFile[] {
  const edited = (Object.keys(FILES) as FileId[]).flatMap((id): WantedFile[] => {
    const keys: Wanted = Object.assign({}, ...settings.map((setting) => setting.keys?.[id] ?? {}));
    const path = FILES[id];
    const content = contents[id];
    if (content === undefined && Object.keys(keys).length === 0) return [];
    const text = edit(content ?? '', keys);
    if (id !== 'conf') return [{ path, content: text, mode: files.get(path)?.mode ?? '0644' }];
    return [{ path, content: new Secret(text, masked(text)), before: masked(content ?? ''), mode: '0640' }];
  });
  const on: Record<string, boolean> = Object.assign({}, ...settings.map(({ plugins }) => plugins ?? {}));
  const loaded = files.get(LOADED_PLUGINS);
  const vm = files.get(EMQX.vm);
  const argument = settings.flatMap((setting) => setting.argument ?? []).join('\n');
  return [
    ...edited,
    ...(vm || argument !== ''
      ? [{ path: EMQX.vm, content: withBlock(vm?.content ?? '', argument), mode: vm?.mode ?? '0644' }]
      : []),
    { path: LOADED_PLUGINS, content: editPlugins(loaded?.content ?? '', on), mode: loaded?.mode ?? '0644' },
  ];
}

/** Every cookie blanked, in comments as well, and nothing else. */
function masked(content: string): string {
  return content.replaceAll(/^([ \t#]*node\.cookie\s*=[ \t]*)[^\r\n#]*[^\s#]/gm, `$1${BLANK}`);
}
