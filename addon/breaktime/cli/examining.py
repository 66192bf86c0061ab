"""What `breaktime doctor` looks at: each function examines one thing, and raises nothing."""

import ctypes
import os
import shutil
import socket
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from breaktime.config import Loaded
from breaktime.config.installed import read_installed
from breaktime.config.settings import Settings

PATIENCE = 3.0
"""Seconds for a connection."""

_DAYS_LEFT = 60
_OLD_CATALOGUE = 120
_LEAST_SPACE = 100 * 2**20
_LITTLE_SPACE = 2**30
_UNSYNCHRONISED = 5
_TIMEX_BYTES = 512


class Mark(StrEnum):
    """How it is: fine, worth a look, or not to be left so."""

    FINE = "fine"
    LOOK = "LOOK"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What was found, and what to do.

    Fields:
        mark: how it is.
        text: what was found, and after a semicolon what to do about it.
    """

    mark: Mark
    text: str


def examine(loaded: Loaded, now: datetime) -> Iterator[Finding]:
    """Examine a machine for one configuration."""
    settings = loaded.settings
    yield from written(loaded.files)
    yield from authority(settings.gateway.ca, now)
    yield from trust(settings.gateway.trust)
    yield from records(settings.records.directory)
    yield from ports(settings)
    yield from names(settings)
    yield from directory(settings)
    yield clock()
    yield zones(now.date())
    yield from catalogue(settings, now.date())


def written(files: Iterable[Path]) -> Iterator[Finding]:
    """Examine who may write to the files of the configuration: they decide for whom what opens."""
    open_to_all = []
    for file in files:
        with suppress(OSError):  # said when the configuration was loaded
            if file.stat().st_mode & 0o002:
                open_to_all.append(file)
    for file in open_to_all:
        yield Finding(Mark.BAD, f"everybody may write to {file}; chmod o-w {file}")
    if not open_to_all:
        yield Finding(Mark.FINE, "not everybody may write to the configuration")


def authority(folder: Path, now: datetime) -> Iterator[Finding]:
    """Examine the authority that browsers trust: who may read its key, and how long it lasts."""
    from breaktime.mitm.ca import AuthorityError, check_key, look

    try:
        found = look(folder)
        check_key(folder)
    except FileNotFoundError:
        yield Finding(Mark.LOOK, f"there is no authority in {folder} yet; breaktime ca create")
    except OSError as problem:
        yield Finding(Mark.BAD, f"the authority cannot be read: {problem}; run as its owner")
    except AuthorityError as problem:
        yield Finding(Mark.BAD, str(problem))
    else:
        days = (found.until - now).days
        text = f"the authority is valid for {days} days more"
        if days < _DAYS_LEFT:
            yield Finding(Mark.LOOK if days > 0 else Mark.BAD, f"{text}; breaktime ca rotate")
        else:
            yield Finding(Mark.FINE, text)


def trust(files: Iterable[Path]) -> Iterator[Finding]:
    """Examine the files with the authorities that the gateway trusts."""
    from cryptography import x509

    for file in files:
        try:
            with warnings.catch_warnings(action="ignore"):  # of odd numbers of old authorities
                count = len(x509.load_pem_x509_certificates(file.read_bytes()))
        except OSError as problem:
            yield Finding(Mark.BAD, f"{file} cannot be read: {problem.strerror}; mend `trust`")
        except ValueError:
            yield Finding(Mark.BAD, f"{file} holds no certificates; mend `trust`")
        else:
            yield Finding(Mark.FINE, f"{file} holds {count} authorities that are trusted")


def records(folder: Path) -> Iterator[Finding]:
    """Examine the folder of the records: who may read and write it, and how much room there is."""
    try:
        mode = folder.stat().st_mode
        free = shutil.disk_usage(folder).free
    except FileNotFoundError:
        yield Finding(Mark.LOOK, f"{folder} is not there; the gateway makes it when it starts")
        return
    except OSError as problem:
        yield Finding(Mark.BAD, f"{folder} cannot be looked at: {problem.strerror}")
        return
    if mode & 0o007:
        yield Finding(Mark.BAD, f"everybody may look into {folder}; chmod o= {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(Mark.BAD, f"this user cannot write to {folder}; chown it to the gateway's")
    text = f"{free / 2**30:.1f} GiB are free for records in {folder}"
    if free < _LITTLE_SPACE:
        mark = Mark.BAD if free < _LEAST_SPACE else Mark.LOOK
        yield Finding(mark, f"{text}; make room: without it controlled sites stay closed")
    else:
        yield Finding(Mark.FINE, text)


def ports(settings: Settings) -> Iterator[Finding]:
    """Examine whether the gateway could listen, or listens already."""
    tls = settings.gateway.tls
    listen = [entrance.address for entrance in settings.gateway.listen]
    for host, port in (*listen, *(() if tls is None else tls.listen)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((host, port))
            except OSError as problem:
                why = f"port {port} of {host} cannot be taken: {problem.strerror}"
                yield Finding(Mark.LOOK, f"{why}; fine if the gateway is running")
            else:
                yield Finding(Mark.FINE, f"port {port} of {host} is free")


def names(settings: Settings) -> Iterator[Finding]:
    """Examine whether the names of the configuration can be resolved."""
    known = [] if settings.directory is None else [one.host for one in settings.directory.servers]
    file = settings.page.proxy_file
    for name in dict.fromkeys([*known, *([] if file is None else [file.address.host])]):
        try:
            socket.getaddrinfo(name, None)
        except (OSError, UnicodeError):
            yield Finding(Mark.BAD, f"{name} cannot be resolved; look at the machine's DNS")
        else:
            yield Finding(Mark.FINE, f"{name} can be resolved")


def directory(settings: Settings) -> Iterator[Finding]:
    """Examine whether the servers of the directory can be connected to."""
    for server in () if settings.directory is None else settings.directory.servers:
        try:
            socket.create_connection((server.host, server.port), PATIENCE).close()
        except OSError as problem:
            why = problem.strerror or type(problem).__name__
            yield Finding(
                Mark.BAD, f"the directory {server.host}:{server.port} cannot be reached: {why}"
            )
        else:
            yield Finding(Mark.FINE, f"the directory {server.host}:{server.port} can be reached")


def clock(adjtimex: Callable[[], int] | None = None) -> Finding:
    """Examine whether something keeps the clock; breaks are as right as it is."""
    try:
        state = (adjtimex or _adjtimex)()
    except (OSError, AttributeError):
        state = -1
    if state < 0:
        return Finding(Mark.LOOK, "it cannot be told whether the clock is kept; look at NTP")
    if state == _UNSYNCHRONISED:
        return Finding(Mark.LOOK, "nothing keeps the clock; install chrony, for breaks go by it")
    return Finding(Mark.FINE, "the clock is kept")


def _adjtimex() -> int:
    """Ask the kernel without changing anything; `adjtimex(2)`: 5 is unsynchronised."""
    return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))


def zones(today: date) -> Finding:
    """Examine how old the time zones are."""
    version = metadata.version("tzdata")
    text = f"the time zones are of {version}"
    if int(version.partition(".")[0]) < today.year - 1:
        return Finding(Mark.LOOK, f"{text}; upgrade breaktime, for clocks change by law")
    return Finding(Mark.FINE, text)


def catalogue(settings: Settings, today: date) -> Iterator[Finding]:
    """Examine how old the catalogue is, where it is kept up to date."""
    if settings.updates is None:
        return
    with suppress(OSError, ValueError):  # said when the configuration was loaded
        found = read_installed(settings.updates.folder)
        if found is None:
            yield Finding(Mark.LOOK, "no catalogue is installed; breaktime rules update")
            return
        edition = date.fromisoformat(found.current[:10])
        text = f"the catalogue is of {edition}"
        old = (today - edition).days > _OLD_CATALOGUE
        yield Finding(Mark.LOOK if old else Mark.FINE, text + old * "; breaktime rules update")


def escapes(host: str, port: int) -> Iterator[Finding]:
    """Examine from a client whether something gets past the gateway: by TCP, and by QUIC."""
    place = f"port {port} of {host}"
    try:
        socket.create_connection((host, port), PATIENCE).close()
    except OSError:
        yield Finding(Mark.FINE, f"{place} is closed to TCP from here")
    else:
        yield Finding(Mark.BAD, f"{place} is reached past the gateway; close it in the firewall")
    if _answers_quic(host, port):
        yield Finding(Mark.BAD, f"{place} is reached past the gateway by QUIC; close UDP {port}")
    else:
        yield Finding(Mark.FINE, f"nothing at {place} answers to QUIC")


def _answers_quic(host: str, port: int) -> bool:
    """Send what every QUIC server has to answer: a version that there is not (RFC 9000, 6.1)."""
    hello = b"\xc0\x1a\x2a\x3a\x4a\x08" + b"\x01" * 8 + b"\x08" + b"\x02" * 8
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(found[0], socket.SOCK_DGRAM) as sock:
            sock.settimeout(PATIENCE)
            sock.connect(found[4])
            sock.send(hello.ljust(1200, b"\0"))
            return bool(sock.recv(2048))
    except OSError:
        return False
