"""Configuration of 5.x and 6.x: merges the files, refuses what the schema does not know, says what to open."""

import ipaddress
import os

import hocon
from terms import Atom, Refused, address, listener, node_suffix, rpc_listener, since, tls

ETC = "/etc/emqx"

ROOTS = """node cluster log rpc listeners mqtt zones authentication authorization broker sys_topics force_shutdown
overload_protection force_gc conn_congestion stats sysmon alarm flapping_detect trace crl_cache dashboard api_key gateway
exhook plugins prometheus retainer rule_engine slow_subs telemetry delayed rewrite topic_metrics auto_subscribe
event_message modules bridges limiter psk psk_authentication connectors actions sources file_transfer license
durable_sessions durable_storage persistent_session_store banned opentelemetry schema_registry schema_validation
message_transformation node_eviction cluster_link mq streams config_backup_interval resource_cache"""

LISTENER = """enabled bind acceptors max_connections max_conn_rate messages_rate bytes_rate mountpoint zone limiter
enable_authn access_rules proxy_protocol proxy_protocol_timeout parse_unit tcp_backend tcp_options authentication"""
TLS = """cacertfile cacerts certfile keyfile verify reuse_sessions depth password versions ciphers secure_renegotiate log_level
hibernate_after dhfile fail_if_no_peer_cert honor_cipher_order client_renegotiation handshake_timeout user_lookup_fun
gc_after_handshake ocsp enable_crl_check partial_chain verify_peer_ext_key_usage session_tickets managed_certs"""
WEBSOCKET = """mqtt_path mqtt_piggyback compress idle_timeout max_frame_size fail_if_no_subprotocol supported_subprotocols
check_origin_enable allow_origin_absence check_origins proxy_address_header proxy_port_header deflate_opts validate_utf8"""
HTTP = "enable bind num_acceptors max_connections backlog send_timeout inet6 ipv6_v6only proxy_header"
GATEWAY = "enable enable_stats idle_timeout mountpoint clientinfo_override authentication listeners"


def fields(version):
    """The structs that are checked, each with the names it knows; `*` stands for one word."""
    # `enable` is an alias since 5.1, and the proper name later.
    mqtt = LISTENER + (" enable" if since(version, (5, 1, 0)) else "")
    dashboard_ssl = since(version, (5, 2, 0))
    found = {
        "": ROOTS,
        "node": """name cookie process_limit max_ports dist_buffer_size max_ets_tables data_dir config_files global_gc_interval
crash_dump_file crash_dump_seconds crash_dump_bytes dist_net_ticktime backtrace_depth applications etc_dir cluster_call
db_backend role rpc_module tlog_push_mode default_shard_transport shard_transports broker_pool_size generic_pool_size
channel_cleanup_batch_size default_bootstrap_batch_size""" + (
            """ dist_bind_address dist_listen_options dist_connect_options tls_server_session_tickets_amount
tls_server_session_ticket_lifetime tls_stateless_tickets_seed""" if since(version, (6, 2, 0)) else ""
        ),
        "cluster": """name discovery_strategy core_nodes autoclean autoheal proto_dist static mcast dns etcd k8s links quic_lb_mode
prevent_overlapping_partitions heartbeat_interval missed_heartbeats durable_timers""",
        "rpc": """mode protocol driver async_batch_size port_discovery tcp_server_port ssl_server_port tcp_client_num server_port
client_num connect_timeout certfile keyfile cacertfile ciphers tls_versions send_timeout authentication_timeout
call_receive_timeout socket_keepalive_idle socket_keepalive_interval socket_keepalive_count socket_sndbuf socket_recbuf
socket_buffer insecure_fallback""" + (" listen_address ipv6_only" if since(version, (5, 3, 1)) else ""),
        "listeners": "tcp ssl ws wss quic",
        "listeners.tcp.*": mqtt,
        "listeners.ssl.*": mqtt + " ssl_options",
        "listeners.ws.*": mqtt + " websocket",
        "listeners.wss.*": mqtt + " ssl_options websocket",
        "listeners.ssl.*.ssl_options": TLS,
        "listeners.wss.*.ssl_options": TLS,
        "listeners.ws.*.websocket": WEBSOCKET,
        "listeners.wss.*.websocket": WEBSOCKET,
        "authorization": "no_match deny_action cache sources node_cache include_mountpoint",
        "dashboard": """listeners default_username default_password sample_interval token_expired_time password_expired_time
hwmark_expire_time cors i18n_lang bootstrap_users_file swagger_support default_mfa unsuccessful_login_max_attempts
unsuccessful_login_lock_duration unsuccessful_login_interval sso""",
        "dashboard.listeners": "http https",
        "dashboard.listeners.http": HTTP,
        "dashboard.listeners.https": HTTP + (" ssl_options" if dashboard_ssl else "") + " " + TLS,
        "gateway": "stomp mqttsn coap lwm2m exproto gbt32960 ocpp jt808 nats",
        "gateway.coap": GATEWAY + " heartbeat connection_required notify_type subscribe_qos publish_qos blockwise",
        "gateway.lwm2m": GATEWAY + """ xml_dir lifetime_min lifetime_max qmode_time_window auto_observe
update_msg_publish_condition translators blockwise coap_max_block_size""",
        "gateway.*.listeners": "udp dtls tcp ssl ws wss",
    }
    if dashboard_ssl:
        found["dashboard.listeners.https.ssl_options"] = TLS
    common = "enable bind max_connections max_conn_rate mountpoint access_rules enable_authn authentication acceptors"
    for gateway in ("coap", "lwm2m"):
        found[f"gateway.{gateway}.listeners.udp.*"] = common + " udp_options health_check"
        found[f"gateway.{gateway}.listeners.dtls.*"] = common + " udp_options dtls_options health_check"
        found[f"gateway.{gateway}.listeners.dtls.*.dtls_options"] = TLS
    return {tuple(k.split(".")) if k else (): v.split() for k, v in found.items()}


def merged(version, configs):
    """etc/base.hocon (since 5.8.4), then cluster.hocon, then etc/emqx.conf, then EMQX_ variables."""
    files = [f"{ETC}/base.hocon"] if since(version, (5, 8, 4)) else []
    conf = {}
    for path in [*files, f"{configs}/cluster.hocon", f"{ETC}/emqx.conf"]:
        if os.path.exists(path):
            hocon.merge(conf, hocon.load(path))
    for name, value in sorted(os.environ.items()):
        words = name[5:].lower().split("__")
        if name.startswith("EMQX_") and words[0] in ROOTS.split() and len(words) > 1:
            hocon.put(conf, words, hocon.parse(f"x = {value}", name)["x"])
    check(conf, (), fields(version))
    return conf


def check(value, path, known):
    if not isinstance(value, dict):
        return
    for pattern, names in known.items():
        if len(pattern) == len(path) and all(p in ("*", w) for p, w in zip(pattern, path)):
            unknown = [name for name in value if name not in names]
            if unknown:
                raise Refused(
                    f"#{{kind => validation_error,reason => unknown_fields,path => \"{'.'.join(path) or 'root'}\","
                    f"unknown => \"{','.join(unknown)}\"}}"
                )
    for name, inner in value.items():
        check(inner, (*path, name), known)


def at(conf, path, default=None):
    for word in path.split("."):
        if not isinstance(conf, dict) or word not in conf:
            return default
        conf = conf[word]
    return conf


def expanded(path):
    return path.replace("${EMQX_ETC_DIR}", ETC).replace("${EMQX_LOG_DIR}", "/var/log/emqx") if path else path


def secured(options):
    return tls(
        {name: expanded(options.get(name)) for name in ("certfile", "keyfile", "cacertfile")},
        versions=[v for v in options.get("versions", ["tlsv1.3", "tlsv1.2"]) if "dtls" not in v] or ["tlsv1.2"],
        ciphers=[] if not options.get("ciphers") else as_list(options["ciphers"]),
        verify=options.get("verify", "verify_none"),
        fail=options.get("fail_if_no_peer_cert", False),
        renegotiation=options.get("client_renegotiation", True),
    )


def as_list(value):
    return value.split(",") if isinstance(value, str) else value


SHIPPED = {name: f"{ETC}/certs/{file}.pem" for name, file in (("certfile", "cert"), ("keyfile", "key"), ("cacertfile", "cacert"))}


def mqtt_listeners(conf):
    found = []
    for kind, port in (("tcp", 1883), ("ssl", 8883), ("ws", 8083), ("wss", 8084)):
        mine = at(conf, f"listeners.{kind}", {})
        for name, options in {"default": {}, **mine}.items():
            if not isinstance(options, dict) or not options.get("enable", options.get("enabled", True)):
                continue
            more = {
                "max": 100000,
                "path": at(options, "websocket.mqtt_path", "/mqtt"),
            }
            if kind in ("ssl", "wss"):
                more["tls"] = secured({**SHIPPED, **options.get("ssl_options", {})})
            key = f"listeners.{kind}.{name}.bind"
            found.append(listener(f"{kind}:{name}", "ws" if "ws" in kind else "mqtt", options.get("bind", port), key, **more))
    return found


def dashboard_listeners(conf, version):
    """Before 5.1 `enable` switches and the TLS options stand beside `bind`; later a port of 0 means off."""
    found = []
    old = not since(version, (5, 1, 0))
    for scheme in ("http", "https"):
        options = at(conf, f"dashboard.listeners.{scheme}", None)
        if old and scheme == "https":
            options = {"enable": False, "bind": 18084, **(options or {})}
        elif old:
            options = {"bind": 18083, **(options or {})}
        elif options is None:
            continue
        bind = options.get("bind", 0)
        if options.get("enable", True) is False or (not old and str(bind).rpartition(":")[2] == "0"):
            continue
        if not since(version, (6, 2, 2)) and "::" in str(bind) and options.get("inet6") is not True:
            raise Refused(f"failed_to_start_app emqx_dashboard: {scheme}:dashboard: {bind} without inet6")
        more = {"role": Atom("dashboard")}
        if scheme == "https":
            more["tls"] = secured({**SHIPPED, **options, **options.get("ssl_options", {})})
        found.append(listener(f"{scheme}:dashboard", "http", bind, f"dashboard.listeners.{scheme}.bind", **more))
    return found


def gateway_listeners(conf):
    found = []
    for name in ("coap", "lwm2m"):
        gateway = at(conf, f"gateway.{name}")
        if gateway is None or gateway.get("enable", True) is False:
            continue
        for kind in ("udp", "dtls"):
            for each, options in at(gateway, f"listeners.{kind}", {}).items():
                if options.get("enable", True) is False:
                    continue
                more = {"transport": Atom("udp")}
                if kind == "dtls":
                    more["tls"] = secured({**SHIPPED, **options.get("dtls_options", {})})
                key = f"{name}:{kind}:{each}"
                found.append({**listener(key, "nothing", options.get("bind", 5683), key), **more})
    return found


def authenticators(conf):
    found = []
    given = conf.get("authentication", [])
    for one in given if isinstance(given, list) else [given]:
        if one.get("backend") != "built_in_database" or one.get("mechanism") != "password_based":
            raise Refused(f"the stand-in knows no authenticator like {one.get('mechanism')}:{one.get('backend')}")
        algorithm = one.get("password_hash_algorithm", {"name": "sha256", "salt_position": "prefix"})
        found.append({
            "id": "password_based:built_in_database",
            "enable": one.get("enable", True),
            "by": Atom(one.get("user_id_type", "username")),
            "hash": Atom(algorithm.get("name", "sha256")),
            "salt_position": Atom(algorithm.get("salt_position", "prefix")),
            "bootstrap_file": expanded(one.get("bootstrap_file")),
        })
    return found


# Names of which EMQX's schema makes atoms; all other words stay text.
ATOMS = """type no_match storage_type mechanism backend user_id_type verify versions name salt_position enable_authn
discovery_strategy""".split()


def checked(value, key=""):
    """The configuration as the running node reports it: atoms, and addresses as tuples."""
    if isinstance(value, dict):
        return {name: checked(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [checked(inner, key) for inner in value]
    if key == "bind" and isinstance(value, str) and not value.isdigit():
        host, port = address(value, key)
        numbers = ipaddress.ip_address(host)
        if numbers.version == 4:
            return (tuple(numbers.packed), port)
        return (tuple(int(part, 16) for part in numbers.exploded.split(":")), port)
    if key in ATOMS and isinstance(value, str):
        return Atom(value)
    return expanded(value) if isinstance(value, str) else value


def with_defaults(conf):
    """What nothing says: the listeners of a default installation and the rules of its acl.conf."""
    listeners = {kind: {"default": {"bind": port, "enable": True, "enable_authn": True}}
                 for kind, port in (("tcp", 1883), ("ssl", 8883), ("ws", 8083), ("wss", 8084))}
    whole = {
        "listeners": listeners,
        "authorization": {"no_match": "allow", "sources": [{"type": "file", "enable": True, "path": f"{ETC}/acl.conf"}]},
        "telemetry": {"enable": True},
    }
    hocon.merge(whole, conf)
    return whole


def broker(version, configs):
    conf = merged(version, configs)
    name = at(conf, "node.name", "emqx@127.0.0.1")
    cookie = at(conf, "node.cookie")
    if not cookie:
        raise Refused('#{kind => validation_error,path => "node.cookie",reason => mandatory_required_field}')
    sources = at(conf, "authorization.sources", None)
    files = [s for s in sources if s.get("type") == "file" and s.get("enable", True)] if sources is not None else [{}]
    rpc_port = at(conf, "rpc.tcp_server_port", at(conf, "rpc.server_port", 5369))
    port = rpc_port if at(conf, "rpc.port_discovery") == "manual" else 5370 + node_suffix(name)
    plan = {
        "version": version,
        "node": name,
        "cookie": cookie,
        "raw": conf,
        "checked": checked(with_defaults(conf)),
        "authenticators": authenticators(conf),
        "acl": bool(files),
        "acl_file": expanded((files or [{}])[0].get("path", "${EMQX_ETC_DIR}/acl.conf")),
        "acl_nomatch": Atom(at(conf, "authorization.no_match", "allow")),
        "listeners": [
            *mqtt_listeners(conf),
            *dashboard_listeners(conf, version),
            *gateway_listeners(conf),
            *rpc_listener(f"{at(conf, 'rpc.listen_address', '0.0.0.0')}:{port}", "rpc.listen_address"),
        ],
    }
    bound = at(conf, "node.dist_bind_address")
    extra = ["-kernel inet_dist_use_interface {" + bound.replace(".", ",") + "}"] if bound else []
    return plan, extra
