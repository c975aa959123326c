"""Configuration of 4.x: `key = value` lines, one file for the broker and one for each plugin."""

import os
import re

from keys4 import PLUGINS, SECTIONS, SINCE_44, patterns
from terms import Atom, Refused, listener, node_suffix, rpc_listener, since, tls

LINE = re.compile(r"^\s*([A-Za-z0-9_.-]+)\s*=\s*(.*?)\s*$")
FLAGS = ("true", "false", "on", "off")


def read(path, known):
    """Settings of a file with EMQX_ variables over them. The last of two equal keys wins; a `#` ends a value."""
    found = {}
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        bare = re.sub(r"\s*#.*$", "", line.rstrip("\r\n"))
        if bare.strip() == "":
            continue
        match = LINE.match(bare)
        if not match or match[2] == "":
            raise Refused(f"Error generating configuration in phase parse: {path}: line {number} is no `key = value`")
        found[match[1]] = match[2]
    for name, value in os.environ.items():
        key = name[5:].lower().replace("__", ".")
        if name.startswith("EMQX_") and matches(key, known):
            found[key] = value
    for key in found:
        if not matches(key, known):
            raise Refused(
                f"You've tried to set {key}, but there is no setting with that name.\n"
                f"Error generating configuration in phase add_defaults\nConf file attempted to set unknown variable: {key}"
            )
    return found


def matches(key, known):
    words = key.split(".")
    return any(
        len(words) == len(p) and all(b in ("*", a) for a, b in zip(words, p)) for p in (k.split(".") for k in known)
    )


def broker_keys(version):
    return patterns(SECTIONS) + (patterns(SINCE_44) if since(version, (4, 4, 0)) else [])


def flag(conf, key, default):
    value = conf.get(key, default)
    if value not in FLAGS:
        raise Refused(f"{key}: {value} is neither true nor false (error in phase transform_datatypes)")
    return value in ("true", "on")


def secured(conf, prefix):
    return tls(
        {name: conf.get(f"{prefix}.{name}") for name in ("certfile", "keyfile", "cacertfile")},
        versions=conf[f"{prefix}.tls_versions"].split(",") if f"{prefix}.tls_versions" in conf else None,
        ciphers=conf[f"{prefix}.ciphers"].split(",") if f"{prefix}.ciphers" in conf else (),
        verify=conf.get(f"{prefix}.verify", "verify_none"),
        fail=flag(conf, f"{prefix}.fail_if_no_peer_cert", "false"),
    )


def broker(path, version):
    conf = read(path, broker_keys(version))
    found = []
    for key, bind in conf.items():
        words = key.split(".")
        if words[0] != "listener" or len(words) != 3:
            continue
        kind = words[1]
        more = {
            "max": int(conf.get(f"{key}.max_connections", "1024")),
            "zone": Atom(conf.get(f"{key}.zone", "external")),
            "path": conf.get(f"{key}.mqtt_path", "/mqtt"),
        }
        if kind in ("ssl", "wss"):
            more["tls"] = secured(conf, key)
        found.append(listener(f"mqtt:{kind}:{words[2]}", "ws" if "ws" in kind else "mqtt", bind, key, **more))
    name = conf.get("node.name", "emqx@127.0.0.1")
    rpc = conf.get("rpc.tcp_server_port", "5369") if conf.get("rpc.port_discovery") == "manual" else 5370 + node_suffix(name)
    found += rpc_listener(f"{conf.get('rpc.tcp_server_ip', '0.0.0.0')}:{rpc}", "rpc.tcp_server_ip")
    extra = []
    if "node.dist_use_interface" in conf:
        extra.append("-kernel inet_dist_use_interface {" + conf["node.dist_use_interface"].replace(".", ",") + "}")
    nomatch = conf.get("acl_nomatch", "deny")
    if nomatch not in ("allow", "deny"):
        raise Refused(f"acl_nomatch: {nomatch} is neither allow nor deny (error in phase transform_datatypes)")
    return {
        "version": version,
        "node": name,
        "cookie": conf.get("node.cookie", "emqxsecretcookie"),
        "allow_anonymous": flag(conf, "allow_anonymous", "false"),
        "acl_nomatch": Atom(nomatch),
        "acl_file": conf.get("acl_file", "/etc/emqx/acl.conf"),
        "listeners": found,
    }, extra


def plugin(name, path, version):
    if name not in PLUGINS:
        return {"listeners": []}
    conf = read(path, patterns(PLUGINS[name]))
    found = []
    short = {"emqx_dashboard": "dashboard", "emqx_management": "management"}.get(name)
    for scheme in ("http", "https"):
        key = f"{short}.listener.{scheme}"
        if not short or key not in conf:
            continue
        if not conf[key].isdigit() and (name == "emqx_dashboard" or not since(version, (4, 4, 0))):
            if not since(version, (4, 4, 0)):
                raise Refused(f"{key}: {conf[key]} is no port (error in phase transform_datatypes)")
        more = {"role": Atom(short), "max": int(conf.get(f"{key}.max_clients", "512"))}
        if scheme == "https":
            more["tls"] = secured(conf, key)
        # A port without an address is one of IPv4, unless this asks for both families.
        both = conf[key].isdigit() and flag(conf, f"{key}.inet6", "false")
        found.append(listener(f"{scheme}:{short}", "http", f":::{conf[key]}" if both else conf[key], key, **more))
    kind = {"emqx_coap": "coap", "emqx_lwm2m": "lwm2m"}.get(name)
    for key, bind in conf.items():
        if kind and key.startswith(f"{kind}.bind."):
            more = {"transport": Atom("udp")}
            if ".dtls." in key:
                more["tls"] = secured(conf, f"{kind}.dtls")
            found.append({**listener(key, "nothing", bind, key), **more})
    users = []
    for key, value in conf.items():
        match = re.match(r"auth\.(user|client)\.(.*)\.(username|clientid)$", key)
        if match:
            secret = conf.get(f"auth.{match[1]}.{match[2]}.password", "")
            users.append((Atom(match[3]), value, secret))
    return {
        "listeners": found,
        "default_user": (conf.get("dashboard.default_user.login"), conf.get("dashboard.default_user.password")),
        "default_app": (conf.get("management.default_application.id"), conf.get("management.default_application.secret")),
        "password_hash": Atom(conf.get("auth.mnesia.password_hash", "sha256")),
        "users": users,
    }
