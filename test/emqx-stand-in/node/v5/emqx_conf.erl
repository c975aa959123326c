%% The configuration as it was merged at start, and as the dashboard has changed it since.
-module(emqx_conf).
-export([get/1, get/2, change/2, keep/2]).

get(Path) ->
    case find(Path, standin:get(checked, #{})) of
        {ok, Value} -> Value;
        error -> error({config_not_found, Path})
    end.

get(Path, Default) ->
    case find(Path, standin:get(checked, #{})) of
        {ok, Value} -> Value;
        error -> Default
    end.

%% What the dashboard changes at once: it lasts until the next start where emqx.conf says otherwise.
change(Path, Value) ->
    Plan = standin:plan(),
    Checked = set(Path, Value, maps:get(checked, Plan)),
    Authenticators = case maps:find(authentication, Checked) of
        {ok, List} when Path =:= [authentication] ->
            [Known#{enable => maps:get(enable, One, true)} || One <- List, Known <- maps:get(authenticators, Plan)];
        _ -> maps:get(authenticators, Plan)
    end,
    persistent_term:put({standin, plan}, Plan#{checked => Checked, authenticators => Authenticators}).

%% The same, with the text of HOCON that the dashboard leaves in cluster.hocon.
keep(Path, {Value, Text}) ->
    change(Path, Value),
    Line = [string:join([atom_to_list(Key) || Key <- Path], "."), " = ", Text, "\n"],
    file:write_file("/var/lib/emqx/configs/cluster.hocon", Line, [append]).

set([], Value, _) -> Value;
set([Key | Rest], Value, Map) when is_map(Map) -> Map#{Key => set(Rest, Value, maps:get(Key, Map, #{}))};
set(Path, Value, _) -> set(Path, Value, #{}).

find([], Value) -> {ok, Value};
find([Key | Rest], Map) when is_map_key(Key, Map) -> find(Rest, map_get(Key, Map));
find(_, _) -> error.
