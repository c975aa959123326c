%% Who may connect in 5.x and 6.x: without an authenticator everybody.
-module(standin_auth).
-export([check/4]).

check(ClientId, User, Password, #{id := Id}) ->
    [Type, Name] = [binary_to_atom(Part, utf8) || Part <- binary:split(Id, <<":">>)],
    case emqx_conf:get([listeners, Type, Name, enable_authn], true) of
        false -> ok;
        _ -> chain(ClientId, User, Password)
    end.

chain(ClientId, User, Password) ->
    case [A || #{enable := true} = A <- standin:get(authenticators, [])] of
        [] ->
            case standin:since({6, 2, 0}) andalso emqx_security_profile:profile() of
                hardened -> {refused, 16#87};
                _ -> ok
            end;
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
