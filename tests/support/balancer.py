"""The HAProxy that `deploy/haproxy` describes, at addresses of this machine's own loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from support.debian import await_listening, require

DEPLOYED = Path(__file__).parents[2] / "deploy" / "haproxy" / "haproxy.cfg"
PORT, BEHIND = 8080, 8081
"""The ports of the example. At addresses that nobody else has, they are free."""

STOP_SECONDS = 60


def addresses(count):
    """Return addresses that only this process of the tests uses."""
    pid = os.getpid()
    return [f"127.{128 + number}.{pid >> 8 & 255}.{pid & 255}" for number in range(count)]


class Balancer:
    """A balancer that runs, and the socket by which it is told things."""

    def __init__(self, socket_path):
        self._path = str(socket_path)

    def tell(self, words):
        """Tell it something; return what it says."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(self._path)
            sock.sendall(f"{words}\n".encode())
            return b"".join(iter(lambda: sock.recv(65536), b"")).decode().strip()


@contextmanager
def balancer(folder, at, first, second):
    """Run it as it is shipped: only addresses, and how many it may carry, are others."""
    program = require("haproxy", "haproxy")
    text = DEPLOYED.read_text()
    short = Path(tempfile.mkdtemp(prefix="bt-"))  # a socket's path must be short
    for old, new in (
        (f"bind :{PORT}", f"bind {at}:{PORT}"),
        (f"10.0.0.11:{BEHIND}", f"{first}:{BEHIND}"),
        (f"10.0.0.12:{BEHIND}", f"{second}:{BEHIND}"),
        ("maxconn 20000", "maxconn 200"),
        ("stats socket /run/haproxy/admin.sock", f"stats socket {short}/admin.sock"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    file, log = folder / "haproxy.cfg", folder / "haproxy.log"
    file.write_text(text)
    with log.open("w") as told:
        process = subprocess.Popen(
            [program, "-db", "-f", str(file)], stdin=subprocess.DEVNULL, stdout=told, stderr=told
        )
    try:
        await_listening((at, PORT), process, log)
        yield Balancer(short / "admin.sock")
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(short)
