%% mosquitto serves MQTT behind sockets that only this user reaches. It knows the access rules; who comes in was decided before.
-module(standin_mosquitto).
-export([start/0, connect/2]).

-define(DIR, "/var/lib/emqx/stand-in").

start() ->
    ok = filelib:ensure_dir(?DIR ++ "/x"),
    [file:delete(socket(Name)) || Name <- [world, local, internal]],
    Rules = rules(binary_to_list(standin:get(acl_file, <<"/etc/emqx/acl.conf">>))),
    [ok = file:write_file(acl(Name), access(Name, Rules)) || Name <- [world, local]],
    ok = file:write_file(?DIR ++ "/mosquitto.conf",
        ["per_listener_settings true\nallow_zero_length_clientid true\nlog_dest stderr\nlog_type error\n" |
         [io_lib:format("listener 0 ~s\nallow_anonymous true\n~s", [socket(Name), case Name of
             internal -> "";
             _ -> ["acl_file ", acl(Name), "\n"]
         end]) || Name <- [world, local, internal]]]),
    % mosquitto does not look at its standard input: the shell does, and ends it together with this node.
    Run = "/usr/sbin/mosquitto -c " ?DIR "/mosquitto.conf </dev/null & pid=$!; cat >/dev/null; kill $pid",
    Self = self(),
    spawn(fun() ->
        Port = open_port({spawn_executable, "/bin/sh"}, [{args, ["-c", Run]}, {cd, ?DIR}, exit_status]),
        Self ! started,
        watch(Port)
    end),
    receive started -> ok end,
    wait(50).

watch(Port) ->
    receive
        {Port, {exit_status, Status}} -> standin:log("mosquitto ended: ~p", [Status]);
        {Port, {data, Data}} -> standin:log("mosquitto: ~s", [Data]), watch(Port)
    end.

wait(0) -> error(mosquitto_does_not_start);
wait(N) ->
    case gen_tcp:connect({local, socket(internal)}, 0, [local]) of
        {ok, Socket} -> gen_tcp:close(Socket);
        _ -> timer:sleep(100), wait(N - 1)
    end.

%% A socket of mosquitto for a client that comes from `Peer`.
connect(Peer, Listener) ->
    Name = case {maps:get(zone, Listener, external), Peer} of
        {internal, _} -> internal;
        {_, {127, 0, 0, 1}} -> local;
        _ -> world
    end,
    {ok, Socket} = gen_tcp:connect({local, socket(Name)}, 0, [local, binary, {active, false}], 5000),
    Socket.

socket(Name) -> ?DIR "/" ++ atom_to_list(Name) ++ ".sock".
acl(Name) -> ?DIR "/" ++ atom_to_list(Name) ++ ".acl".

rules(File) ->
    case standin:get(acl, true) andalso file:consult(File) of
        {ok, Rules} -> Rules;
        false -> [{allow, all}];
        {error, Reason} when is_atom(Reason) -> standin:log("~s: ~p", [File, Reason]), [];
        {error, Reason} -> error({bad_acl_file, File, Reason})
    end.

%% mosquitto knows no order: with a last {allow, all} only the refusals matter, else only what is allowed.
access(Name, Rules) ->
    Last = case [P || {P, all} <- Rules] ++ [P || {P, {security_profile, legacy}} <- Rules] of
        [P | _] -> P;
        [] -> standin:get(acl_nomatch, allow)
    end,
    Wanted = case Last of allow -> deny; deny -> allow end,
    [["topic readwrite #\npattern readwrite #\n" || Last =:= allow],
     [line(Who, Action, Topic, Wanted) ||
        {Permission, Who, Action, Topics} <- Rules, Permission =:= Wanted, concerns(Name, Who), Topic <- list(Topics)]].

concerns(Name, {ipaddr, "127.0.0.1" ++ _}) -> Name =:= local;
concerns(_, {ipaddr, _}) -> false;
concerns(_, Who) -> is_tuple(Who) orelse Who =:= all.

list([C | _] = Text) when is_integer(C) -> [Text];
list(all) -> ["#"];
list(Topics) -> Topics.

line(_, _, {eq, _}, _) -> "";
line(_, _, "$SYS" ++ _, deny) -> "";
line(Who, Action, Topic0, Wanted) ->
    Topic = lists:foldl(fun({From, To}, T) -> string:replace(T, From, To, all) end, Topic0,
        [{"${username}", "%u"}, {"${clientid}", "%c"}]),
    How = case {Wanted, kind(Action)} of
        {deny, _} -> "deny";
        {_, publish} -> "write";
        {_, subscribe} -> "read";
        _ -> "readwrite"
    end,
    case Who of
        {User, Name} when (User =:= user orelse User =:= username), is_list(Name) ->
            ["user ", Name, "\ntopic ", How, " ", Topic, "\n"];
        {User, {re, "^dashboard$"}} when User =:= user; User =:= username ->
            ["user dashboard\ntopic ", How, " ", Topic, "\n"];
        {Other, _} when Other =:= client; Other =:= clientid; Other =:= 'and'; Other =:= 'or' -> "";
        _ -> ["pattern ", How, " ", Topic, "\n"]
    end.

kind({Action, _}) -> kind(Action);
kind(Action) -> Action.
