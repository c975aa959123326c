%% Opens a port as the configuration says and hands each connection on, after TLS where asked for.
%% Certificates are read at the handshake through Erlang's own cache, as in the real broker.
-module(standin_listener).
-export([open/1, send/2, setopts/2, close/1]).

open(#{transport := udp} = Listener) -> open_udp(Listener);
open(#{address := Address, port := Port} = Listener) ->
    Options = [binary, {active, false}, {reuseaddr, true}, {nodelay, true}, {backlog, 1024} | ip(Address)],
    Self = self(),
    Holder = spawn(fun() ->
        Answer = gen_tcp:listen(Port, Options),
        Self ! {self(), Answer},
        case Answer of
            {ok, Socket} -> accept(Socket, Listener#{count => counters:new(1, [])});
            _ -> ok
        end
    end),
    receive
        {Holder, {ok, _}} -> ok;
        {Holder, {error, Reason}} -> error({failed_to_start_listener, maps:get(id, Listener), Port, Reason})
    end.

ip(<<"">>) -> [];
ip(Address) ->
    {ok, Ip} = inet:parse_address(binary_to_list(Address)),
    [{ip, Ip} | [inet6 || tuple_size(Ip) =:= 8]].

accept(Listening, #{count := Count} = Listener) ->
    case gen_tcp:accept(Listening) of
        {ok, Socket} ->
            case counters:get(Count, 1) >= maps:get(max, Listener, 1024) of
                true -> gen_tcp:close(Socket);
                false ->
                    counters:add(Count, 1, 1),
                    Pid = spawn(fun() ->
                        receive go -> ok end,
                        try serve(Socket, Listener)
                        catch
                            error:{badmatch, {error, closed}} -> ok;
                            exit:normal -> ok;
                            _:Why:Stack -> standin:log("~s: ~0p ~0p", [maps:get(id, Listener), Why, Stack])
                        end
                    end),
                    spawn(fun() ->
                        Ref = monitor(process, Pid),
                        receive {'DOWN', Ref, _, _, _} -> counters:sub(Count, 1, 1) end
                    end),
                    _ = gen_tcp:controlling_process(Socket, Pid),
                    Pid ! go
            end,
            accept(Listening, Listener);
        {error, closed} -> ok;
        {error, _} -> timer:sleep(100), accept(Listening, Listener)
    end.

serve(Socket, Listener) ->
    {ok, {Peer, _}} = inet:peername(Socket),
    case maps:get(tls, Listener, undefined) of
        undefined -> hand_on({gen_tcp, Socket}, Peer, Listener);
        Tls ->
            case ssl:handshake(Socket, tls_options(Tls), 15000) of
                {ok, Secured} -> hand_on({ssl, Secured}, Peer, Listener);
                {error, Reason} ->
                    standin:log("~s: handshake failed: ~0p", [maps:get(id, Listener), Reason]),
                    gen_tcp:close(Socket)
            end
    end.

hand_on(Socket, Peer, #{serves := http} = Listener) -> standin_http:serve(Socket, Peer, Listener);
hand_on(Socket, Peer, #{serves := ws} = Listener) -> standin_ws:serve(Socket, Peer, Listener);
hand_on(Socket, Peer, #{serves := mqtt} = Listener) -> standin_mqtt:serve(Socket, Peer, Listener);
hand_on({Module, Socket}, _, #{serves := nothing}) -> Module:recv(Socket, 0, 15000).

send({Module, Socket}, Data) -> Module:send(Socket, Data).
close({Module, Socket}) -> Module:close(Socket).
setopts({gen_tcp, Socket}, Options) -> inet:setopts(Socket, Options);
setopts({ssl, Socket}, Options) -> ssl:setopts(Socket, Options).

tls_options(Tls) ->
    Available = [V || {available, Vs} <- ssl:versions(), V <- Vs],
    Versions = [V || V <- maps:get(versions, Tls), lists:member(V, Available)],
    Files = [{K, binary_to_list(V)} || {K, V} <- maps:to_list(Tls),
             lists:member(K, [certfile, keyfile, cacertfile]), V =/= undefined],
    [{versions, Versions}, {verify, maps:get(verify, Tls, verify_none)},
     {fail_if_no_peer_cert, maps:get(fail_if_no_peer_cert, Tls, false)}, {log_level, error} | Files] ++
        renegotiation(Tls, Versions) ++ ciphers(maps:get(ciphers, Tls, []), Versions).

%% TLS 1.3 has none, and ssl refuses the option for it alone.
renegotiation(Tls, Versions) ->
    case Versions -- ['tlsv1.3'] of
        [] -> [];
        _ -> [{client_renegotiation, maps:get(client_renegotiation, Tls, true)}]
    end.

ciphers([], _) -> [];
ciphers(Names, Versions) ->
    Wanted = [S || N <- Names, (S = ssl:str_to_suite(binary_to_list(N))) =/= {error, {not_recognized, binary_to_list(N)}}],
    New = case lists:member('tlsv1.3', Versions) of
        true -> ssl:cipher_suites(exclusive, 'tlsv1.3');
        false -> []
    end,
    [{ciphers, [S || S <- New, not lists:member(S, Wanted)] ++ Wanted}].

%% CoAP and LwM2M: the port is open (and speaks DTLS), but nothing is answered.
open_udp(#{address := Address, port := Port} = Listener) ->
    Self = self(),
    Holder = spawn(fun() ->
        Answer = case maps:get(tls, Listener, undefined) of
            undefined -> gen_udp:open(Port, [binary | ip(Address)]);
            Tls ->
                Options = lists:keydelete(versions, 1, lists:keydelete(ciphers, 1, tls_options(Tls#{versions => []}))),
                ssl:listen(Port, [{protocol, dtls}, {versions, ['dtlsv1.2']}, binary | ip(Address)] ++ Options)
        end,
        Self ! {self(), Answer},
        case {Answer, maps:get(tls, Listener, undefined)} of
            {{ok, _}, undefined} -> receive stop -> ok end;
            {{ok, Listening}, _} -> accept_dtls(Listening);
            _ -> ok
        end
    end),
    receive
        {Holder, {ok, _}} -> ok;
        {Holder, {error, Reason}} -> error({failed_to_start_listener, maps:get(id, Listener), Port, Reason})
    end.

accept_dtls(Listening) ->
    case ssl:transport_accept(Listening) of
        {ok, Socket} ->
            Pid = spawn(fun() -> receive go -> ok end, _ = ssl:handshake(Socket, 15000), timer:sleep(60000) end),
            _ = ssl:controlling_process(Socket, Pid),
            Pid ! go;
        _ -> timer:sleep(100)
    end,
    accept_dtls(Listening).
