"""A Squid of the tests' own: before the gateway, where it names people, or behind it."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.debian import free_port, require, serving

HEADER = "X-Authenticated-User"

_CONF = """
http_port 127.0.0.1:{port}
pid_filename none
cache deny all
cache_mem 1 MB
access_log none
cache_log {folder}/cache.log
coredump_dir {folder}
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
dns_nameservers 127.0.0.1
tcp_outgoing_address {source}
auth_param basic program {helper}
auth_param basic realm squid
auth_param basic children 1 startup=1
acl known proxy_auth REQUIRED
acl anonymous src 127.0.99.77
http_access allow anonymous
http_access allow known
http_access deny all
request_header_access {header} deny all
request_header_add {header} "%un" all
cache_peer {host} parent {gateway} 0 no-query no-digest no-netdb-exchange default
never_direct allow all
"""

_PARENT = """
{listen}
pid_filename none
cache deny all
cache_mem 1 MB
access_log none
cache_log {folder}/cache.log
coredump_dir {folder}
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
dns_nameservers 127.0.0.1
auth_param basic program {helper}
auth_param basic realm squid
auth_param basic children 1 startup=1
acl known proxy_auth REQUIRED
acl never dstdomain never.example.org
http_access deny never
http_access allow known
http_access deny all
cache_peer {host} parent {gateway} 0 no-query no-digest no-netdb-exchange default
never_direct allow all
"""

_HELPER = """#!/bin/sh
while read -r name password; do
    [ "$password" = squid ] && echo OK || echo ERR
done
"""


@dataclass
class Squid:
    """A running one."""

    port: int
    process: subprocess.Popen

    @property
    def proxy(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)


@contextmanager
def in_front_of(gateway: tuple[str, int], *, source: str):
    """
    Start a Squid whose parent is the gateway.

    Args:
        gateway: address of the gateway.
        source: address it connects from.
    """
    with _running(_CONF, gateway, source=source, header=HEADER) as squid:
        yield squid


@contextmanager
def as_parent(way_out: tuple[str, int], certificate: Path | None = None):
    """
    Start a Squid that lets those out whose password is `squid`, through another proxy.

    Args:
        way_out: address of the other proxy.
        certificate: file with a key and its certificate, which is shown to clients; None for one
            that is spoken to in clear.
    """
    listen = "http_port 127.0.0.1:{port}"
    if certificate is not None:
        listen = f"https_port 127.0.0.1:{{port}} tls-cert={{folder}}/{certificate.name}"
    with _running(_PARENT.replace("{listen}", listen), way_out, certificate) as squid:
        yield squid


@contextmanager
def _running(conf: str, parent: tuple[str, int], certificate: Path | None = None, **values: str):
    program, port = require("squid", "squid"), free_port()
    folder = Path(tempfile.mkdtemp(prefix="bt-squid-"))  # where somebody without rights can go
    helper = folder / "helper"
    helper.write_text(_HELPER)
    helper.chmod(0o755)
    if certificate is not None:
        shutil.copy(certificate, folder)
    conf = conf.format(
        port=port, folder=folder, helper=helper, host=parent[0], gateway=parent[1], **values
    )
    (folder / "squid.conf").write_text(conf)
    somebody = {}
    if os.geteuid() == 0:  # it would give its rights away by itself, and lose its files
        somebody = {"user": "nobody", "group": "nogroup", "extra_groups": ()}
        shutil.chown(folder, "nobody")
    command = [program, "-N", "-n", f"bt{port}", "-f", str(folder / "squid.conf")]
    try:
        with serving(command, port, folder, **somebody) as process:
            yield Squid(port, process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
