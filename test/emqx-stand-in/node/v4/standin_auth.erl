%% Who may connect in 4.x: an account decides where there is one, otherwise allow_anonymous.
-module(standin_auth).
-export([check/4]).

check(_, _, _, #{zone := internal}) -> ok;
check(ClientId, User, Password, _) ->
    Accounts = case lists:member(emqx_auth_mnesia, emqx_plugins:started()) of
        true -> emqx_auth_mnesia_cli:lookup_user({clientid, ClientId}) ++
                [A || User =/= undefined, A <- emqx_auth_mnesia_cli:lookup_user({username, User})];
        false -> []
    end,
    case {Accounts, emqx_zone:get_env(external, allow_anonymous, false)} of
        {[], true} -> ok;
        {[], _} -> {refused, 16#87};
        _ ->
            case Password =/= undefined andalso lists:any(fun(A) -> matches(element(3, A), Password) end, Accounts) of
                true -> ok;
                false -> {refused, 16#86}
            end
    end.

matches(<<Salt:4/binary, Hash/binary>>, Password) -> emqx_auth_mnesia_cli:hash(Salt, Password) =:= Hash.
