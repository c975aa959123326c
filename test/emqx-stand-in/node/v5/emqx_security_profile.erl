%% From 6.2.0 on: what is denied where nothing is set up.
-module(emqx_security_profile).
-export([profile/0]).

profile() ->
    case os:getenv("EMQX_SECURITY_PROFILE") of
        "hardened" -> hardened;
        _ -> legacy
    end.
