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
