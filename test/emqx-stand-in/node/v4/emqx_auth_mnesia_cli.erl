%% MQTT accounts of 4.x.
-module(emqx_auth_mnesia_cli).
-export([add_user/2, update_user/2, remove_user/1, lookup_user/1, all_users/0, all_users/1,
         auth_username_cli/1, auth_clientid_cli/1, hash/2]).

add_user(Login, Password) ->
    done(mnesia:transaction(fun() ->
        case mnesia:read(emqx_user, Login) of
            [] -> mnesia:write({emqx_user, Login, salted(Password), erlang:system_time(millisecond)});
            [_ | _] -> mnesia:abort(existed)
        end
    end)).

update_user(Login, Password) ->
    done(mnesia:transaction(fun() ->
        case mnesia:read(emqx_user, Login) of
            [User] -> mnesia:write(setelement(3, User, salted(Password)));
            [] -> mnesia:abort(noexisted)
        end
    end)).

remove_user(Login) -> done(mnesia:transaction(fun() -> mnesia:delete({emqx_user, Login}) end)).
lookup_user(undefined) -> [];
lookup_user(Login) -> mnesia:dirty_read(emqx_user, Login).
all_users() -> mnesia:dirty_all_keys(emqx_user).
all_users(Kind) -> [User || {_, {K, _}, _, _} = User <- ets:tab2list(emqx_user), K =:= Kind].

salted(Password) ->
    Salt = crypto:strong_rand_bytes(4),
    <<Salt/binary, (hash(Salt, Password))/binary>>.

hash(Salt, Password) ->
    standin_passwords:hash(persistent_term:get({emqx_auth_mnesia, password_hash}, sha256), {prefix, Salt}, Password).

done({atomic, ok}) -> ok;
done({aborted, Reason}) -> {error, Reason}.

auth_username_cli(Arguments) -> cli(username, "user", Arguments).
auth_clientid_cli(Arguments) -> cli(clientid, "clientid", Arguments).

cli(Kind, _, ["list"]) -> [emqx_ctl:print("~s~n", [Name]) || {_, {_, Name}, _, _} <- all_users(Kind)];
cli(Kind, _, ["add", Name, Password]) -> tell(add_user({Kind, bin(Name)}, bin(Password)));
cli(Kind, _, ["update", Name, Password]) -> tell(update_user({Kind, bin(Name)}, bin(Password)));
cli(Kind, _, [Delete, Name]) when Delete =:= "del"; Delete =:= "delete" -> tell(remove_user({Kind, bin(Name)}));
cli(_, Word, _) -> emqx_ctl:usage([{Word ++ " list|add|update|delete", "Accounts of MQTT clients"}]).

tell(ok) -> emqx_ctl:print("ok~n");
tell({error, Reason}) -> emqx_ctl:print("Error: ~p~n", [Reason]).

bin(Text) -> iolist_to_binary(Text).
