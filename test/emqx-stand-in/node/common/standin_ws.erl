%% MQTT over WebSocket (RFC 6455): takes the frames apart and puts them together; mosquitto sees plain MQTT.
-module(standin_ws).
-export([serve/3]).

serve(Socket, Peer, Listener) ->
    {Head, Rest} = standin_http:head(Socket, <<>>),
    Path = maps:get(path, Listener, <<"/mqtt">>),
    case {maps:get(path, Head), maps:get(<<"sec-websocket-key">>, Head, undefined)} of
        {Path, Key} when Key =/= undefined ->
            Accept = base64:encode(crypto:hash(sha, <<Key/binary, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11">>)),
            Protocol = case maps:get(<<"sec-websocket-protocol">>, Head, undefined) of
                undefined -> <<>>;
                _ -> <<"sec-websocket-protocol: mqtt\r\n">>
            end,
            ok = standin_listener:send(Socket, [<<"HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n",
                "upgrade: websocket\r\nsec-websocket-accept: ">>, Accept, <<"\r\n">>, Protocol, <<"\r\n">>]),
            standin_listener:setopts(Socket, [{active, once}]),
            loop(#{socket => Socket, raw => element(2, Socket), peer => Peer, listener => Listener,
                   backend => undefined, bytes => Rest, mqtt => <<>>});
        {Path, _} -> standin_http:answer(Socket, 400, <<"">>), standin_listener:close(Socket);
        _ -> standin_http:answer(Socket, 404, <<"">>), standin_listener:close(Socket)
    end.

loop(#{bytes := Bytes} = State) ->
    case frame(Bytes) of
        more -> wait(State);
        {8, _, _} -> stop(State);
        {9, Payload, Rest} ->
            ok = write(State, 10, Payload),
            loop(State#{bytes := Rest});
        {Code, Payload, Rest} when Code =< 2 -> loop(mqtt(Payload, State#{bytes := Rest}));
        {_, _, Rest} -> loop(State#{bytes := Rest})
    end.

mqtt(Payload, #{backend := undefined, mqtt := Got, peer := Peer, listener := Listener} = State) ->
    All = <<Got/binary, Payload/binary>>,
    case standin_mqtt:admit(All, Peer, Listener) of
        more -> State#{mqtt := All};
        {refused, Reason} ->
            _ = write(State, 2, standin_mqtt:connack(Reason)),
            stop(State),
            exit(normal);
        {ok, Backend} ->
            ok = gen_tcp:send(Backend, All),
            inet:setopts(Backend, [{active, once}]),
            State#{backend := Backend}
    end;
mqtt(Payload, #{backend := Backend} = State) ->
    ok = gen_tcp:send(Backend, Payload),
    State.

wait(#{socket := Socket, raw := Raw, backend := Backend, bytes := Bytes} = State) ->
    receive
        {Tag, Raw, Data} when Tag =:= tcp; Tag =:= ssl ->
            standin_listener:setopts(Socket, [{active, once}]),
            loop(State#{bytes := <<Bytes/binary, Data/binary>>});
        {tcp, Backend, Data} ->
            ok = write(State, 2, Data),
            inet:setopts(Backend, [{active, once}]),
            loop(State);
        {Closed, _} when Closed =:= tcp_closed; Closed =:= ssl_closed -> stop(State);
        {Error, _, _} when Error =:= tcp_error; Error =:= ssl_error -> stop(State);
        Other ->
            standin:log("unexpected: ~0p", [Other]),
            loop(State)
    end.

stop(#{socket := Socket, backend := Backend}) ->
    _ = case Backend of undefined -> ok; _ -> gen_tcp:close(Backend) end,
    standin_listener:close(Socket).

write(#{socket := Socket}, Code, Data) ->
    Size = byte_size(Data),
    Length = if Size < 126 -> <<Size>>; Size < 65536 -> <<126, Size:16>>; true -> <<127, Size:64>> end,
    standin_listener:send(Socket, [<<1:1, 0:3, Code:4>>, Length, Data]).

frame(<<_:4, Code:4, 1:1, 127:7, L:64, Key:4/binary, Data:L/binary, Rest/binary>>) -> {Code, unmask(Data, Key), Rest};
frame(<<_:4, Code:4, 1:1, 126:7, L:16, Key:4/binary, Data:L/binary, Rest/binary>>) -> {Code, unmask(Data, Key), Rest};
frame(<<_:4, Code:4, 1:1, L:7, Key:4/binary, Data:L/binary, Rest/binary>>) when L < 126 -> {Code, unmask(Data, Key), Rest};
frame(_) -> more.

unmask(Data, Key) ->
    Size = byte_size(Data),
    crypto:exor(Data, binary:part(binary:copy(Key, Size div 4 + 1), 0, Size)).
