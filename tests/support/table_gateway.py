"""
The real gateway with a table of names: `names.json` beside the configuration.

It maps a name to the answers of one look-up after the other, each a list of addresses; the last
answer stays. Every other name lives at 127.0.0.1, and an address is its own answer.
"""

import asyncio
import json
import socket
import sys
from ipaddress import ip_address
from pathlib import Path

from breaktime.demo.gateway import WORKER, announce, file_clock
from breaktime.mitm.gateway import Gateway
from breaktime.mitm.logs import log_to_stderr
from breaktime.mitm.workers.worker import serve as work
from breaktime.mitm.world import World

TLS_PORT = 443


def table(file: Path, tls: int, plain: int):
    """Return a resolver that knows what stands in a file."""
    known = json.loads(file.read_text())
    asked: dict[str, int] = {}

    async def resolve(host: str, port: int) -> list[tuple[str, int]]:
        real = tls if port == TLS_PORT else plain
        address = literal(host)
        if address is not None:
            return [(address, port if address == "127.0.0.1" else real)]
        answers = known.get(host, [["127.0.0.1"]])
        turn = asked.get(host, 0)
        asked[host] = turn + 1
        return [(address, real) for address in answers[min(turn, len(answers) - 1)]]

    return resolve


def literal(host: str) -> str | None:
    """Read an address as the system does: `127.1` and `0x7f000001` are addresses too."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def main(*arguments: str, module: str = "support.table_gateway") -> None:
    """Run until SIGTERM."""
    descriptor = None
    if arguments[0] == WORKER:
        _, *arguments, descriptor = arguments
    config, clock, listen, tls, plain = arguments
    names = Path(config).with_name("names.json")
    if not names.exists():
        names.write_text("{}")
    ports = [int(text.rpartition(":")[2]) for text in (tls, plain)]
    worker = (sys.executable, "-m", module, WORKER, *arguments)
    world = World(file_clock(Path(clock)), table(names, *ports), announce, worker)
    if descriptor is not None:
        work(int(descriptor), world)
        return
    log_to_stderr()
    host, _, port = listen.rpartition(":")

    async def serve() -> None:
        await Gateway(Path(config), world, [(host, int(port))]).run()

    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
