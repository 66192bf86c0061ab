"""`breaktime demo`: a working day in a few seconds."""

import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from breaktime.demo.stage import Stage

INTERRUPTED = 130
ENDED = 143
"""What shells expect of a program that Ctrl-C, or SIGTERM, has ended."""


def wall_clock(text: str) -> time:
    """Read a time of the day, HH:MM."""
    hour, _, minute = text.partition(":")
    digits = hour + minute
    if len(minute) == 2 and digits.isascii() and digits.isdigit():  # noqa: PLR2004  of HH:MM
        try:
            return time(int(hour), int(minute))
        except ValueError:
            pass
    raise click.BadParameter(f"`{text}` is no time of the day; write for example 12:15")


@click.command(short_help="Live through a working day with a real gateway.")
@click.option("--serve", is_flag=True, help="Keep the gateway running, to point a browser at it.")
@click.option(
    "--at",
    type=wall_clock,
    default="12:15",
    show_default=True,
    metavar="HH:MM",
    help="With --serve: time of the day.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="With --serve: where to listen; 0 for any free port.",
)
def demo(*, serve: bool, at: time, port: int) -> None:
    """
    Start a gateway, an internet and a few people, and live through a working day.

    Needs no internet and changes nothing on this machine. Shows what was asked, what came back
    and what the audit log says. Exit status 0 if everything went as it should.

    \b
    Examples:
      breaktime demo
      breaktime demo --serve --at 09:30     the gateway stays, to be tried with curl or a browser
    """
    from breaktime.demo.stage import DemoError, EndedError
    from breaktime.demo.story import play

    try:
        status = _serve(at, port) if serve else int(play(click.echo) > 0)
    except DemoError as problem:
        click.echo(f"breaktime demo: {problem}", err=True)
        status = 1
    except KeyboardInterrupt:
        status = INTERRUPTED
    except EndedError:
        status = ENDED
    sys.exit(status)


def _serve(at: time, port: int) -> int:
    """Keep the gateway until somebody ends it, which is fine; returns the exit status."""
    from breaktime.demo.stage import EndedError, stage

    with stage(port) as running:
        running.set_clock(at)
        try:
            for line in _invitation(running, at):
                click.echo(line)
            signal.pause()
        except (KeyboardInterrupt, EndedError):
            click.echo("")
    return 0


def _invitation(running: "Stage", at: time) -> Iterator[str]:
    """Say what can be done now, in commands that work as they are printed."""
    from breaktime.demo.stage import PEOPLE, stamp

    host, port = running.proxy
    proxy, page = f"http://{host}:{port}", "https://www.facebook.com/"
    yield f"The gateway listens on {host}:{port}; its clock stands at {at:%H:%M}."
    yield "Its internet is this machine: every name leads to a page that is played here."
    yield ""
    yield "  A page, as a.jones or as c.lee:"
    for person in ("", f" --interface {PEOPLE['c.lee']}"):
        trust = shlex.quote(str(running.trust))
        yield f"    curl --proxy {proxy} --cacert {trust}{person} {page}"
    yield "  A browser, as a.jones (it trusts any certificate, in a profile to throw away):"
    yield (
        f"    chromium --proxy-server={proxy} --proxy-bypass-list='<-loopback>'"
        f" --ignore-certificate-errors --user-data-dir=$(mktemp -d) {page}"
    )
    yield "  Another time of the day:"
    yield f"    echo {stamp(time(14, 5))} > {shlex.quote(str(running.clock))}"
    yield "  What is recorded:"
    yield f"    {_program()} log --follow {shlex.quote(str(running.audit))}"
    yield ""
    yield "Ctrl-C ends it."


def _program() -> str:
    """Return the words that start this program from a shell."""
    called = Path(sys.argv[0])
    if called.name != "breaktime":
        return f"{shlex.quote(sys.executable)} -m breaktime.cli"
    return "breaktime" if shutil.which("breaktime") else shlex.quote(str(called.absolute()))
