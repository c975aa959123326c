%% `emqx ctl`: the commands that each family registers.
-module(emqx_ctl).
-export([init/0, register_command/3, run_command/1, run_command/2, print/1, print/2, usage/1, pem_cache/1, status/1]).

init() ->
    Self = self(),
    Holder = spawn(fun() -> ets:new(?MODULE, [named_table, public]), Self ! made, receive stop -> ok end end),
    register(emqx_ctl_commands, Holder),
    receive made -> ok end,
    register_command(status, ?MODULE, status),
    standin:since({4, 3, 13}) andalso register_command(pem_cache, ?MODULE, pem_cache),
    ok.

register_command(Command, Module, Function) -> ets:insert(?MODULE, {Command, Module, Function}).

run_command([]) -> run_command(help, []);
run_command([Command | Arguments]) -> run_command(list_to_atom(Command), Arguments).

run_command(Command, Arguments) ->
    case ets:lookup(?MODULE, Command) of
        [{_, Module, Function}] ->
            try Module:Function(Arguments) of
                _ -> ok
            catch
                _:Reason:Stack ->
                    standin:log("CMD Error:~0p, Stacktrace:~0p", [Reason, Stack]),
                    {error, Reason}
            end;
        [] ->
            print("Usage: emqx_ctl~n"),
            [begin print("~110..-s~n", [""]), Module:Function(usage) end || {_, Module, Function} <- ets:tab2list(?MODULE)],
            case Command of help -> ok; _ -> {error, cmd_not_found} end
    end.

print(Format) -> print(Format, []).
print(Format, Arguments) -> io:format(Format, Arguments).
usage(Lines) -> [print("~-48s# ~s~n", [Command, About]) || {Command, About} <- Lines], ok.

status([]) ->
    {Status, _} = init:get_status(),
    print("Node ~p ~s is ~p~n", [node(), standin:version(), Status]);
status(_) -> usage([{"status", "Show broker status"}]).

pem_cache(["clean" | _]) ->
    ok = ssl:clear_pem_cache(),
    print("PEM cache clean OK~n");
pem_cache(_) -> usage([{"pem_cache clean all", "Clears x509 certificate cache on all nodes"}]).
