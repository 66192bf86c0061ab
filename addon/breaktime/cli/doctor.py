"""`breaktime doctor`: is the machine right for the gateway, and does anything get past it?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breaktime.cli.options import load_or_exit, now, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from breaktime.cli.examining import Finding


def _places(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[tuple[str, int], ...]:
    from breaktime.config.text import host_port

    try:
        return tuple((each.host, each.port) for each in map(host_port, texts))
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from None


@click.command(short_help="Look for what is wrong with the machine, and say what to do.")
@click.option(
    "--config", "-c", type=click.Path(path_type=Path, readable=False), metavar="FILE",
    help="Examine this machine for the gateway of this configuration.",
)  # fmt: skip
@click.option(
    "--past", "places", multiple=True, callback=_places, metavar="HOST:PORT",
    help="From a client: try to get there past the gateway, by TCP and by QUIC. May be repeated.",
)  # fmt: skip
@click.option(
    "--resolver", "resolvers", multiple=True, metavar="HOST",
    help="From a client: ask a name server past the gateway, by DNS, over TLS and over HTTPS. "
    "May be repeated.",
)  # fmt: skip
def doctor(
    config: Path | None, places: tuple[tuple[str, int], ...], resolvers: tuple[str, ...]
) -> None:
    """
    Look for what is wrong, and say what to do about it.

    With a configuration: authority, trust, records, disk, ports, names, directory, clock, time
    zones, catalogue, and a parent proxy, which is asked for www.example.org. Run it as the user of
    the gateway. Nothing is changed. Exit status 1 means that something is BAD.

    \b
    Examples:
      breaktime doctor -c /etc/breaktime/config.yaml
      breaktime doctor --past www.facebook.com:443 --resolver 9.9.9.9 --resolver dns.google
    """
    from breaktime.cli.examining import escapes, examine
    from breaktime.cli.examining_names import name_server
    from breaktime.cli.examining_parent import parent

    if config is None and not places and not resolvers:
        raise click.UsageError(
            "name a configuration with -c, a place with --past, or a name server with --resolver"
        )
    bad = False
    if config is not None:
        loaded = load_or_exit(config)
        bad |= _tell(examine(loaded, now()))
        bad |= _tell(parent(loaded.settings.gateway))
    for host, port in places:
        bad |= _tell(escapes(host, port))
    for host in resolvers:
        bad |= _tell(name_server(host))
    sys.exit(1 if bad else 0)


def _tell(findings: "Iterable[Finding]") -> bool:
    """Print findings, and say whether any of them is bad."""
    bad = False
    for finding in findings:
        click.echo(f"{finding.mark:<4}  {plain(finding.text)}")
        bad |= finding.mark == "BAD"
    return bad
