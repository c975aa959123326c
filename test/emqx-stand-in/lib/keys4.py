"""The settings that 4.x knows; `*` stands for one word. A setting that is not here is refused, as there."""

COMMON_LISTENER = """acceptors max_connections max_conn_rate active_n zone rate_limit access.* proxy_protocol
proxy_protocol_timeout backlog send_timeout send_timeout_close recbuf sndbuf buffer tune_buffer nodelay
peer_cert_as_username peer_cert_as_clientid"""
TCP = "high_watermark reuseaddr"
TLS = """tls_versions ciphers psk_ciphers handshake_timeout depth key_password dhfile keyfile certfile cacertfile verify
fail_if_no_peer_cert secure_renegotiate reuse_sessions honor_cipher_order"""
WS = """mqtt_path fail_if_no_subprotocol supported_subprotocols proxy_address_header proxy_port_header compress
deflate_opts.* idle_timeout max_frame_size mqtt_piggyback check_origin_enable allow_origin_absence check_origins"""

SECTIONS = {
    "": """allow_anonymous acl_nomatch acl_file enable_acl_cache acl_cache_ttl acl_cache_max_size acl_deny_action
flapping_detect_policy""",
    "cluster": """name discovery autoclean autoheal static.seeds mcast.* dns.name proto_dist dns.app etcd.server etcd.prefix
etcd.node_ttl etcd.ssl.* k8s.*""",
    "node": """name ssl_dist_optfile cookie data_dir heartbeat async_threads process_limit max_ports dist_buffer_size
global_gc_interval fullsweep_after max_ets_tables crash_dump dist_net_ticktime dist_listen_min dist_listen_max
backtrace_depth""",
    "rpc": """mode async_batch_size port_discovery tcp_server_port tcp_client_num connect_timeout send_timeout
authentication_timeout call_receive_timeout socket_keepalive_idle socket_keepalive_interval socket_keepalive_count
socket_sndbuf socket_recbuf socket_buffer""",
    "log": """to level primary_log_level dir file chars_limit supervisor_reports max_depth formatter single_line rotation
rotation.size size rotation.count *.file sync_mode_qlen drop_mode_qlen flush_qlen overload_kill overload_kill_mem_size
overload_kill_qlen overload_kill_restart_after burst_limit error_logger""",
    "mqtt": """max_packet_size max_clientid_len max_topic_levels max_qos_allowed max_topic_alias retain_available
wildcard_subscription shared_subscription ignore_loop_deliver strict_mode response_information""",
    "zone.*": """idle_timeout allow_anonymous acl_nomatch enable_acl acl_deny_action enable_ban enable_stats publish_limit
max_packet_size max_clientid_len max_topic_levels max_qos_allowed max_topic_alias retain_available wildcard_subscription
shared_subscription server_keepalive keepalive_backoff max_subscriptions upgrade_qos max_inflight retry_interval
max_awaiting_rel await_rel_timeout ignore_loop_deliver session_expiry_interval max_mqueue_len mqueue_priorities
mqueue_default_priority mqueue_store_qos0 enable_flapping_detect rate_limit.* conn_congestion.* quota.* force_gc_policy
force_shutdown_policy mountpoint use_username_as_clientid strict_mode response_information bypass_auth_plugins""",
    "listener.tcp.*": COMMON_LISTENER + " " + TCP,
    "listener.ssl.*": COMMON_LISTENER + " " + TCP + " " + TLS,
    "listener.ws.*": COMMON_LISTENER + " " + WS,
    "listener.wss.*": COMMON_LISTENER + " " + WS + " " + TLS.replace("handshake_timeout ", ""),
    "modules": "loaded_file",
    "module": "presence.qos subscription.*.* rewrite.rule.* rewrite.pub.rule.* rewrite.sub.rule.*",
    "plugins": "etc_dir loaded_file expand_plugins_dir",
    "broker": """sys_interval sys_heartbeat enable_session_registry session_locking_strategy shared_subscription_strategy
shared_dispatch_ack_enabled route_batch_clean perf.*""",
    "sysmon": "long_gc long_schedule large_heap busy_port busy_dist_port",
    "os_mon": "*",
    "vm_mon": "check_interval process_high_watermark process_low_watermark",
    "alarm": "actions size_limit validity_period",
}

SINCE_44 = {
    "": "auth_order acl_order alias_enrichment_module special_auth_module crl_cache_http_timeout crl_cache_refresh_interval",
    "cluster": "dns.type",
    "node": "dist_use_interface",
    "rpc": "driver default_client_driver enable_ssl certfile keyfile cacertfile tcp_server_ip insecure_fallback",
    "mqtt": "exclusive_subscription",
    "zone.*": "latency_samples exclusive_subscription tcp_keepalive",
    "listener.ssl.*": """partial_chain verify_peer_ext_key_usage log_level gc_after_handshake hibernate_after
enable_ocsp_stapling ocsp_responder_url ocsp_issuer_pem ocsp_refresh_interval ocsp_refresh_http_timeout enable_crl_check
crl_cache_urls""",
    "listener.wss.*": "log_level",
    "broker": "*.shared_subscription_strategy client_disconnect_discarded client_disconnect_takeovered",
}

PLAIN_HTTP = "acceptors max_clients inet6 ipv6_v6only"
PLAIN_MGMT = PLAIN_HTTP + " backlog send_timeout send_timeout_close recbuf sndbuf buffer tune_buffer nodelay proxy_header"
HTTPS = """tls_versions keyfile certfile cacertfile verify fail_if_no_peer_cert ciphers key_password dhfile secure_renegotiate
reuse_sessions honor_cipher_order"""
DTLS = "keyfile certfile cacertfile verify fail_if_no_peer_cert ciphers psk_ciphers"

PLUGINS = {
    "emqx_dashboard": {
        "dashboard": "default_user.login default_user.password listener.http listener.https",
        "dashboard.listener.http": PLAIN_HTTP + " access.*",
        "dashboard.listener.https": PLAIN_HTTP + " " + HTTPS,
    },
    "emqx_management": {
        "management": """max_row_limit default_application.id default_application.secret application.default_secret
bootstrap_apps_file listener.http listener.https""",
        "management.listener.http": PLAIN_MGMT,
        "management.listener.https": PLAIN_MGMT + " " + HTTPS,
    },
    "emqx_coap": {"coap": "bind.udp.* bind.dtls.* enable_stats", "coap.dtls": DTLS},
    "emqx_lwm2m": {
        "lwm2m": """bind.udp.* bind.dtls.* lifetime_min lifetime_max qmode_time_window auto_observe lb opts.* mountpoint
topics.* update_msg_publish_condition xml_dir keyfile certfile""",
        "lwm2m.dtls": DTLS,
    },
    "emqx_auth_mnesia": {"auth": "mnesia.password_hash client.*.clientid client.*.password user.*.username user.*.password"},
    "emqx_retainer": {"retainer": "storage_type max_retained_messages max_payload_size expiry_interval stop_publish_clear_msg"},
    "emqx_telemetry": {"telemetry": "enabled url report_interval"},
}


def patterns(sections):
    found = []
    for section, names in sections.items():
        found += [f"{section}.{name}" if section else name for name in names.split()]
        if section.startswith("listener."):
            found.append(section)
    return found
