"""
The real gateway as a process of its own, with a clock and a resolver from outside.

Only the demo and the tests start it: nothing in `breaktime run` can set the clock.

    python -m breaktime.demo.gateway CONFIG CLOCK-FILE LISTEN ORIGIN-TLS [ORIGIN-PLAIN]

where the last three are HOST:PORT; `-` for LISTEN listens as the configuration says.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from breaktime.config import ConfigError
from breaktime.demo import QUIET
from breaktime.door import Resolve
from breaktime.mitm.clock import Clock
from breaktime.mitm.gateway import Gateway
from breaktime.mitm.logs import log_to_stderr
from breaktime.mitm.loops import GatewayLoop
from breaktime.mitm.world import StartError, World

TLS_PORT = 443
MODULE = "breaktime.demo.gateway"
"""What a worker runs; whoever changes this world sets it to a module that changes it as well."""

WORKER = "--worker"
"""First argument of a worker; the number of its descriptor is the last."""


def file_clock(path: Path) -> Clock:
    """
    Return a clock that reads the instant from a file, in ISO 8601 with an offset.

    It is asked thousands of times a second: what `open` makes and remembers would be measured too.
    """
    name = os.fspath(path)

    def clock() -> datetime:
        file = os.open(name, os.O_RDONLY)
        try:
            return datetime.fromisoformat(os.read(file, 64).decode("ascii").strip())
        finally:
            os.close(file)

    return clock


def one_origin(tls: tuple[str, int], plain: tuple[str, int]) -> Resolve:
    """Return a resolver in whose world every name lives on one server of this machine."""

    async def resolve(host: str, port: int) -> list[tuple[str, int]]:  # noqa: ARG001  every name
        return [tls if port == TLS_PORT else plain]

    return resolve


def announce(addresses: Sequence[tuple[str, int]]) -> None:
    """Tell the parent process where the gateway listens, one port a line."""
    for host, port in addresses:
        sys.stdout.write(f"listening {host} {port}\n")
    sys.stdout.flush()


def world_of(arguments: Sequence[str]) -> World:
    """Return the world that the arguments describe."""
    origins = [_address(text) for text in arguments[3:]]
    return World(
        clock=file_clock(Path(arguments[1])),
        resolve=one_origin(origins[0], origins[-1]),
        ready=announce,
        worker=(sys.executable, "-m", MODULE, WORKER, *arguments),
    )


def main(arguments: Sequence[str]) -> int:
    """Run until SIGTERM."""
    if arguments[0] == WORKER:
        from breaktime.mitm.workers.worker import serve as work  # noqa: PLC0415  with mitmproxy

        return work(int(arguments[-1]), world_of(arguments[1:-1]))
    log_to_stderr(logging.WARNING if os.environ.get(QUIET) else logging.INFO)
    listen = [] if arguments[2] == "-" else [_address(arguments[2])]
    world = world_of(arguments)

    async def serve() -> None:
        await Gateway(Path(arguments[0]), world, listen).run()

    try:
        asyncio.run(serve(), loop_factory=GatewayLoop)
    except (ConfigError, StartError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
