"""`breaktime run`: the gateway."""

import asyncio
import os
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from breaktime.cli.options import CONFIG, stop_with

INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C has ended."""


def address(text: str) -> tuple[str, int]:
    """Read HOST:PORT; without a host it is every address of IPv4, and port 0 is any free one."""
    from breaktime.config.text import endpoint

    everywhere = "0.0.0.0"  # noqa: S104  said by whoever writes no host
    try:
        return endpoint(everywhere + text if text.startswith(":") else text, lowest=0)
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from None


@click.command(short_help="Run the gateway.")
@CONFIG
@click.option(
    "--listen",
    type=address,
    multiple=True,
    metavar="HOST:PORT",
    help="Listen here instead of where the configuration says. May be given more than once.",
)
def run(config: Path, listen: tuple[tuple[str, int], ...]) -> None:
    """
    Run the gateway until SIGTERM or Ctrl-C.

    A changed configuration is picked up while it runs, and at SIGHUP: whole, or not at all. A
    configuration that does not load means no start: the problems are on stderr, the exit status
    is 1. A key that others may read is status 78. If its event loop fails, it ends with status 70.

    \b
    Examples:
      breaktime run --config /etc/breaktime/config.yaml
      breaktime run -c config.yaml --listen 127.0.0.1:8080 --listen '[::1]:8080'
    """
    if not hasattr(select, "epoll"):
        click.echo("breaktime cannot start: the gateway needs Linux", err=True)
        sys.exit(1)
    for number in (signal.SIGHUP, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)  # until the gateway hears it: all is fresh anyway
    from breaktime.config import ConfigError
    from breaktime.door import take_inherited
    from breaktime.mitm.gateway import Gateway
    from breaktime.mitm.logs import log_to_stderr
    from breaktime.mitm.loops import GatewayLoop
    from breaktime.mitm.world import StartError, World

    log_to_stderr()

    try:
        inherited = take_inherited(os.environ)
    except OSError as problem:
        click.echo(f"breaktime cannot start: {problem}", err=True)
        sys.exit(1)
    try:
        world = World(ready=_ready, inherited=inherited)
        gateway = Gateway(config, world, listen)
        asyncio.run(gateway.run(), loop_factory=GatewayLoop)
    except ConfigError as error:
        stop_with(error.problems)
    except StartError as problem:
        click.echo(f"breaktime cannot start: {problem}", err=True)
        sys.exit(problem.status)
    except KeyboardInterrupt:  # before the gateway itself listens to signals
        sys.exit(INTERRUPTED)


def _ready(addresses: Sequence[tuple[str, int]]) -> None:
    from breaktime.config.text import Endpoint

    places = " and ".join(str(Endpoint(*each)) for each in addresses)
    click.echo(f"breaktime is ready: browsers can use {places} as their proxy", err=True)
