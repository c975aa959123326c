import { type Context, definePart, type Part } from '../../../engine/step.js';
import { dashboardProofs } from '../../../proofs/dashboard.js';
import { BLANK, Secret, sh } from '../../../sh.js';
import type { AccountCode } from '../accounts.js';
import { block, withBlock } from '../block.js';
import { asEmqx, erl } from '../erlang.js';
import { EMQX, PORTS } from '../facts.js';
import { type FamilyView, findings, type WantedFile } from '../findings.js';
import { parse, probe, type Seen } from '../look.js';
import { bindsRpc, FILES, type Layer, type Setting, settingsFor } from './settings.js';

/** Every client with a name (emqx_authz_rule.erl): clients without one were refused before. */
const EVERYONE = '{allow, {username, {re, "^.+$"}}, all, ["#"]}.';

/** The cookies that packages have shipped with (bin/emqx at the tags). */
const SHIPPED_COOKIES: readonly string[] = ['emqxsecretcookie', 'EMQXSECRETCOOKIE'];

/** The built-in database (emqx_authn_mnesia.erl); the module in front of it got another name in 5.3. */
const code: AccountCode = {
  hasDevice: (name) =>
    erl`try lists:any(fun({_, User}) -> User =:= ${name}; (_) -> false end, mnesia:dirty_all_keys(emqx_authn_mnesia)) catch _:_ -> false end`,
  addDevice: (name, password) => erl`begin
  Chains = case code:which(emqx_authn_chains) of non_existing -> emqx_authentication; _ -> emqx_authn_chains end,
  case Chains:add_user('mqtt:global', <<"password_based:built_in_database">>, #{user_id => ${name}, password => ${password}, is_superuser => false}) of
    {ok, _} -> ok;
    Answer -> Answer
  end
end`,
  hasShippedApplication: erl`false`,
};

/** emqx_dashboard_api.erl: 200 with a token, or 401. */
const login = {
  port: PORTS.dashboard,
  path: '/api/v5/login',
  user: EMQX.admin,
  shipped: EMQX.shippedPassword,
  let: (status: number): boolean | undefined => (status === 200 ? true : status === 401 ? false : undefined),
};

/** A block of our own in emqx.conf and base.hocon; accounts, in the running node. */
export function conf(version: string): Part {
  return definePart<Seen>({
    probe: (asking) => probe(sh`${Object.values(FILES)} ${EMQX.acl}`, code, asking),
    parse,
    check: (seen, context) => findings(seen, context, view(seen, version, context)),
    proofs: (context) => (context.settings.dashboard === 'public' ? dashboardProofs(login, context) : []),
  });
}

function view(seen: Seen, version: string, context: Context): FamilyView {
  const settings = settingsFor(version, context, isOurCookie(seen));
  return {
    version,
    code,
    validate: asEmqx('emqx check_config'),
    everyone: EVERYONE,
    broken: [],
    lacking: settings.filter((setting) => !holds(setting, seen)),
    files: wanted(seen, settings, context),
    open: bindsRpc(version) ? [] : [`its inner port ${PORTS.rpc}`],
  };
}

/** A cookie that the owner has chosen stays; one that is known to everybody, and none at all, does not. */
function isOurCookie({ files }: Seen): boolean {
  const theirs = withBlock(files.get(FILES.conf)?.content ?? '', '');
  const cookie = [...theirs.matchAll(COOKIE)].at(-1)?.groups?.value;
  return cookie === undefined || SHIPPED_COOKIES.includes(cookie);
}

/** Wherever it stands in a line, but not in a comment; of two the last counts. */
const COOKIE =
  /^(?<key>[^#\n]*?(?<![\w.-])(?:node\.)?cookie[ \t]*[=:][ \t]*"?)(?<value>[^"\s#,}][^"\n#,}]*)/gm;

const masked = (content: string): string => content.replaceAll(COOKIE, `$<key>${BLANK}`);

/** What our file for the cookie says, where it is a cookie that nobody else knows. */
function ownCookie({ files }: Seen): string | undefined {
  const cookie = /^node\.cookie = "([^"\n]+)"\n$/.exec(files.get(FILES.cookie)?.content ?? '')?.[1];
  return cookie === undefined || SHIPPED_COOKIES.includes(cookie) ? undefined : cookie;
}

function holds({ id, layer, text }: Setting, seen: Seen): boolean {
  const { files } = seen;
  if (id === 'cookie' && ownCookie(seen) === undefined) return false;
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
  if (!settings.some(({ id }) => id === 'cookie')) return blocks;
  const line = (value: string) => `node.cookie = "${value}"\n`;
  const content = line(ownCookie(seen) ?? secrets.nodeCookie.reveal());
  const before = files.has(FILES.cookie) ? { before: line(BLANK) } : {};
  return [
    { path: FILES.cookie, content: new Secret(content, line(BLANK)), ...before, mode: '0600' },
    ...blocks,
  ];
}
