%% The little of JSON and of HTTP's headers that is read here.
-module(standin_json).
-export([text/2, basic/1, status/0]).

%% The text of a field of a flat object; undefined for none.
text(Field, Body) ->
    case re:run(Body, <<"\"", Field/binary, "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"">>, [{capture, [1], binary}]) of
        {match, [Quoted]} -> plain(Quoted);
        nomatch -> undefined
    end.

plain(<<"\\u", Hex:4/binary, Rest/binary>>) -> <<(binary_to_integer(Hex, 16))/utf8, (plain(Rest))/binary>>;
plain(<<"\\", C, Rest/binary>>) -> <<(maps:get(C, #{$n => $\n, $t => $\t, $r => $\r}, C)), (plain(Rest))/binary>>;
plain(<<C, Rest/binary>>) -> <<C, (plain(Rest))/binary>>;
plain(<<>>) -> <<>>.

basic(#{<<"authorization">> := <<"Basic ", Code/binary>>}) ->
    [User, Password] = binary:split(base64:decode(Code), <<":">>),
    {User, Password};
basic(_) -> undefined.

status() -> {200, iolist_to_binary(io_lib:format("Node ~s is started~nemqx is running", [node()]))}.
