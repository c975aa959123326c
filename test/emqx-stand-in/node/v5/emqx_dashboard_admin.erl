%% Accounts of the dashboard of 5.x and 6.x.
-module(emqx_dashboard_admin).
-export([add_user/3, add_user/4, remove_user/1, lookup_user/1, change_password/2, change_password/3, all_users/0,
         check/2, add_default_user/0, admins/1]).

add_user(Name, Password, Description) -> add_user(Name, Password, <<"administrator">>, Description).

add_user(Name, Password, Role, Description) when is_binary(Name), is_binary(Password) ->
    case {re:run(Name, "^[_a-zA-Z0-9]+$"), good(Password)} of
        {nomatch, _} -> {error, <<"Bad Username. Only letters, numbers and underscores are supported">>};
        {_, ok} -> write(Name, Password, Role, Description);
        {_, Error} -> Error
    end.

write(Name, Password, Role, Description) ->
    done(mnesia:transaction(fun() ->
        case mnesia:wread({emqx_admin, Name}) of
            [] ->
                mnesia:write({emqx_admin, Name, hash(Password), Description, Role, #{}}),
                shown(Name, Description, Role);
            [_] -> mnesia:abort(<<"username_already_exist">>)
        end
    end)).

shown(Name, Description, Role) ->
    case standin:since({5, 3, 0}) of
        true -> #{username => Name, description => Description, role => Role};
        false -> #{username => Name, description => Description}
    end.

remove_user(Name) when is_binary(Name) ->
    case lookup_user(Name) of
        [] -> {error, <<"username_not_found">>};
        _ -> done(mnesia:transaction(fun() -> mnesia:delete({emqx_admin, Name}) end))
    end.

change_password(Name, Old, New) ->
    case check(Name, Old) of
        {error, _} = Error -> Error;
        _ -> change_password(Name, New)
    end.

change_password(Name, Password) when is_binary(Name), is_binary(Password) ->
    case {good(Password), lookup_user(Name)} of
        {ok, [User]} -> done(mnesia:transaction(fun() -> mnesia:write(setelement(3, User, hash(Password))) end));
        {ok, []} -> {error, <<"username_not_found">>};
        {Error, _} -> Error
    end.

lookup_user(Name) -> mnesia:dirty_read(emqx_admin, Name).
all_users() -> [shown(Name, Description, Role) || {_, Name, _, Description, Role, _} <- ets:tab2list(emqx_admin)].

check(undefined, _) -> {error, <<"username_not_provided">>};
check(_, undefined) -> {error, <<"password_not_provided">>};
check(Name, Password) ->
    case lookup_user(Name) of
        [{_, _, <<Salt:4/binary, Hash/binary>>, _, _, _} = User] ->
            case {crypto:hash(sha256, [Salt, Password]), standin:since({5, 3, 0})} of
                {Hash, true} -> {ok, User};
                {Hash, false} -> ok;
                _ -> {error, <<"password_error">>}
            end;
        [] -> {error, <<"username_not_found">>}
    end.

%% Only where there is none of that name; with an empty password there is none at all.
add_default_user() ->
    Name = emqx_conf:get([dashboard, default_username], <<"admin">>),
    Password = emqx_conf:get([dashboard, default_password], <<"public">>),
    case Password =:= <<>> orelse lookup_user(Name) =/= [] of
        true -> ok;
        false -> write(Name, Password, <<"administrator">>, <<"administrator">>)
    end.

good(Password) -> standin_passwords:good(Password, <<"The range of password length is 8~64">>).

hash(Password) ->
    Salt = crypto:strong_rand_bytes(4),
    <<Salt/binary, (crypto:hash(sha256, [Salt, Password]))/binary>>.

done({atomic, Result}) -> {ok, Result};
done({aborted, Reason}) -> {error, Reason}.

admins(["add", Name, Password]) -> admins(["add", Name, Password, ""]);
admins(["add", Name, Password, Description]) -> tell(add_user(bin(Name), bin(Password), <<"viewer">>, bin(Description)));
admins(["passwd", Name, Password]) -> tell(change_password(bin(Name), bin(Password)));
admins(["del", Name]) -> tell(remove_user(bin(Name)));
admins(_) -> emqx_ctl:usage([{"admins add|passwd <Username> <Password>", "Dashboard users"}]).

tell({ok, _}) -> emqx_ctl:print("ok~n");
tell({error, Reason}) -> emqx_ctl:print("Error: ~s~n", [Reason]).

bin(Text) -> iolist_to_binary(Text).
