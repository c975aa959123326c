%% Hashes of MQTT accounts as the authenticator says, and the file that fills the table at start.
-module(standin_accounts).
-export([write/4, verify/3, bootstrap/1]).

write(#{hash := Name, salt_position := Position}, {_, User} = Key, Password, Super) ->
    Salt = case Position of disable -> <<>>; _ -> string:lowercase(binary:encode_hex(crypto:strong_rand_bytes(16))) end,
    Hash = standin_passwords:hash(Name, salt(Name, Position, Salt), Password),
    ok = mnesia:dirty_write(emqx_authn_mnesia, {user_info, Key, Hash, Salt, Super}),
    #{user_id => User, is_superuser => Super}.

verify(#{hash := Name, salt_position := Position}, {_, _, Hash, Salt, _}, Password) ->
    standin_passwords:hash(Name, salt(Name, Position, Salt), Password) =:= Hash.

salt(Name, _, Salt) when Name =:= bcrypt; Name =:= pbkdf2 -> Salt;
salt(_, Position, Salt) -> {Position, Salt}.

bootstrap(#{bootstrap_file := File} = Authenticator) when File =/= undefined ->
    case file:read_file(File) of
        {ok, Text} ->
            [Head | Lines] = [binary:split(string:trim(L), <<",">>, [global])
                || L <- binary:split(Text, <<"\n">>, [global]), string:trim(L) =/= <<>>],
            [add(Authenticator, maps:from_list(lists:zip(Head, L))) || L <- Lines];
        {error, Reason} -> standin:log("bootstrap file ~s: ~p", [File, Reason])
    end;
bootstrap(_) -> ok.

add(Authenticator, #{<<"user_id">> := User} = Row) ->
    Key = {'mqtt:global', User},
    Super = maps:get(<<"is_superuser">>, Row, <<"false">>) =:= <<"true">>,
    case {mnesia:dirty_read(emqx_authn_mnesia, Key), Row} of
        {[_], _} -> ok;
        {[], #{<<"password_hash">> := Hash}} ->
            ok = mnesia:dirty_write(emqx_authn_mnesia, {user_info, Key, Hash, maps:get(<<"salt">>, Row, <<>>), Super});
        {[], #{<<"password">> := Password}} -> write(Authenticator, Key, Password, Super)
    end.
