"""`breaktime run`: the gateway."""

import asyncio
import sys
from pathlib import Path

import click

from breaktime.cli.options import CONFIG, stop_with


class Address(click.ParamType[tuple[str, int]]):
    """`HOST:PORT`, with brackets around an IPv6 address."""

    name = "HOST:PORT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Read an address, or say what to write."""
        if isinstance(value, tuple):
            return value
        host, colon, port = str(value).rpartition(":")
        if not colon or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004  the last port
            self.fail(f"`{value}` is not an address; write for example 127.0.0.1:8080", param, ctx)
        return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104  what an empty host means


@click.command(short_help="Run the gateway.")
@CONFIG
@click.option(
    "--listen",
    type=Address(),
    multiple=True,
    help="Listen here instead of where the configuration says. May be given more than once.",
)
def run(config: Path, listen: tuple[tuple[str, int], ...]) -> None:
    """
    Run the gateway until SIGTERM or Ctrl-C.

    A changed configuration is picked up while it runs, and at SIGHUP: whole, or not at all. A
    configuration that does not load means no start: the problems are on stderr, the exit status
    is 1.
    """
    from breaktime.config import ConfigError
    from breaktime.mitm.gateway import Gateway, StartError, World
    from breaktime.mitm.logs import log_to_stderr

    log_to_stderr()

    def ready(addresses: object) -> None:
        click.echo(f"breaktime is listening on {addresses}", err=True)

    async def serve() -> None:
        await Gateway(config, World(ready=ready), listen).run()

    try:
        asyncio.run(serve())
    except ConfigError as error:
        stop_with(error.problems)
    except StartError as problem:
        click.echo(f"breaktime cannot start: {problem}", err=True)
        sys.exit(1)
