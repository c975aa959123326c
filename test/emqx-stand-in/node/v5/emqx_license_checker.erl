%% From 5.9.0 on: the licence that every package brings (emqx_license_parser_v20220101.erl, dump). A test can put another in its place.
-module(emqx_license_checker).
-export([dump/0]).

dump() ->
    case application:get_env(standin, licence) of
        {ok, Licence} -> Licence;
        undefined ->
            true = standin:since({5, 9, 0}),
            [
                {customer, <<"EMQ">>},
                {start_at, <<"2025-03-02">>},
                {expiry_at, <<"2044-03-02">>},
                {type, <<"community">>},
                {customer_type, 11},
                {expiry, false}
            ]
    end.
