%% HTTP of 5.x and 6.x: the dashboard is the API.
-module(standin_api).
-export([answer/5]).

answer(_, <<"POST">>, <<"/api/v5/login">>, _, Body) ->
    case emqx_dashboard_admin:check(standin_json:text(<<"username">>, Body), standin_json:text(<<"password">>, Body)) of
        {error, _} -> {401, <<"{\"code\":\"BAD_USERNAME_OR_PWD\",\"message\":\"Auth failed\"}">>};
        _ ->
            Token = base64:encode(crypto:strong_rand_bytes(24)),
            persistent_term:put({?MODULE, Token}, true),
            {200, iolist_to_binary(["{\"license\":{\"edition\":\"opensource\"},\"token\":\"", Token,
                "\",\"version\":\"", standin:version(), "\"}"])}
    end;
answer(_, _, <<"/status">>, _, _) -> standin_json:status();
answer(_, _, <<"/api/v5/status">>, _, _) -> standin_json:status();
answer(_, _, <<"/api/v5/", _/binary>>, Head, _) ->
    case Head of
        #{<<"authorization">> := <<"Bearer ", Token/binary>>} ->
            case persistent_term:get({?MODULE, Token}, false) of
                true -> {200, <<"[]">>};
                false -> {401, <<"{\"code\":\"BAD_TOKEN\",\"message\":\"Get a token first\"}">>}
            end;
        _ -> {401, <<"{\"code\":\"AUTHORIZATION_HEADER_ERROR\",\"message\":\"Support authorization: basic/bearer\"}">>}
    end;
answer(_, <<"GET">>, <<"/">>, _, _) -> {200, <<"<html><title>stand-in</title></html>">>};
answer(_, _, _, _, _) -> {404, <<"">>}.
