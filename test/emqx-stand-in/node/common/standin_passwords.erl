%% The rule for passwords of the dashboard, and hashes of MQTT accounts.
-module(standin_passwords).
-export([good/2, hash/3]).

good(Password, WrongLength) ->
    Kinds = [K || K <- ["[A-Za-z]", "[0-9]", "[^A-Za-z0-9]"], re:run(Password, K) =/= nomatch],
    Ascii = re:run(Password, "^[\\x00-\\x7f]*$") =/= nomatch,
    if
        byte_size(Password) < 8; byte_size(Password) > 64 -> {error, WrongLength};
        length(Kinds) < 2 -> {error, <<"Bad password. At least two different kind of characters are needed.">>};
        not Ascii -> {error, <<"only ascii characters are allowed in the password">>};
        true -> ok
    end.

%% bcrypt is not in Erlang's library: a hash of another kind stands for it.
hash(plain, _, Password) -> Password;
hash(Name, Salt, Password) when Name =:= bcrypt; Name =:= pbkdf2 ->
    hex(crypto:pbkdf2_hmac(sha256, Password, Salt, 4096, 32));
hash(Name, {prefix, Salt}, Password) -> hex(crypto:hash(Name, [Salt, Password]));
hash(Name, {suffix, Salt}, Password) -> hex(crypto:hash(Name, [Password, Salt]));
hash(Name, {disable, _}, Password) -> hex(crypto:hash(Name, Password)).

hex(Bytes) -> string:lowercase(binary:encode_hex(Bytes)).
