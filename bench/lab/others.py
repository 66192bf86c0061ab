"""The proxies beside which breaktime is measured, each with a folder and a port of its own."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.origin import await_port, free_port, stop

_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
CERTGEN = Path("/usr/lib/squid/security_file_certgen")

_SQUID = """
http_port 127.0.0.1:{port} ssl-bump tls-cert={folder}/ca.pem generate-host-certificates=on \
  dynamic_cert_mem_cache_size=4MB
sslcrtd_program {certgen} -s {folder}/certs -M 4MB
sslcrtd_children 2 startup=1
pid_filename none
cache deny all
cache_mem 8 MB
access_log none
cache_log {folder}/cache.log
coredump_dir {folder}
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
client_persistent_connections on
hosts_file {folder}/hosts
dns_nameservers 127.0.0.1
tls_outgoing_options cafile={trust}
acl hello at_step SslBump1
acl controlled dstdomain "{folder}/controlled"
acl break time SMTWHFA 00:00-24:00
http_access deny controlled !break
http_access allow all
{bump}
"""
_SPLICE = "ssl_bump peek hello\nssl_bump splice all"
_BUMP = "ssl_bump bump all"
_CONTROLLED = (".facebook.com", ".reddit.com", ".x.com", ".youtube.com", ".tiktok.com")

# mitmdump knows no hosts file: this says where every name is, once for each connection to a site.
_EVERYWHERE = """
def server_connect(data):
    data.server.address = ("127.0.0.1", {port})
"""
_FIXED = """
from mitmproxy import http
BODY = b"x" * {size}

def requestheaders(flow):
    flow.response = http.Response.make(403, BODY, {{"Content-Type": "text/html"}})
"""


@dataclass(frozen=True)
class Peer:
    """
    A proxy that runs.

    Fields:
        port: on 127.0.0.1.
        process: its process.
        ca: file with its authority; None where it opens nothing.
    """

    port: int
    process: subprocess.Popen
    ca: Path | None = None


def find(program):
    """Return where a program is; None if it is not installed."""
    return shutil.which(program, path=_PATH)


def version_of(package):
    """Return the version of a Debian package; nothing where there is none."""
    command = ["dpkg-query", "--show", "--showformat=${Version}", package]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@contextmanager
def mitmdump(folder, origin, started, *, fixed=None):
    """Start mitmdump as it comes, with `-q`; `fixed`: it answers 403 itself, of so many bytes."""
    port = free_port()
    script = folder / "script.py"
    text = _EVERYWHERE.format(port=origin.port)
    script.write_text(text if fixed is None else text + _FIXED.format(size=fixed))
    program = Path(sys.executable).with_name("mitmdump")
    command = [program, "-q", "-s", script, "--listen-host", "127.0.0.1", "-p", str(port)]
    command += ["--set", f"confdir={folder}/conf"]
    command += ["--set", f"ssl_verify_upstream_trusted_ca={origin.ca}"]
    with _running(command, port, folder, started) as process:
        yield Peer(port, process, folder / "conf" / "mitmproxy-ca-cert.pem")


@contextmanager
def squid(folder, origin, started, *, bump):
    """Start a Squid that opens everything and has time rules, or looks and opens nothing."""
    program, port = find("squid"), free_port()
    _authority(folder)
    (folder / "controlled").write_text("\n".join([*_CONTROLLED, ""]))
    names = (origin.ca.parent / "names").read_text().split()
    (folder / "hosts").write_text("".join(f"127.0.0.1 {name}\n" for name in names))
    certgen = [CERTGEN, "-c", "-s", folder / "certs", "-M", "4MB"]
    subprocess.run(certgen, check=True, stdout=subprocess.DEVNULL)
    conf = _SQUID.format(
        port=port, folder=folder, certgen=CERTGEN, trust=origin.ca, bump=_BUMP if bump else _SPLICE
    )
    (folder / "squid.conf").write_text(conf)
    somebody = {}
    if os.geteuid() == 0:  # it would give its rights away by itself, and lose its files
        somebody = {"user": "nobody", "group": "nogroup", "extra_groups": ()}
        for each in (folder, *folder.rglob("*")):
            shutil.chown(each, "nobody")
    command = [program, "-N", "-n", f"bench{port}", "-f", str(folder / "squid.conf")]
    with _running(command, port, folder, started, **somebody) as process:
        yield Peer(port, process, folder / "ca.crt" if bump else None)


@contextmanager
def privoxy(folder, _, started):
    """Start a privoxy without filters; it knows no hosts file, and is asked for localhost."""
    port = free_port()
    conf = folder / "config"
    conf.write_text(
        f"listen-address 127.0.0.1:{port}\nconfdir /etc/privoxy\nlogdir {folder}\n"
        "toggle 1\nkeep-alive-timeout 300\nmax-client-connections 4096\n"
    )
    with _running([find("privoxy"), "--no-daemon", str(conf)], port, folder, started) as process:
        yield Peer(port, process)


def _authority(folder):
    """Make an authority of the file format that Squid reads; trustme's may not sign for it."""
    key, cert = folder / "ca.key", folder / "ca.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"]
    command += ["-subj", "/O=Bench Squid", "-keyout", key, "-out", cert]
    command += ["-addext", "basicConstraints=critical,CA:TRUE"]
    command += ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    (folder / "ca.pem").write_bytes(key.read_bytes() + cert.read_bytes())


@contextmanager
def _running(command, port, folder, started, **somebody):
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd="/", **somebody,
        )  # fmt: skip
    try:
        started(process)
        await_port(port, process, log)
        yield process
    finally:
        stop(process)
