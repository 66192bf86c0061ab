"""`breaktime demo`: a working day in a few seconds."""

import signal
import sys

import click


@click.command(short_help="Live through a working day with a real gateway, on this machine only.")
@click.option("--serve", is_flag=True, help="Keep the gateway running, to point a browser at it.")
@click.option("--at", default="12:15", show_default=True, help="With --serve: time of the day.")
@click.option("--port", default=8080, show_default=True, help="With --serve: where to listen.")
def demo(*, serve: bool, at: str, port: int) -> None:
    """
    Start a gateway, an internet and a few people, and live through a working day.

    Needs no internet and changes nothing on this machine. Shows what was asked, what came back
    and what the audit log says. Exit status 0 if everything went as it should.
    """
    from breaktime.demo.story import DemoError, play

    try:
        if serve:
            _serve(at, port)
        elif play(click.echo):
            sys.exit(1)
    except DemoError as problem:
        click.echo(f"breaktime demo: {problem}", err=True)
        sys.exit(1)


def _serve(at: str, port: int) -> None:
    from datetime import time

    from breaktime.demo.story import PEOPLE, stage

    try:
        time.fromisoformat(at)
    except ValueError:
        raise click.UsageError(f"`{at}` is not a time; write for example 12:15") from None
    with stage(port) as running:
        running.set_clock(at)
        host, listening = running.proxy
        click.echo(f"The gateway listens on {host}:{listening}; its clock stands at {at}.")
        click.echo("Its internet is this machine: every name leads to a page played here.\n")
        click.echo("  curl:      ")
        click.echo(
            f"    curl --proxy http://{host}:{listening} --cacert {running.trust[0]} "
            "https://www.facebook.com/\n"
        )
        click.echo("  Chromium:  (trusts any certificate in this throw-away profile)")
        click.echo(
            f"    chromium --proxy-server=http://{host}:{listening} --proxy-bypass-list='<-loopback>'"
            " --ignore-certificate-errors --user-data-dir=$(mktemp -d) https://www.facebook.com/\n"
        )
        click.echo(f"  You are a.jones; curl --interface {PEOPLE['c.lee']} is c.lee.")
        click.echo(f"  Records:   breaktime log --follow {running.folder / 'audit'}")
        click.echo("\nCtrl-C ends it.")
        try:
            signal.pause()
        except KeyboardInterrupt:
            click.echo("")
