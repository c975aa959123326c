%% What the commands ask the running node, over Erlang's distribution with the cookie of the configuration.
-module(standin_tool).
-export([main/0]).

%% `terminated`: nobody reads the output any more.
main() ->
    try run() catch error:terminated -> stop(1) end.

run() ->
    [Name | Arguments] = init:get_plain_arguments(),
    Node = list_to_atom(Name),
    case net_kernel:connect_node(Node) of
        true -> ask(Node, Arguments);
        _ ->
            io:format(standard_error, "Node ~p not responding to pings.~n", [Node]),
            stop(1)
    end.

ask(_, ["ping"]) -> io:format("pong~n"), stop(0);
ask(Node, ["getpid"]) -> io:format("~s~n", [rpc:call(Node, os, getpid, [])]), stop(0);
ask(Node, ["stop"]) -> io:format("~p~n", [rpc:call(Node, init, stop, [], 60000)]), stop(0);
ask(Node, ["ctl" | Arguments]) ->
    case rpc:call(Node, emqx_ctl, run_command, [Arguments], 60000) of
        ok -> stop(0);
        {error, cmd_not_found} -> stop(1);
        {badrpc, Reason} -> io:format("RPC to ~s failed: ~p~n", [Node, Reason]), stop(1);
        {error, Reason} -> io:format("RPC to ~s error: ~p~n", [Node, Reason]), stop(1);
        _ -> stop(1)
    end;
ask(Node, ["eval" | Words]) ->
    Text = string:join(Words, " "),
    Expressions = case lists:reverse(Text) of
        [$. | _] -> Text;
        _ -> Text ++ "."
    end,
    {ok, Tokens, _} = erl_scan:string(Expressions),
    {ok, Parsed} = erl_parse:parse_exprs(Tokens),
    case rpc:call(Node, erl_eval, exprs, [Parsed, []]) of
        {value, Value, _} -> io:format("~p~n", [Value]), stop(0);
        {badrpc, Reason} -> io:format("RPC to ~p failed: ~p~n", [Node, Reason]), stop(1)
    end.

stop(Status) -> halt(Status, [{flush, true}]).
