import { verbatim } from '../../../sh.js';
import { DIGEST } from '../cookie.js';
import { type Erlang, erl } from '../erlang.js';
import { LICENCE, type Licence, parseLicence } from './licence.js';
import { plain } from './managed.js';

/** What a running node of 5.x or 6.x does, whatever its files say. */
export interface Running {
  /** undefined: this edition has none. */
  licence: Licence | undefined;
  /** digestOf() its cookie. */
  cookie: string | undefined;
  /** Values of managed keys, in the form of plain() or, where they are long, as `sha256:` and their digest; UNKNOWN where it has none. */
  values: ReadonlyMap<string, string>;
  /** Listeners of MQTT (`ssl:default`) and of gateways (`coap:dtls:default`). */
  listeners: readonly { id: string; enabled: boolean; asks: boolean; bind: string }[];
  /** Authenticators by chain, such as `mqtt:global`, `ssl:default`, `coap:global`; undefined where it did not report them. */
  chains: ReadonlyMap<string, readonly { id: string; enabled: boolean }[]> | undefined;
  /** Gateways that are switched on. */
  gateways: readonly string[];
  /** Sources of authorization in their order, those that are off included; undefined where it did not report them. */
  sources: readonly { type: string; enabled: boolean; path: string }[] | undefined;
  /** Names of the variables in its environment that are about settings: these win over all files. */
  environment: readonly string[];
}

/** In place of a value that the node does not have. */
export const UNKNOWN = 'unknown';

/** Longer values are reported as a digest: an atom of Erlang has at most 255 characters. */
export const LONGEST = 100;

/**
 * Erlang terms that parseRunning understands. Everything in one program, as each `emqx eval` costs the server 1.4 s (measured with 6.2.2);
 * each fact one atom, as `emqx eval` breaks all other terms into lines. Modules and keys: emqx_conf, emqx_authn_chains.erl (before 5.4
 * emqx_authentication.erl), emqx_authz_file_schema.erl, emqx_security_profile.erl at v5.0.26, v5.8.9, 6.2.2.
 * @param keys those to report, with dots
 */
export function running(keys: readonly string[]): Erlang {
  const paths = verbatim(`[${keys.map((key) => `[${key.replaceAll('.', ', ')}]`).join(', ')}]`);
  return erl`${LICENCE} | (fun() ->
  Digest = ${DIGEST},
  Plain = fun(Value) ->
    Sorted = case Value of [First | _] when not is_integer(First) -> lists:sort(Value); _ -> Value end,
    [C || C <- lists:flatten(io_lib:format("~0p", [Sorted])), not lists:member(C, "\\"'<> ")]
  end,
  Short = fun(Text) -> case length(Text) > ${verbatim(String(LONGEST))} of true -> "sha256:" ++ Digest(Text); false -> Text end end,
  Fact = fun(Kind, Name, Value) -> list_to_atom(lists:sublist(Kind ++ " " ++ Name ++ "=" ++ Short(Plain(Value)), 255)) end,
  Join = fun(Names, By) -> string:join([atom_to_list(Name) || Name <- Names], By) end,
  Get = fun(Path, Default) -> try emqx_conf:get(Path) catch _:_ -> Default end end,
  Is = fun(Key, Map) -> maps:get(Key, Map, maps:get(enabled, Map, true)) =/= false end,
  Listeners = fun(Before, Types) ->
    [Fact("listener", Join(Before ++ [Type, Name], ":"), {Is(enable, One), maps:get(enable_authn, One, true), maps:get(bind, One, none)})
      || {Type, Named} <- maps:to_list(Types), is_map(Named), {Name, One} <- maps:to_list(Named), is_map(One)]
  end,
  Safe = fun(Facts) -> try Facts() catch _:_ -> [] end end,
  Gateways = [{Name, One} || {Name, One} <- Safe(fun() -> maps:to_list(Get([gateway], #{})) end), is_map(One), Is(enable, One)],
  Chains = case code:which(emqx_authn_chains) of non_existing -> emqx_authentication; _ -> emqx_authn_chains end,
  [Fact("cookie", "", Digest(atom_to_list(erlang:get_cookie())))]
  ++ [Fact("key", Join(Path, "."), Get(Path, ${verbatim(UNKNOWN)})) || Path <- ${paths}]
  ++ Safe(fun() -> [Fact("key", "security_profile", emqx_security_profile:profile())] end)
  ++ Safe(fun() -> Listeners([], Get([listeners], #{})) end)
  ++ [Fact("gateway", atom_to_list(Name), true) || {Name, _} <- Gateways]
  ++ Safe(fun() -> lists:append([Listeners([Name], maps:get(listeners, One, #{})) || {Name, One} <- Gateways]) end)
  ++ Safe(fun() ->
    {ok, All} = Chains:list_chains(),
    [Fact("chains", "", length(All)) | [Fact("authenticator", atom_to_list(Chain), {Id, Enable})
      || #{name := Chain, authenticators := List} <- All, #{id := Id, enable := Enable} <- List]]
  end)
  ++ Safe(fun() ->
    All = emqx_conf:get([authorization, sources]),
    [Fact("sources", "", length(All)) | [Fact("source", "", {maps:get(type, One), Is(enable, One), maps:get(path, One, none)}) || One <- All]]
  end)
  ++ Safe(fun() -> [Fact("environment", hd(string:split(Line, "=")), set) || "EMQX_" ++ _ = Line <- os:getenv(), string:find(hd(string:split(Line, "=")), "__") =/= nomatch] end)
end)()`;
}

/** Pure. @param terms the answer to running(), without the quotes of Erlang */
export function parseRunning([licence = '', ...facts]: readonly string[]): Running {
  const told = facts.map((fact) => {
    const [, kind = '', name = '', value = ''] = /^(\w+) ([^=]*)=(.*)$/s.exec(fact) ?? [];
    return { kind, name, value };
  });
  const of = (wanted: string) => told.filter(({ kind }) => kind === wanted);
  // {true,false,{{0,0,0,0},1883}}
  const parts = (value: string) => /^\{([^,]*),([^,]*)(?:,(.*))?\}$/.exec(value) ?? [];
  const chains = new Map<string, { id: string; enabled: boolean }[]>();
  for (const { name, value } of of('authenticator')) {
    const [, id = '', enabled] = parts(value);
    chains.set(name, [...(chains.get(name) ?? []), { id, enabled: enabled === 'true' }]);
  }
  return {
    licence: parseLicence(licence),
    cookie: of('cookie')[0]?.value,
    values: new Map(of('key').map(({ name, value }) => [name, plain(value)])),
    listeners: of('listener').map(({ name, value }) => {
      const [, enabled, asks, bind = ''] = parts(value);
      return { id: name, enabled: enabled === 'true', asks: asks !== 'false', bind: plain(bind) };
    }),
    chains: of('chains').length === 0 ? undefined : chains,
    gateways: of('gateway').map(({ name }) => name),
    sources:
      of('sources').length === 0
        ? undefined
        : of('source').map(({ value }) => {
            const [, type = '', enabled, path = ''] = parts(value);
            return { type, enabled: enabled === 'true', path };
          }),
    environment: of('environment').map(({ name }) => name),
  };
}
