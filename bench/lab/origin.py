"""The local origin: nginx, with a page of 1 KiB and one of 100 KiB at every address of any host."""

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

SOCIAL, REFUSED, INNOCENT = "www.facebook.com", "www.reddit.com", "www.example.org"
MANY = [f"site-{number}.example.net" for number in range(100)]
BODY = 1024

_CONF = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  default_type text/html;
  server {{
    listen 127.0.0.1:{tls} ssl backlog=4096;
    listen 127.0.0.1:{plain} backlog=4096;
    ssl_certificate {folder}/origin.pem;
    ssl_certificate_key {folder}/origin.key;
    location / {{ return 200 "{body}"; }}
    location /large {{ alias {folder}/large; }}
  }}
}}
"""


@dataclass(frozen=True)
class Origin:
    """
    A running one.

    Fields:
        ca: file with the authority that signed its certificate.
        port, plain: where it speaks TLS and plain HTTP, on 127.0.0.1.
    """

    ca: Path
    port: int
    plain: int


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextmanager
def origin(folder, started):
    """
    Start nginx.

    Args:
        folder: an empty folder of its own.
        started: is called with its process, before it serves.
    """
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        raise SystemExit("the origin is an nginx: apt-get install nginx-light, or make bench-peers")
    folder.chmod(0o755)
    authority = trustme.CA(organization_name="Bench Internet")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    leaf = authority.issue_cert(SOCIAL, REFUSED, INNOCENT, "localhost", *MANY)
    leaf.private_key_pem.write_to_path(str(folder / "origin.key"))
    for number, part in enumerate(leaf.cert_chain_pems):
        part.write_to_path(str(folder / "origin.pem"), append=number > 0)
    (folder / "names").write_text(" ".join([SOCIAL, REFUSED, INNOCENT, *MANY]))
    (folder / "large").write_bytes(b"x" * 100 * 1024)
    tls, plain = free_port(), free_port()
    conf = folder / "nginx.conf"
    user = "user root;" if folder.owner() == "root" else ""
    conf.write_text(_CONF.format(user=user, folder=folder, tls=tls, plain=plain, body="x" * BODY))
    command = [program, "-p", str(folder), "-c", str(conf), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command)
    try:
        started(process)
        await_port(tls, process)
        yield Origin(folder / "ca.pem", tls, plain)
    finally:
        stop(process)


def await_port(port, process, log=None):
    """Wait until a process listens."""
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = log.read_text()[-2000:] if log is not None and log.exists() else ""
    raise RuntimeError(f"{process.args[0]} does not listen: {said}")


def stop(process):
    """End a process that we have started."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
