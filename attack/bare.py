"""mitmdump by itself in the gateway's place: what the list of attacks is worth."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from support.gateway import MONDAY, POLLS, STOP_SECONDS, RunningGateway
from support.origin import CountingOrigin

_SCRIPT = '''
import json
from pathlib import Path

KNOWN = json.loads(Path({names!r}).read_text())
TLS, PLAIN = {ports}


def server_connect(data):
    """Every site lives on this machine."""
    host, port = data.server.address
    address = KNOWN.get(host, [[host if host.startswith("127.") else "127.0.0.1"]])[-1][0]
    data.server.address = (address, TLS if port == 443 else PLAIN)
'''


@contextmanager
def bare(folder: Path, origin: CountingOrigin) -> Iterator[RunningGateway]:
    """Start mitmdump on a free port, with the names of the street, and end it by its process id."""
    script = folder / "street.py"
    ports = (origin.port, origin.plain_port)
    script.write_text(_SCRIPT.format(names=str(folder / "names.json"), ports=ports))
    (folder / "ca").mkdir()
    (folder / "clock").write_text(f"{MONDAY}T09:00:00+00:00\n")
    options = {
        "confdir": str(folder / "ca"),
        "connection_strategy": "lazy",
        "ssl_verify_upstream_trusted_ca": str(origin.ca),
        "listen_host": "127.0.0.1",
        "listen_port": "0",
    }
    command = [
        str(Path(sys.executable).with_name("mitmdump")),
        "-s",
        str(script),
        "--flow-detail=0",
    ]
    command += [part for pair in options.items() for part in ("--set", "=".join(pair))]
    told = folder / "stderr"
    with told.open("w") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
    try:
        for _ in range(POLLS):
            if found := re.search(r"listening at (127\.0\.0\.1):(\d+)", told.read_text()):
                break
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
                raise AssertionError(told.read_text())
        else:
            raise AssertionError(told.read_text())
        yield RunningGateway(folder, (found[1], int(found[2])), process, origin)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
