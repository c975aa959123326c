%% HTTP of 4.x: the dashboard asks for its own accounts, the management API for its applications.
-module(standin_api).
-export([answer/5]).

answer(dashboard, <<"POST">>, <<"/api/v4/auth">>, _, Body) ->
    case emqx_dashboard_admin:check(standin_json:text(<<"username">>, Body), standin_json:text(<<"password">>, Body)) of
        ok -> {200, <<"{\"code\":0}">>};
        {error, Why} -> {200, <<"{\"message\":\"", Why/binary, "\"}">>}
    end;
answer(management, _, <<"/status">>, _, _) -> standin_json:status();
answer(Role, _, <<"/api/v4/", Path/binary>>, Head, _) ->
    case allowed(Role, standin_json:basic(Head)) of
        true -> {200, <<"{\"meta\":{\"path\":\"", Path/binary, "\"},\"data\":[],\"code\":0}">>};
        false -> {401, <<"">>}
    end;
answer(dashboard, <<"GET">>, <<"/">>, _, _) -> {200, <<"<html><title>stand-in</title></html>">>};
answer(_, _, _, _, _) -> {404, <<"">>}.

allowed(_, undefined) -> false;
allowed(dashboard, {User, Password}) -> emqx_dashboard_admin:check(User, Password) =:= ok;
allowed(management, {Id, Secret}) -> emqx_mgmt_auth:is_authorized(Id, Secret).
