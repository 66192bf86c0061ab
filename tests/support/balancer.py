"""The HAProxy that `deploy/haproxy` describes, at addresses of this machine's own loopback."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from support.debian import await_listening, require

DEPLOYED = Path(__file__).parents[2] / "deploy" / "haproxy" / "haproxy.cfg"
PORT, BEHIND = 8080, 8081
"""The ports of the example. At addresses that nobody else has, they are free."""

STOP_SECONDS = 30


def addresses(count):
    """Return addresses that only this process of the tests uses."""
    pid = os.getpid()
    return [f"127.{128 + number}.{pid >> 8 & 255}.{pid & 255}" for number in range(count)]


@contextmanager
def balancer(folder, at, first, second):
    """Run it as it is shipped: only addresses, and how many it may carry, are others."""
    program = require("haproxy", "haproxy")
    text = DEPLOYED.read_text()
    for old, new in (
        (f"bind :{PORT}", f"bind {at}:{PORT}"),
        (f"10.0.0.11:{BEHIND}", f"{first}:{BEHIND}"),
        (f"10.0.0.12:{BEHIND}", f"{second}:{BEHIND}"),
        ("maxconn 20000", "maxconn 200"),
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
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
