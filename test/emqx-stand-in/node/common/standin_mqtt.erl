%% Reads the first packet of an MQTT client, asks whether it may come in, and then only relays to mosquitto.
-module(standin_mqtt).
-export([serve/3, admit/3, connack/1]).

serve(Socket, Peer, Listener) -> first(Socket, Peer, Listener, <<>>).

first({Module, Raw} = Socket, Peer, Listener, Got) ->
    case admit(Got, Peer, Listener) of
        more ->
            {ok, Data} = Module:recv(Raw, 0, 15000),
            first(Socket, Peer, Listener, <<Got/binary, Data/binary>>);
        {refused, Code} ->
            _ = standin_listener:send(Socket, connack(Code)),
            standin_listener:close(Socket);
        {ok, Backend} ->
            ok = gen_tcp:send(Backend, Got),
            standin_listener:setopts(Socket, [{active, once}]),
            inet:setopts(Backend, [{active, once}]),
            relay(Socket, Raw, Backend)
    end.

relay(Socket, Raw, Backend) ->
    receive
        {Tag, Raw, Data} when Tag =:= tcp; Tag =:= ssl ->
            ok = gen_tcp:send(Backend, Data),
            standin_listener:setopts(Socket, [{active, once}]),
            relay(Socket, Raw, Backend);
        {tcp, Backend, Data} ->
            ok = standin_listener:send(Socket, Data),
            inet:setopts(Backend, [{active, once}]),
            relay(Socket, Raw, Backend);
        {Closed, _} when Closed =:= tcp_closed; Closed =:= ssl_closed -> stop(Socket, Backend);
        {Error, _, _} when Error =:= tcp_error; Error =:= ssl_error -> stop(Socket, Backend);
        Other ->
            standin:log("unexpected: ~0p", [Other]),
            relay(Socket, Raw, Backend)
    end.

stop(Socket, Backend) ->
    gen_tcp:close(Backend),
    standin_listener:close(Socket).

%% What to do with the bytes of a client so far: `more`, {ok, socket of mosquitto}, {refused, MQTT 5 reason code}.
admit(Got, Peer, Listener) ->
    case packet(Got) of
        more -> more;
        {connect, Version, ClientId, User, Password} ->
            put(mqtt_version, Version),
            case standin_auth:check(ClientId, User, Password, Listener) of
                ok -> {ok, standin_mosquitto:connect(Peer, Listener)};
                Refused -> Refused
            end;
        bad -> exit(normal)
    end.

connack(Code) ->
    case {get(mqtt_version), Code} of
        {5, _} -> <<16#20, 3, 0, Code, 0>>;
        {_, 16#86} -> <<16#20, 2, 0, 4>>;
        _ -> <<16#20, 2, 0, 5>>
    end.

packet(<<1:4, _:4, Rest/binary>>) ->
    case length_of(Rest, 0, 0) of
        {Length, Body} when byte_size(Body) >= Length -> connect(binary:part(Body, 0, Length));
        {_, _} -> more;
        more -> more
    end;
packet(<<>>) -> more;
packet(_) -> bad.

length_of(<<1:1, N:7, Rest/binary>>, Sum, Shift) when Shift < 21 -> length_of(Rest, Sum + (N bsl Shift), Shift + 7);
length_of(<<0:1, N:7, Rest/binary>>, Sum, Shift) -> {Sum + (N bsl Shift), Rest};
length_of(_, _, _) -> more.

connect(<<L:16, _Name:L/binary, Version, HasUser:1, HasPassword:1, _:3, HasWill:1, _:2, _Alive:16, Rest/binary>>) ->
    Payload = skip_properties(Version, Rest),
    {ClientId, AfterId} = text(1, Payload),
    AfterWill = case HasWill of
        0 -> AfterId;
        1 ->
            {_, AfterTopic} = text(1, skip_properties(Version, AfterId)),
            {_, Rest1} = text(1, AfterTopic),
            Rest1
    end,
    {User, AfterUser} = text(HasUser, AfterWill),
    {Password, _} = text(HasPassword, AfterUser),
    {connect, Version, ClientId, User, Password};
connect(_) -> bad.

skip_properties(5, Data) ->
    {Length, Rest} = length_of(Data, 0, 0),
    binary:part(Rest, Length, byte_size(Rest) - Length);
skip_properties(_, Data) -> Data.

text(0, Data) -> {undefined, Data};
text(1, <<L:16, Text:L/binary, Rest/binary>>) -> {Text, Rest}.
