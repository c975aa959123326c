import type { FindingName } from '../../../catalogue/index.js';
import { type Context, definePart, type Finding, type Part } from '../../../engine/step.js';
import { besidesMqtt } from '../../../settings/emqx-protocols.js';
import { isSince } from '../../../settings/emqx-versions.js';
import type { Settings } from '../../../settings/schema.js';
import { BLANK, Secret, sh, verbatim } from '../../../sh.js';
import type { AccountCode } from '../accounts.js';
import { block, withBlock } from '../block.js';
import { isOwners } from '../cookie.js';
import { dashboardProofs } from '../dashboard-proofs.js';
import { asEmqx, type Erlang, erl } from '../erlang.js';
import { EMQX, PORTS } from '../facts.js';
import { type FamilyView, findings, INNER_PORTS } from '../findings.js';
import { looseLimits, mentioned } from '../limits.js';
import { isSinceItsFiles, needs, parse, probe, type Seen } from '../look.js';
import { DEFAULT_NODE, nodeNameFindings } from '../node-name.js';
import type { WantedFile } from '../wanted-file.js';
import { cookieDifferences, masked, ownCookie, ownersCookie } from './cookie.js';
import { differenceFindings, unansweredFindings } from './difference-findings.js';
import { differencesOf, NO_MATCH, refusals } from './differences.js';
import { licenceFacts, licenceFindings } from './licence.js';
import { managedBy } from './managed.js';
import { parseRunning, type Running, running } from './running.js';
import type { Layer, Setting } from './setting.js';
import { FILES, hidesMetrics, settingsFor } from './settings.js';

/** Every client with a name (emqx_authz_rule.erl): clients without one were refused before. */
const EVERYONE = '{allow, {username, {re, "^.+$"}}, all, ["#"]}.';

/**
 * The built-in database (emqx_authn_mnesia.erl); the module in front of it got another name in 5.3. MQTT and each gateway have a chain
 * of accounts of their own; the device's is copied as it is kept, so that one password opens all of them.
 */
function codeFor(protocols: Settings['protocols'], keys: readonly string[]): AccountCode {
  const gateways = besidesMqtt(protocols).map((name) => `'${name}:global'`);
  const chains = verbatim(`[${gateways.join(', ')}]`);
  const copy = (name: string) => erl`begin
  [Account] = mnesia:dirty_read(emqx_authn_mnesia, {'mqtt:global', ${name}}),
  lists:foreach(fun(Chain) -> mnesia:dirty_write(emqx_authn_mnesia, setelement(2, Account, {Chain, ${name}})) end, ${chains})
end`;
  return {
    hasDevice: (name) => has(verbatim("['mqtt:global']"), name),
    addDevice: (name, password) => erl`begin
  lists:foreach(fun(Chain) -> mnesia:dirty_delete(emqx_authn_mnesia, {Chain, ${name}}) end, ['mqtt:global' | ${chains}]),
  Chains = case code:which(emqx_authn_chains) of non_existing -> emqx_authentication; _ -> emqx_authn_chains end,
  case Chains:add_user('mqtt:global', <<"password_based:built_in_database">>, #{user_id => ${name}, password => ${password}, is_superuser => false}) of
    {ok, _} -> ${copy(name)};
    Answer -> Answer
  end
end`,
    hasEverywhere: (name) => has(chains, name),
    copyDevice: copy,
    hasShippedApplication: erl`false`,
    running: running(keys),
  };
}

/** Whether an account is in all of these chains. */
function has(chains: Erlang, name: string): Erlang {
  return erl`try lists:all(fun(Chain) -> mnesia:dirty_read(emqx_authn_mnesia, {Chain, ${name}}) =/= [] end, ${chains}) catch _:_ -> false end`;
}

/** emqx_dashboard_api.erl: 200 with a token, or 401. */
export const login = {
  port: PORTS.dashboard,
  path: '/api/v5/login',
  user: EMQX.admin,
  shipped: EMQX.shippedPassword,
  let(status: number, body: string): boolean | undefined {
    if (status === 200) return true;
    return status === 401 && !body.includes('LOGIN_LOCKED') ? false : undefined;
  },
};

/** What was set in the dashboard. */
const CLUSTER = `${EMQX.data}/configs/cluster.hocon`;

const CONF_FILES = sh`${Object.values(FILES)} ${EMQX.acl} ${CLUSTER}`;

/** A block of our own in emqx.conf and base.hocon; accounts, in the running node. */
export function conf(version: string): Part {
  return definePart<Seen>({
    needs: () => needs(CONF_FILES),
    probe: (asking) => probe(CONF_FILES, codeFor(asking.settings.protocols, asked(version, asking)), asking),
    parse,
    check: (seen, context) => findings(seen, context, view(seen, version, context)),
    facts: (seen) => licenceFacts(runningOf(seen)?.licence),
    inventory: (seen) => ({ refusesFirst: refusals(runningOf(seen)) }),
    proofs: (context) =>
      context.settings.dashboard === 'public'
        ? dashboardProofs({ ...login, locks: isSince(version, '5.9.0') }, context)
        : [],
  });
}

/** The keys of which the running node is asked: all that are ever managed with these settings. */
function asked(version: string, asking: Pick<Context, 'settings' | 'broker'>): string[] {
  const settings = settingsFor(version, asking, { ownCookie: true, alone: true, bothFamilies: true });
  return [...new Set([...managedBy(settings).map(({ key }) => key), NO_MATCH])];
}

const runningOf = ({ running: terms }: Seen): Running | undefined =>
  terms === undefined ? undefined : parseRunning(terms);

function view(seen: Seen, version: string, context: Context): FamilyView {
  const alone = isAlone(seen);
  const isOwn = seen.installed && isOwners(ownersCookie(seen), seen.shippedCookies);
  const settingsWith = (fixed: ReadonlySet<Setting['id']>) =>
    settingsFor(version, context, {
      ownCookie: !isOwn,
      alone,
      nodeName: seen.installed && nodeName(seen) === undefined ? (seen.nodes[0] ?? DEFAULT_NODE) : undefined,
      bothFamilies: seen.bothFamilies,
      limited: mentioned([...theirs(seen).values()].join('\n')),
      fixed,
    });
  const fixedBefore = fixedIn(seen);
  const before = settingsWith(fixedBefore);
  const held = before.filter((setting) => holds(setting, seen));
  const live = isSinceItsFiles(seen) ? runningOf(seen) : undefined;
  const differences =
    live === undefined ? [] : [...cookieDifferences(live, seen), ...differencesOf(live, held)];
  const settings = settingsWith(
    new Set([...fixedBefore, ...differences.flatMap(({ id, ends }) => (ends === 'files' ? [id] : []))]),
  );
  return {
    version,
    code: codeFor(context.settings.protocols, []),
    validate: asEmqx('emqx check_config'),
    everyone: EVERYONE,
    broken: nodeNameFindings(nodeName(seen) ?? seen.nodes[0], seen.nodes),
    lacking: settings.filter((setting) => !holds(setting, seen)),
    files: wanted(seen, settings, context),
    open: alone ? [] : [INNER_PORTS],
    overruled: differenceFindings(differences, settings, seen.age),
    warnings: (settled) => [
      ...shortcomings(version, context),
      ...looseLimits(theirs(seen)),
      ...(settled && live !== undefined
        ? [...licenceFindings(live.licence, seen.age, context.now), ...unansweredFindings(live, held)]
        : []),
    ],
  };
}

/** Settings that an earlier run has written into emqx.conf because the dashboard had overruled them: they stay there. */
function fixedIn({ files }: Seen): ReadonlySet<Setting['id']> {
  const ours = `\n${block(files.get(FILES.conf)?.content ?? '') ?? ''}`;
  return new Set(
    (['authentication', 'authorization'] as const).filter((id) => new RegExp(`\\n${id} [{=]`).test(ours)),
  );
}

/** After an upgrade from a version that needed it. */
const NO_DROP_IN = '# Laid down by broker-setup: this EMQX needs nothing here.\n';

/** A node that others are to find must listen for them. */
function isAlone({ files }: Seen): boolean {
  const theirs = withBlock(files.get(FILES.conf)?.content ?? '', '');
  const host = nodeNameIn(theirs)?.split('@')[1];
  const strategy = [...theirs.matchAll(/^[^#\n]*?discovery_strategy[ \t]*[=:][ \t]*"?(\w+)/gm)].at(-1)?.[1];
  return (host ?? '127.0.0.1') === '127.0.0.1' && ['manual', 'singleton'].includes(strategy ?? 'manual');
}

/** The name that the owner or the package has given the node; of several the last counts. */
const nodeName = ({ files }: Seen): string | undefined =>
  nodeNameIn(withBlock(files.get(FILES.conf)?.content ?? '', ''));

function nodeNameIn(content: string): string | undefined {
  const names = content.matchAll(
    /^[^#\n]*?(?<![\w.-])(?:node\.)?name[ \t]*[=:][ \t]*"?([^"\s@{}]+@[^"\s,}]+)/gm,
  );
  return [...names].at(-1)?.[1];
}

/** What the owner's files say, by path. */
const theirs = ({ files }: Seen): ReadonlyMap<string, string> =>
  new Map(
    [FILES.conf, FILES.base, CLUSTER].map((path) => [path, withBlock(files.get(path)?.content ?? '', '')]),
  );

/** What this version cannot do, said where it matters. */
function shortcomings(version: string, { settings }: Context): Finding[] {
  const found: Finding[] = [];
  const warn = (id: FindingName<'conf-edits'>, summary: string, hint: string) =>
    found.push({ id: `conf-edits.${id}`, level: 'warn', summary, hint });
  if (settings.dashboard === 'public' && !hidesMetrics(version)) {
    warn(
      'metrics-open',
      `EMQX ${version} shows its metrics to everybody who reaches the dashboard, without a login.`,
      'Set “dashboard: tunnel”, or take 5.4.0 or newer.',
    );
  }
  if (besidesMqtt(settings.protocols).length > 0 && forgetsGatewayAccounts(version)) {
    warn(
      'gateway-accounts',
      `EMQX ${version} forgets the accounts for CoAP and LwM2M at each start.`,
      'Run this again after each one, which brings them back; or take 5.8.8 or newer.',
    );
  }
  return found;
}

/** Fixed by github.com/emqx/emqx/pull/15699, in 5.8.8, 5.10.4 and 6.0.0. */
const forgetsGatewayAccounts = (version: string): boolean =>
  !isSince(version, '5.8.8') || (isSince(version, '5.9.0') && !isSince(version, '5.10.4'));

function holds({ id, layer, text }: Setting, seen: Seen): boolean {
  const { files } = seen;
  if (id === 'cookie' && ownCookie(seen) === undefined) return false;
  if (layer === 'unit') return files.get(FILES.unit)?.content === text;
  return `\n${block(files.get(FILES[layer])?.content ?? '') ?? ''}\n`.includes(`\n${text}\n`);
}

function wanted(seen: Seen, settings: readonly Setting[], { secrets }: Context): WantedFile[] {
  const { files } = seen;
  const blocks = (['conf', 'base', 'vm'] as const satisfies readonly Layer[]).flatMap(
    (layer): WantedFile[] => {
      const path = FILES[layer];
      const file = files.get(path);
      const text = settings
        .filter((setting) => setting.layer === layer)
        .map((setting) => setting.text)
        .join('\n');
      if (!file && text === '') return [];
      const content = withBlock(file?.content ?? '', text);
      return [
        {
          path,
          content: new Secret(content, masked(content)),
          ...(file ? { before: masked(file.content) } : {}),
          mode: file?.mode ?? '0644',
        },
      ];
    },
  );
  const unit =
    settings.find(({ layer }) => layer === 'unit')?.text ?? (files.has(FILES.unit) ? NO_DROP_IN : undefined);
  if (unit !== undefined) blocks.push({ path: FILES.unit, content: unit, mode: '0644', owner: 'root:root' });
  if (!settings.some(({ id }) => id === 'cookie')) return blocks;
  const line = (value: string) => `node.cookie = "${value}"\n`;
  const content = line(ownCookie(seen) ?? secrets.nodeCookie.reveal());
  const before = files.has(FILES.cookie) ? { before: line(BLANK) } : {};
  return [
    { path: FILES.cookie, content: new Secret(content, line(BLANK)), ...before, mode: '0600' },
    ...blocks,
  ];
}
