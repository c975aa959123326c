%% MQTT accounts of 5.x and 6.x; before 5.4 this module was called emqx_authentication.
-module(emqx_authn_chains).
-export([add_user/3, update_user/4, delete_user/3, lookup_user/3, list_chains/0]).

%% One for MQTT, one for each gateway and each listener with authentication of its own.
list_chains() ->
    Mqtt = [#{id => Id, provider => emqx_authn_mnesia, enable => Enable, state => #{}}
        || #{id := Id, enable := Enable} <- standin:get(authenticators, [])],
    Gateways = [chain(atom_to_list(Name) ++ ":global", [One])
        || {Name, #{authentication := One}} <- maps:to_list(emqx_conf:get([gateway], #{}))],
    Listeners = [chain(atom_to_list(Type) ++ ":" ++ atom_to_list(Name), List)
        || {Type, Named} <- maps:to_list(emqx_conf:get([listeners], #{})),
           {Name, #{authentication := List}} <- maps:to_list(Named)],
    {ok, [#{name => 'mqtt:global', authenticators => Mqtt} || Mqtt =/= []] ++ Gateways ++ Listeners}.

chain(Name, List) ->
    #{name => list_to_atom(Name), authenticators =>
        [#{id => <<"password_based:built_in_database">>, provider => emqx_authn_mnesia, state => #{},
           enable => maps:get(enable, One, true)} || One <- List]}.

add_user(Chain, Id, #{user_id := User, password := Password} = Info) ->
    with(Chain, Id, fun(Authenticator) ->
        Key = {Chain, User},
        case mnesia:dirty_read(emqx_authn_mnesia, Key) of
            [] -> {ok, standin_accounts:write(Authenticator, Key, Password, maps:get(is_superuser, Info, false))};
            [_] -> {error, already_exist}
        end
    end).

update_user(Chain, Id, User, #{password := Password} = Info) ->
    with(Chain, Id, fun(Authenticator) ->
        case mnesia:dirty_read(emqx_authn_mnesia, {Chain, User}) of
            [{_, Key, _, _, Super}] ->
                {ok, standin_accounts:write(Authenticator, Key, Password, maps:get(is_superuser, Info, Super))};
            [] -> {error, not_found}
        end
    end).

delete_user(Chain, Id, User) ->
    with(Chain, Id, fun(_) ->
        case mnesia:dirty_read(emqx_authn_mnesia, {Chain, User}) of
            [_] -> mnesia:dirty_delete(emqx_authn_mnesia, {Chain, User});
            [] -> {error, not_found}
        end
    end).

lookup_user(Chain, Id, User) ->
    with(Chain, Id, fun(_) ->
        case mnesia:dirty_read(emqx_authn_mnesia, {Chain, User}) of
            [{_, _, _, _, Super}] -> {ok, #{user_id => User, is_superuser => Super}};
            [] -> {error, not_found}
        end
    end).

with(Chain, Id, Do) ->
    case [A || #{id := I} = A <- standin:get(authenticators, []), I =:= Id] of
        [Authenticator] when Chain =:= 'mqtt:global' -> Do(Authenticator);
        [] when Chain =:= 'mqtt:global' -> {error, {not_found, {authenticator, Id}}};
        _ -> {error, {not_found, {chain, Chain}}}
    end.
