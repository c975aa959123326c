%% Tables and accounts of 5.x and 6.x.
-module(standin_tables).
-export([open/0, loaded/0]).

open() ->
    standin:table(emqx_admin, emqx_admin, [username, pwdhash, description, role, extra]),
    standin:table(emqx_authn_mnesia, user_info, [user_id, password_hash, salt, is_superuser]),
    emqx_ctl:register_command(admins, emqx_dashboard_admin, admins).

loaded() ->
    emqx_dashboard_admin:add_default_user(),
    [standin_accounts:bootstrap(A) || A <- standin:get(authenticators, [])].
