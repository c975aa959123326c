%% Settings of the ports for devices; a test can put others in their place.
-module(emqx_zone).
-export([get_env/3]).

get_env(external, Key, Default) ->
    case application:get_env(standin, Key) of
        {ok, Value} -> Value;
        undefined -> standin:get(Key, Default)
    end.
