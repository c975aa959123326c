%% The node: tables, accounts and listeners as the plan says that bin/configuration wrote from the configuration files.
-module(standin).
-export([start/0, plan/0, get/2, version/0, since/1, log/2, table/3]).

start() ->
    try boot() of
        _ -> io:format("EMQX stand-in ~s is running now!~n", [version()])
    catch
        _:Reason:Stack ->
            log("cannot start: ~0p ~0p", [Reason, Stack]),
            io:format("[error] cannot start: ~0p~n", [Reason]),
            halt(1, [{flush, true}])
    end.

boot() ->
    {ok, [[File]]} = init:get_argument(plan),
    {ok, [Plan]} = file:consult(File),
    persistent_term:put({?MODULE, plan}, Plan),
    emqx_ctl:init(),
    {ok, _} = application:ensure_all_started(ssl),
    _ = mnesia:create_schema([node()]),
    ok = mnesia:start(),
    standin_tables:open(),
    % The real node needs its seconds, too: who does not wait shall notice.
    timer:sleep(1500),
    standin_mosquitto:start(),
    [ok = standin_listener:open(L) || L <- get(listeners, [])],
    standin_tables:loaded(),
    ok.

plan() -> persistent_term:get({?MODULE, plan}).
get(Key, Default) -> maps:get(Key, plan(), Default).
version() -> binary_to_list(get(version, <<"0.0.0">>)).

%% Whether this is version `Since`, as {4,3,13}, or newer.
since(Since) ->
    list_to_tuple([list_to_integer(N) || N <- string:tokens(version(), ".")]) >= Since.

%% Makes a table on disk, once.
table(Name, Record, Fields) ->
    case lists:member(Name, mnesia:system_info(tables)) of
        true -> ok;
        false ->
            {atomic, ok} = mnesia:create_table(Name,
                [{disc_copies, [node()]}, {record_name, Record}, {attributes, Fields}])
    end,
    ok = mnesia:wait_for_tables([Name], 10000).

log(Format, Args) ->
    Line = io_lib:format("~s [error] " ++ Format ++ "~n",
        [calendar:system_time_to_rfc3339(erlang:system_time(second)) | Args]),
    file:write_file("/var/log/emqx/emqx.log.1", Line, [append]).
