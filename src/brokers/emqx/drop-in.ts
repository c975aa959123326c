/**
 * Drop-in of emqx.service, systemd.unit(5). Until 5.9.0 EMQX opens its ports a moment before it asks for accounts
 * (github.com/emqx/emqx/pull/14556; seen with 5.0.26), and who came in by then would stay.
 */
export const emqxDropIn = (): string =>
  `# Laid down by broker-setup: this EMQX opens its ports a moment before it asks for accounts. Once it does, everybody who
# is connected is sent away; devices with an account come back by themselves.
[Service]
ExecStartPost=-/bin/sh -c 'timeout 60 sh -c "until /usr/bin/emqx ctl status 2>/dev/null | grep -q started; do sleep 1; done"; /usr/bin/emqx eval "[emqx_cm:kick_session(C) || {C, _} <- ets:tab2list(emqx_channel)]" >/dev/null'
`;

/**
 * Drop-in of emqx.service for 6.2 and newer: without authentication it lets nobody in, refuses to start with the cookie of its package, and
 * refuses where a database of accounts or rules does not answer (emqx_security_profile.erl and bin/emqx at 6.2.2; the default from 7.0 on).
 */
export const emqxHardened = (): string =>
  `# Written by broker-setup: EMQX denies where authentication, rules or a database of accounts are missing. It also checks the
# certificates of servers that it connects to itself. Your own settings belong into another file beside this one.
[Service]
Environment=EMQX_SECURITY_PROFILE=hardened
`;
