"""`breaktime match`: which platform does an address belong to?"""

import sys
from pathlib import Path

import click

MAX_LINE = 1 << 20
"""Of longer lines only so many bytes are looked at; no address has more than a few thousand."""


@click.command(short_help="Say for each address on stdin which platform it belongs to.")
@click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Report only what this configuration controls. Without it: the whole catalogue.",
)
def match(config: Path | None) -> None:
    """
    Read addresses from stdin, one a line, and name the platform and role of each.

    Prints  address<TAB>platform<TAB>role  in the same order, with hyphens where an address
    belongs to no platform. The address is printed as it came, tabs included: platform and role
    are the last two columns. No line ends it, however strange.

    \b
    Example:
      echo https://www.youtube.com/embed/x | breaktime match
    """
    from breaktime.cli.options import load_or_exit, stop_with
    from breaktime.config import ConfigError, shipped_catalogue
    from breaktime.core.what import describe

    try:
        catalogue = shipped_catalogue() if config is None else load_or_exit(config).policy.catalogue
    except ConfigError as error:
        stop_with(error.problems)
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        address = line.rstrip(b"\r\n")
        text = address[:MAX_LINE].decode("utf-8", "surrogateescape")
        platform, role = describe(catalogue, text)
        out.write(b"%b\t%b\t%b\n" % (address, platform.encode(), role.encode()))
        out.flush()  # who asks may wait for the answer before asking on
