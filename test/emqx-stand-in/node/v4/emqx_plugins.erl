%% Plugins: each reads its own file in /etc/emqx/plugins when it is loaded.
-module(emqx_plugins).
-export([init/0, load_those_in_file/0, load/1, started/0, plugins/1, listeners/1]).

-define(LOADED, "/var/lib/emqx/loaded_plugins").
-define(KNOWN, [emqx_auth_mnesia, emqx_bridge_mqtt, emqx_coap, emqx_dashboard, emqx_lwm2m, emqx_management,
    emqx_modules, emqx_prometheus, emqx_recon, emqx_retainer, emqx_rule_engine, emqx_stomp, emqx_telemetry]).

init() ->
    persistent_term:put(?MODULE, []),
    emqx_ctl:register_command(plugins, ?MODULE, plugins),
    emqx_ctl:register_command(listeners, ?MODULE, listeners).

started() -> persistent_term:get(?MODULE).

load_those_in_file() -> [start(Name) || Name <- read()].

load(Name) ->
    case {lists:member(Name, ?KNOWN), lists:member(Name, started())} of
        {false, _} -> {error, not_found};
        {_, true} -> {error, already_started};
        _ ->
            case start(Name) of
                ok -> keep(Name);
                Error -> Error
            end
    end.

start(Name) ->
    Out = lists:concat(["/var/lib/emqx/configs/", Name, ".plan"]),
    case os:cmd(lists:concat(["/usr/lib/emqx/bin/configuration plugin ", Name, " ", Out, " 2>&1"])) of
        "" ->
            {ok, [Plan]} = file:consult(Out),
            start(Name, Plan),
            [ok = standin_listener:open(L) || L <- maps:get(listeners, Plan, [])],
            persistent_term:put(?MODULE, started() ++ [Name]);
        Why ->
            standin:log("Load plugin ~s failed: ~s", [Name, Why]),
            {error, parse_config_file_failed}
    end.

start(emqx_dashboard, Plan) ->
    persistent_term:put({emqx_dashboard, default_user}, maps:get(default_user, Plan)),
    emqx_ctl:register_command(admins, emqx_dashboard_admin, admins),
    emqx_dashboard_admin:add_default_user();
start(emqx_management, #{default_app := App}) ->
    emqx_ctl:register_command(mgmt, emqx_mgmt_auth, mgmt),
    emqx_mgmt_auth:add_default_app(App);
start(emqx_auth_mnesia, #{password_hash := Hash, users := Users}) ->
    standin:table(emqx_user, emqx_user, [login, password, created_at]),
    persistent_term:put({emqx_auth_mnesia, password_hash}, Hash),
    emqx_ctl:register_command(user, emqx_auth_mnesia_cli, auth_username_cli),
    emqx_ctl:register_command(clientid, emqx_auth_mnesia_cli, auth_clientid_cli),
    [emqx_auth_mnesia_cli:add_user({Kind, Id}, Password) || {Kind, Id, Password} <- Users];
start(_, _) -> ok.

%% Both spellings are allowed: {name, true}. and name.
read() ->
    case file:consult(?LOADED) of
        {ok, Names} -> lists:filtermap(fun({N, On}) -> On andalso {true, N}; (N) -> {true, N} end, Names);
        _ -> []
    end.

keep(Name) ->
    Names = read(),
    case lists:member(Name, Names) of
        true -> ok;
        false -> file:write_file(?LOADED, [io_lib:format("~p.~n", [N]) || N <- Names ++ [{Name, true}]])
    end.

plugins(["list"]) ->
    [emqx_ctl:print("Plugin(~s, description=stand-in, active=~s)~n", [N, lists:member(N, started())]) || N <- ?KNOWN];
plugins(["load", Name]) ->
    case load(list_to_atom(Name)) of
        ok -> emqx_ctl:print("Plugin ~s loaded successfully.~n", [Name]);
        {error, Reason} -> emqx_ctl:print("Load plugin ~s error: ~p.~n", [Name, Reason])
    end;
plugins(_) -> emqx_ctl:usage([{"plugins list", "Show loaded plugins"}, {"plugins load <Plugin>", "Load plugin"}]).

%% In 4.3.5 a restart of a listener changes nothing that can be seen from outside.
listeners(["restart", Id]) -> emqx_ctl:print("Restarted ~s listener successfully.~n", [Id]);
listeners(_) -> emqx_ctl:usage([{"listeners restart <Identifier>", "Restart a listener"}]).
