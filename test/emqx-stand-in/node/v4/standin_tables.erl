%% Tables and plugins of 4.x.
-module(standin_tables).
-export([open/0, loaded/0]).

open() ->
    standin:table(mqtt_admin, mqtt_admin, [username, password, tags]),
    standin:table(mqtt_app, mqtt_app, [id, secret, name, desc, status, expired]),
    emqx_plugins:init().

loaded() -> emqx_plugins:load_those_in_file().
