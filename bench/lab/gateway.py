"""
The gateway of the benches: the real one, with the origin of this machine behind every name.

    python -O bench/lab/gateway.py CONFIG WALL ORIGIN-TLS ORIGIN-PLAIN

WALL is the instant that its clock begins at, in ISO 8601; from there on time goes on as it does.
All else is as in the service.
"""

import asyncio
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from breaktime.mitm.clock import ForwardClock
from breaktime.mitm.gateway import Gateway
from breaktime.mitm.logs import log_to_stderr
from breaktime.mitm.world import World


def beginning_at(start):
    """Return a clock that begins there now, and cannot be set."""
    since = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - since)


def announce(addresses):
    for _, port in addresses:
        print(f"listening {port}", flush=True)


def main(config, wall, *ports):
    tls, plain = map(int, ports)

    async def resolve(_, port):
        return [("127.0.0.1", plain if port == 80 else tls)]

    world = World(
        clock=ForwardClock(beginning_at(datetime.fromisoformat(wall))),
        resolve=resolve,
        ready=announce,
    )
    log_to_stderr()

    async def serve():
        await Gateway(Path(config), world).run()

    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
