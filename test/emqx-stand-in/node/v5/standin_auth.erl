%% Who may connect in 5.x and 6.x: without an authenticator everybody.
-module(standin_auth).
-export([check/4]).

check(_, _, _, #{authn := false}) -> ok;
check(ClientId, User, Password, _) ->
    case [A || #{enable := true} = A <- standin:get(authenticators, [])] of
        [] -> ok;
        Authenticators -> ask(Authenticators, ClientId, User, Password)
    end.

ask([], _, _, _) -> {refused, 16#87};
ask([#{by := By} = Authenticator | More], ClientId, User, Password) ->
    Id = case By of clientid -> ClientId; username -> User end,
    case Id =/= undefined andalso mnesia:dirty_read(emqx_authn_mnesia, {'mqtt:global', Id}) of
        [Account] ->
            case Password =/= undefined andalso standin_accounts:verify(Authenticator, Account, Password) of
                true -> ok;
                false -> {refused, 16#86}
            end;
        _ -> ask(More, ClientId, User, Password)
    end.
