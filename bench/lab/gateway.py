"""
The gateway of the benches: the real one, with the origin of this machine behind every name.

    python -O bench/lab/gateway.py CONFIG WALL ORIGIN-TLS ORIGIN-PLAIN [SINCE]

WALL is the instant that its clock begins at, in ISO 8601; from there on time goes on as it does.
SINCE is what the machine's monotonic clock showed then, so that workers have the same time. All
else is as in the service.
"""

import asyncio
import sys
import time
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from breaktime.door.lookout import DoorLoop
from breaktime.mitm.clock import ForwardClock
from breaktime.mitm.gateway import Gateway
from breaktime.mitm.logs import log_to_stderr
from breaktime.mitm.world import World

WORKER = "--worker"
"""First argument of a worker; the number of its descriptor is the last."""


def beginning_at(start, since):
    """Return a clock that showed this then, cannot be set, and costs what the system's costs."""
    ahead = start.timestamp() - since
    return lambda: datetime.fromtimestamp(ahead + time.monotonic(), UTC)


def announce(addresses):
    for _, port in addresses:
        print(f"listening {port}", flush=True)


def world_of(config, wall, tls, plain, since):
    async def resolve(_, port):
        return [("127.0.0.1", int(plain if port == 80 else tls))]

    more = {}
    if any(field.name == "worker" for field in fields(World)):
        again = (config, wall, tls, plain, since)
        more["worker"] = (sys.executable, "-I", "-O", __file__, WORKER, *again)
    clock = ForwardClock(beginning_at(datetime.fromisoformat(wall), float(since)))
    return World(clock=clock, resolve=resolve, ready=announce, **more)


def main(arguments):
    log_to_stderr()
    if arguments[0] == WORKER:
        from breaktime.mitm.workers.worker import serve as work

        sys.exit(work(int(arguments[-1]), world_of(*arguments[1:-1])))
    since = () if len(arguments) > 4 else (str(time.monotonic()),)
    world = world_of(*arguments, *since)

    async def serve():
        await Gateway(Path(arguments[0]), world).run()

    asyncio.run(serve(), loop_factory=DoorLoop)


if __name__ == "__main__":
    main(sys.argv[1:])
