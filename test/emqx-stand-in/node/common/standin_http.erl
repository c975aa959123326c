%% The little of the HTTP interfaces that a set-up asks for: log in, status, and whether an account may read.
-module(standin_http).
-export([serve/3, head/2, answer/3]).

serve(Socket, Peer, Listener) ->
    {Head, Rest} = head(Socket, <<>>),
    Length = binary_to_integer(maps:get(<<"content-length">>, Head, <<"0">>)),
    Body = body(Socket, Length, Rest),
    [Path | _] = binary:split(maps:get(path, Head), <<"?">>),
    {Status, Text} = standin_api:answer(maps:get(role, Listener), maps:get(method, Head), Path, Head, Body),
    ok = answer(Socket, Status, Text),
    case maps:get(<<"connection">>, Head, <<"keep-alive">>) of
        <<"close">> -> standin_listener:close(Socket);
        _ -> serve(Socket, Peer, Listener)
    end.

%% Reads until the empty line: {#{method, path, <<"header">> => Value}, what came behind it}.
head({Module, Raw} = Socket, Got) ->
    case binary:split(Got, <<"\r\n\r\n">>) of
        [Lines, Rest] ->
            [Request | Headers] = binary:split(Lines, <<"\r\n">>, [global]),
            [Method, Path | _] = binary:split(Request, <<" ">>, [global]),
            {maps:merge(maps:from_list([header(H) || H <- Headers]), #{method => Method, path => Path}), Rest};
        _ when byte_size(Got) < 65536 ->
            {ok, Data} = Module:recv(Raw, 0, 30000),
            head(Socket, <<Got/binary, Data/binary>>)
    end.

header(Line) ->
    [Name, Value] = binary:split(Line, <<":">>),
    {string:lowercase(Name), string:trim(Value)}.

body(_, Length, Got) when byte_size(Got) >= Length -> binary:part(Got, 0, Length);
body({Module, Raw} = Socket, Length, Got) ->
    {ok, Data} = Module:recv(Raw, 0, 30000),
    body(Socket, Length, <<Got/binary, Data/binary>>).

answer(Socket, Status, Text) ->
    Type = case Text of
        <<C, _/binary>> when C =:= ${; C =:= $[ -> <<"application/json">>;
        <<"<", _/binary>> -> <<"text/html">>;
        _ -> <<"text/plain">>
    end,
    More = case Status of 401 -> <<"www-authenticate: Basic realm=\"minirest-server\"\r\n">>; _ -> <<>> end,
    standin_listener:send(Socket, [io_lib:format("HTTP/1.1 ~p ~s\r\n", [Status, reason(Status)]), More,
        io_lib:format("content-type: ~s\r\ncontent-length: ~p\r\n\r\n", [Type, byte_size(Text)]), Text]).

reason(200) -> "OK";
reason(204) -> "No Content";
reason(400) -> "Bad Request";
reason(401) -> "Unauthorized";
reason(404) -> "Not Found".
