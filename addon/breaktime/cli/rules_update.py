"""`breaktime rules update` and what belongs to it: archives, keys, and the way back."""

import os
import sys
from base64 import b64encode
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from breaktime.cli.options import CONFIG, a_date, load_or_exit, now, plain, stop_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from breaktime.config import Loaded
    from breaktime.config.settings import UpdatesSettings

FEW = 10
"""So many names are told of a change; the rest is counted."""


def _key(_context: click.Context, _option: click.Parameter, text: str | None) -> bytes | None:
    from breaktime.config.text_keys import public_key

    if text is None:
        return None
    try:
        return public_key(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(short_help="Check a signed archive of the catalogue and put it in force.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@CONFIG
@click.option(
    "--key",
    callback=_key,
    metavar="KEY",
    help="Public key of who signs, ed25519:... Left out: the one of the configuration.",
)
def update(file: Path, config: Path, key: bytes | None) -> None:
    """
    Check the signed archive FILE and put its platforms in force.

    It is refused, and nothing changes, when the signature is not of the key, when it is not newer
    than what is in force, when a platform file has a mistake, when the number of names changes by
    more than 30 percent, when it would control a name of `never_control`, or when the
    configuration would not hold with it. A running gateway notices by itself.

    \b
    Example:
      breaktime rules update breaktime-rules-2026-11-21.tar -c /etc/breaktime/config.yaml
    """
    from breaktime.catalogue import archive, install

    loaded, updates = _updates(load_or_exit(config))
    key = key or updates.key
    if key is None:
        _stop("no key is trusted; name it under `catalogue: {key: ...}`, or with --key")
    try:
        with file.open("rb") as opened:
            content = opened.read(archive.MAX_BYTES + 1)
        edition, found = install.update(updates.folder, content, key, loaded.never, _check(config))
    except install.Refused as error:
        _refuse(str(file), error.reasons)
    except OSError as error:
        _stop(f"`{error.filename or file}`: {error.strerror}")
    click.echo(f"edition {edition} is in force")
    for word, things, names in (
        ("new", "platform", found.platforms_added),
        ("gone", "platform", found.platforms_removed),
        ("new", "name", found.names_added),
        ("gone", "name", found.names_removed),
    ):
        _tell(word, things, names)


@click.command(short_help="Go back to the edition before the last update.")
@CONFIG
def rollback(config: Path) -> None:
    """
    Go back to the edition that was in force before the last update.

    A second time goes forward again. Before the first update there was the shipped catalogue.
    """
    from breaktime.catalogue import install

    _, updates = _updates(_loaded_somehow(config))
    try:
        edition = install.rollback(updates.folder, _check(config))
    except install.Refused as error:
        _refuse(str(updates.folder), error.reasons)
    except OSError as error:
        _stop(f"`{error.filename}`: {error.strerror}")
    if edition is None:
        click.echo("the shipped catalogue is in force")
    else:
        click.echo(f"edition {edition.rpartition('-')[0]} is in force")


@click.command(short_help="Make a signed archive of a folder of platform files.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
@click.option(
    "--key",
    "private",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="The private key, as `breaktime rules keygen` writes it.",
)
@click.option(
    "--edition",
    callback=a_date,
    metavar="DATE",
    help="Day of the edition, such as 2026-11-21. Left out: today.",
)
@click.option("--number", type=click.IntRange(0, 9999), default=0, help="Another of one day.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE"
)
def pack(folder: Path, private: Path, edition: date | None, number: int, output: Path) -> None:
    """
    Make a signed archive of the platform files in FOLDER, for `breaktime rules update`.

    Equal files, keys and editions make equal bytes. Files with mistakes are not packed.
    """
    from breaktime.catalogue.archive import Archive, ArchiveError
    from breaktime.catalogue.archive import pack as packed
    from breaktime.config.rules import read_rules

    found = read_rules(catalogue=folder)
    if found.problems:
        stop_with(found.problems)
    day = str(edition or now().date()) + (f".{number}" if number else "")
    try:
        files = {path.name: path.read_bytes() for path in found.files if path.suffix == ".yaml"}
        output.write_bytes(packed(Archive(day, files), _private(private)))
    except ArchiveError as error:
        _stop(f"`{folder}`: {error}")
    except OSError as error:
        _stop(f"`{error.filename}`: {error.strerror}")
    click.echo(f"edition {day}: {len(files)} platforms in {output}", err=True)


@click.command(short_help="Make a pair of keys that sign archives of the catalogue.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def keygen(file: Path) -> None:
    """
    Write a private key to FILE, which must not be there yet, and print the public one.

    Whoever has FILE can sign updates: keep it away from the gateway.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as opened:
            opened.write(text)
    except OSError as error:
        _stop(f"`{file}`: {error.strerror}")
    click.echo("ed25519:" + b64encode(key.public_key().public_bytes_raw()).decode())


def _private(file: Path) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        _stop(f"`{file}` holds no private key for this; `breaktime rules keygen` makes one")
    return key


def _loaded_somehow(config: Path) -> "Loaded":
    """Load a configuration, also where it does not hold with the edition that is in force."""
    from breaktime.config import ConfigError, load, rules_dir

    try:
        return load(config)
    except ConfigError as error:
        try:
            return load(config, catalogue=rules_dir())
        except ConfigError:
            stop_with(error.problems)


def _updates(loaded: "Loaded") -> "tuple[Loaded, UpdatesSettings]":
    """Return the configuration and where its updates are installed."""
    updates = loaded.settings.updates
    if updates is None:
        _stop("the configuration takes no updates; name a folder under `catalogue: {folder: ...}`")
    return loaded, updates


def _check(config: Path) -> "Callable[[Path], None]":
    """Return what reads the configuration with the platform files of a folder."""

    def check(catalogue: Path) -> None:
        from breaktime.config import load

        load(config, catalogue=catalogue)

    return check


def _tell(word: str, thing: str, names: tuple[str, ...]) -> None:
    from breaktime.config.problems import counted

    if names:
        more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
        shown = ", ".join(plain(name) for name in names[:FEW])
        click.echo(f"  {counted(len(names), thing)} {word}: {shown}{more}")


def _refuse(what: str, reasons: tuple[str, ...]) -> NoReturn:
    for reason in reasons:
        click.echo(f"{plain(what)}: {plain(reason)}", err=True)
    click.echo("refused; nothing has changed", err=True)
    sys.exit(1)


def _stop(why: str) -> NoReturn:
    click.echo(plain(why), err=True)
    sys.exit(1)
