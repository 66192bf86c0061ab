"""`breaktime ca`: the certificate authority that browsers trust."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from breaktime.cli.options import CONFIG, load_or_exit, now

if TYPE_CHECKING:
    from breaktime.mitm.ca import Authority


@click.group(short_help="Make, show and replace the certificate authority that browsers trust.")
def ca() -> None:
    """
    Look after the certificate authority that browsers trust.

    \b
    Examples:
      breaktime ca show -c config.yaml              how long is it valid?
      breaktime ca rotate -c config.yaml            make the next one beside it
      breaktime ca show -c config.yaml --pem        both: give them to all browsers
      breaktime ca rotate -c config.yaml --switch   put the next one in its place
    """


@ca.command(short_help="Make the authority.")
@CONFIG
def create(config: Path) -> None:
    """Make the authority, if there is none. The gateway does so itself when it first starts."""
    from breaktime.mitm.ca import is_there, look, make_ca

    folder = _folder(config)
    if is_there(folder):
        _stop(f"there is an authority in {folder} already; to replace it: breaktime ca rotate")
    try:
        make_ca(folder)
        _tell("In use", look(folder))
    except OSError as problem:
        _stop(f"the authority cannot be kept: {problem}")


@ca.command(short_help="Show what is in use, and what follows it.")
@CONFIG
@click.option("--pem", is_flag=True, help="Print the certificates, as browsers are given them.")
def show(config: Path, *, pem: bool) -> None:
    """Show fingerprints and dates; never a key."""
    from breaktime.mitm.ca import NEXT, AuthorityError, check_key, is_there, look

    folder = _folder(config)
    try:
        found = [("In use", look(folder))]
        if is_there(folder / NEXT):
            found.append(("Next", look(folder / NEXT)))
        for what, authority in found:
            if pem:
                click.echo(authority.certificate.read_text("ascii"), nl=False)
            else:
                _tell(what, authority)
        check_key(folder)
    except FileNotFoundError:
        _stop(f"there is no authority in {folder}; make one: breaktime ca create")
    except OSError as problem:
        _stop(f"the authority cannot be read: {problem}")
    except AuthorityError as problem:
        _stop(str(problem))


@ca.command(short_help="Replace it: first make the next one, later --switch to it.")
@CONFIG
@click.option("--switch", "do_switch", is_flag=True, help="Put the next one in its place.")
def rotate(config: Path, *, do_switch: bool) -> None:
    """
    Make the next authority; with --switch, put it in the place of the one in use.

    Between the two all browsers have to learn to trust it. The one that was followed is kept in a
    folder beside: to go back, move its files to where they were.
    """
    from breaktime.mitm.ca import AuthorityError, prepare_next, switch

    folder = _folder(config)
    try:
        if do_switch:
            _tell("In use when the gateway has started again", switch(folder))
        else:
            _tell("Next", prepare_next(folder))
            click.echo("Give it to all browsers; then: breaktime ca rotate --switch")
    except AuthorityError as problem:
        _stop(str(problem))
    except OSError as problem:
        _stop(f"the authority cannot be kept: {problem}")


def _folder(config: Path) -> Path:
    return load_or_exit(config).settings.gateway.ca


def _tell(what: str, authority: "Authority") -> None:
    days = (authority.until - now()).days
    pairs = zip(*[iter(authority.fingerprint.upper())] * 2, strict=True)
    click.echo(f"{what}: {authority.certificate}")
    click.echo(
        f"  valid    {authority.since:%Y-%m-%d} to {authority.until:%Y-%m-%d}, {days} days left"
    )
    click.echo(f"  SHA-256  {':'.join(''.join(pair) for pair in pairs)}")


def _stop(problem: str) -> NoReturn:
    click.echo(problem, err=True)
    sys.exit(1)
