%% Modules that are loaded; a test can put others in their place.
-module(emqx_modules).
-export([list/0]).

list() -> application:get_env(standin, modules, [{emqx_mod_acl_internal, true}, {emqx_mod_presence, true}]).
