%% The configuration as it was merged at start.
-module(emqx_conf).
-export([get/1, get/2]).

get(Path) ->
    case find(Path, standin:get(raw, #{})) of
        {ok, Value} -> Value;
        error -> error({config_not_found, Path})
    end.

get(Path, Default) ->
    case find(Path, standin:get(raw, #{})) of
        {ok, Value} -> Value;
        error -> Default
    end.

find([], Value) -> {ok, Value};
find([Key | Rest], Map) when is_map_key(Key, Map) -> find(Rest, map_get(Key, Map));
find(_, _) -> error.
