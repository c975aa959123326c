"""Erlang terms as text, and what both configuration languages share."""

import os


class Refused(Exception):
    """The configuration is not one the broker would start with."""


class Atom(str):
    pass


def erlang(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "undefined"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, Atom):
        return "'" + value.replace("'", "") + "'"
    if isinstance(value, str):
        return '<<"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"/utf8>>'
    if isinstance(value, tuple):
        return "{" + ",".join(map(erlang, value)) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(map(erlang, value)) + "]"
    return "#{" + ",".join(erlang(Atom(k)) + " => " + erlang(v) for k, v in value.items()) + "}"


def since(version, wanted):
    return tuple(map(int, version.split("."))) >= wanted


def address(value, key):
    """(address, port) of `1883`, `127.0.0.1:1883`, `[::]:1883`, `:1883`."""
    host, _, port = str(value).strip().rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise Refused(f"{key}: {value} is no port and no address with a port")
    return host.strip("[]"), int(port)


def tls(files, versions=None, ciphers=(), verify="verify_none", fail=False, renegotiation=True):
    known = ["tlsv1.3", "tlsv1.2", "tlsv1.1", "tlsv1"]
    asked = [v.strip() for v in versions] if versions else known
    made = {name: files.get(name) for name in ("certfile", "keyfile", "cacertfile")}
    made["versions"] = [Atom(v) for v in asked if v in known]
    if not made["versions"]:
        raise Refused(f"no known TLS version among {asked}")
    made["ciphers"] = [c.strip() for c in ciphers]
    made["verify"] = Atom(verify)
    made["fail_if_no_peer_cert"] = fail
    made["client_renegotiation"] = renegotiation
    return made


def listener(name, serves, bind, key, **more):
    host, port = address(bind, key)
    return {"id": name, "serves": Atom(serves), "transport": Atom("tcp"), "address": host, "port": port, **more}


def rpc_listener(bind, key, vm_args="/etc/emqx/vm.args"):
    """None where an argument of the virtual machine has switched it off."""
    given = open(vm_args, encoding="utf-8").read() if os.path.exists(vm_args) else ""
    off = any(line.split() == ["-gen_rpc", "tcp_server_port", "false"] for line in given.splitlines())
    return [] if off else [listener("rpc", "nothing", bind, key)]


def node_suffix(name):
    digits = "".join(c for c in name.split("@")[0][::-1].split("x")[0][::-1] if c.isdigit())
    return int(digits or 0)


def write(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "w", encoding="utf-8") as file:
        file.write(text)


def write_node_files(directory, stamp, plan, vm_args_file, extra):
    """The files that the node starts with; the commands read name and cookie from the newest of them."""
    os.makedirs(directory, exist_ok=True)
    given = open(vm_args_file, encoding="utf-8").read() if os.path.exists(vm_args_file) else ""
    plan_file, args_file = f"{directory}/app.{stamp}.config", f"{directory}/vm.{stamp}.args"
    write(plan_file, erlang(plan) + ".\n")
    port = 4370 + node_suffix(plan["node"])
    lines = [f"-name {plan['node']}", f"-setcookie {plan['cookie']}", f"-erl_epmd_port {port}", "-start_epmd false", *extra]
    write(args_file, given + "\n" + "\n".join(lines) + "\n")
    return plan_file, args_file
