%% Accounts of the dashboard of 4.x.
-module(emqx_dashboard_admin).
-export([add_user/3, remove_user/1, lookup_user/1, change_password/2, change_password/3, all_users/0, check/2,
         add_default_user/0, admins/1]).

add_user(Name, Password, Tags) when is_binary(Name), is_binary(Password) ->
    case good(Password) of
        ok -> write(Name, Password, Tags);
        Error -> Error
    end.

write(Name, Password, Tags) ->
    done(mnesia:transaction(fun() ->
        case mnesia:wread({mqtt_admin, Name}) of
            [] -> mnesia:write({mqtt_admin, Name, hash(Password), Tags});
            [_] -> mnesia:abort(<<"Username Already Exist">>)
        end
    end)).

remove_user(Name) when is_binary(Name) ->
    case lookup_user(Name) of
        [] -> {error, <<"Username Not Found">>};
        _ -> done(mnesia:transaction(fun() -> mnesia:delete({mqtt_admin, Name}) end))
    end.

change_password(Name, Old, New) ->
    case check(Name, Old) of
        ok -> change_password(Name, New);
        Error -> Error
    end.

change_password(Name, Password) when is_binary(Name), is_binary(Password) ->
    case {good(Password), lookup_user(Name)} of
        {ok, [{_, _, _, Tags}]} ->
            done(mnesia:transaction(fun() -> mnesia:write({mqtt_admin, Name, hash(Password), Tags}) end));
        {ok, []} -> {error, <<"Username Not Found">>};
        {Error, _} -> Error
    end.

%% 4.4.19 makes the account of the configuration again where it is gone.
lookup_user(Name) when is_binary(Name) ->
    case {mnesia:dirty_read(mqtt_admin, Name), persistent_term:get({emqx_dashboard, default_user}, undefined)} of
        {[], {Name, _}} -> standin:since({4, 4, 0}) andalso add_default_user(), mnesia:dirty_read(mqtt_admin, Name);
        {Found, _} -> Found
    end.

all_users() -> ets:tab2list(mqtt_admin).

check(undefined, _) -> {error, <<"Username undefined">>};
check(_, undefined) -> {error, <<"Password undefined">>};
check(Name, Password) ->
    case lookup_user(Name) of
        [{_, _, <<Salt:4/binary, Hash/binary>>, _}] ->
            case erlang:md5(<<Salt/binary, Password/binary>>) of
                Hash -> ok;
                _ -> refuse(<<"Password Error">>)
            end;
        [] -> refuse(<<"Username Not Found">>)
    end.

refuse(Why) ->
    case standin:since({4, 4, 0}) of
        true -> timer:sleep(2000), {error, <<"Username/Password error">>};
        false -> {error, Why}
    end.

%% Only where the table has none of that name. Without a login there is none; 4.4.19 falls back to a password of its own.
add_default_user() ->
    case {persistent_term:get({emqx_dashboard, default_user}), standin:since({4, 4, 0})} of
        {{Empty, _}, _} when Empty =:= undefined; Empty =:= <<>> -> ok;
        {{Name, Empty}, true} when Empty =:= undefined; Empty =:= <<>> -> make(Name, <<"public">>);
        {{_, Empty}, false} when Empty =:= undefined; Empty =:= <<>> -> ok;
        {{Name, Password}, _} -> make(Name, Password)
    end.

make(Name, Password) ->
    case mnesia:dirty_read(mqtt_admin, Name) of
        [] -> write(Name, Password, <<"administrator">>);
        _ -> ok
    end.

good(Password) ->
    case standin:since({4, 4, 0}) of
        true -> standin_passwords:good(Password, <<"The password length: 8-64">>);
        false -> ok
    end.

hash(Password) ->
    Salt = crypto:strong_rand_bytes(4),
    <<Salt/binary, (erlang:md5(<<Salt/binary, Password/binary>>))/binary>>.

done({atomic, _}) -> ok;
done({aborted, Reason}) -> {error, Reason}.

admins(["add", Name, Password]) -> admins(["add", Name, Password, ""]);
admins(["add", Name, Password, Tag]) ->
    case add_user(bin(Name), bin(Password), bin(Tag)) of
        ok -> emqx_ctl:print("ok~n");
        {error, Reason} -> emqx_ctl:print("Error: ~p~n", [Reason])
    end;
admins(["passwd", Name, Password]) -> emqx_ctl:print("~p~n", [change_password(bin(Name), bin(Password))]);
admins(["del", Name]) -> emqx_ctl:print("~p~n", [remove_user(bin(Name))]);
admins(_) -> emqx_ctl:usage([{"admins add|passwd <Username> <Password>", "Dashboard users"}]).

bin(Text) -> iolist_to_binary(Text).
