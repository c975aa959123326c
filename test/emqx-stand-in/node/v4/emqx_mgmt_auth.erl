%% Applications: the accounts of the management API of 4.x.
-module(emqx_mgmt_auth).
-export([add_default_app/1, add_app/2, lookup_app/1, get_appsecret/1, del_app/1, list_apps/0, is_authorized/2, mgmt/1]).

add_default_app({Id, Secret}) when Id =:= undefined; Secret =:= undefined -> ok;
add_default_app({Id, Secret}) -> add(Id, <<"Default">>, Secret).

add_app(Id, Name) -> add(Id, Name, base64:encode(crypto:strong_rand_bytes(18))).

add(Id, Name, Secret) ->
    case mnesia:dirty_read(mqtt_app, Id) of
        [] ->
            ok = mnesia:dirty_write({mqtt_app, Id, Secret, Name, <<"Application user">>, true, undefined}),
            {ok, Secret};
        _ -> {error, case standin:since({4, 4, 0}) of true -> already_existed; false -> alread_existed end}
    end.

get_appsecret(Id) when is_binary(Id) ->
    case mnesia:dirty_read(mqtt_app, Id) of
        [App] -> element(3, App);
        [] -> undefined
    end.

lookup_app(Id) when is_binary(Id) ->
    case mnesia:dirty_read(mqtt_app, Id) of
        [App] -> list_to_tuple(tl(tuple_to_list(App)));
        [] -> undefined
    end.

del_app(Id) when is_binary(Id) ->
    {atomic, ok} = mnesia:transaction(fun() -> mnesia:delete({mqtt_app, Id}) end),
    ok.

list_apps() -> [list_to_tuple(tl(tuple_to_list(App))) || App <- ets:tab2list(mqtt_app)].

is_authorized(Id, Secret) -> get_appsecret(Id) =:= Secret.

mgmt(["list"]) ->
    [emqx_ctl:print("app_id: ~s, secret: ~s, name: ~s, desc: ~s, status: ~s, expired: ~p~n", tuple_to_list(A)) || A <- list_apps()];
mgmt(["insert", Id, Name]) ->
    case add_app(list_to_binary(Id), list_to_binary(Name)) of
        {ok, Secret} -> emqx_ctl:print("AppSecret: ~s~n", [Secret]);
        {error, Reason} -> emqx_ctl:print("Error: ~p~n", [Reason])
    end;
mgmt(["delete", Id]) ->
    ok = del_app(list_to_binary(Id)),
    emqx_ctl:print("ok~n");
mgmt(_) -> emqx_ctl:usage([{"mgmt list|insert|delete", "Applications of the management API"}]).
