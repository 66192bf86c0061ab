"""The parent proxy, from what the configuration says of it."""

import os
import re
import ssl
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import structlog

from breaktime.config.settings_gateway import ParentSettings
from breaktime.door import Parent, ParentAt, Trouble, direct_names
from breaktime.mitm.world import StartError

log = structlog.get_logger("breaktime.gateway")


def open_parent(
    settings: ParentSettings | None, trust: Iterable[Path], failures: Counter[str] | None = None
) -> Parent | None:
    """
    Make ready what asks the parent for tunnels.

    Args:
        settings: what the configuration says; None where there is no parent.
        trust: files with the authorities of its certificate; empty for the system's.
        failures: where it is counted how often it gave no tunnel, by why.

    Raises:
        StartError: its credentials, or what is trusted, cannot be used.
    """
    if settings is None:
        return None
    names, networks = direct_names(settings.direct)
    return Parent(
        ParentAt(
            *settings.address,
            credentials=None if settings.credentials is None else _read(settings.credentials),
            tls=_context(trust) if settings.tls else None,
            by_address=settings.by_address,
            names=names,
            networks=networks,
        ),
        failures,
        _tell,
    )


def _tell(trouble: Trouble | None) -> None:
    if trouble is None:
        log.warning("the parent proxy gives tunnels again")
    else:
        log.error("nothing outside can be reached: the parent proxy gives no tunnels", why=trouble)


def _read(file: Path) -> str:
    """Return name and password from their file."""
    try:
        if file.stat().st_mode & 0o007:
            raise StartError(
                f"everybody can read the credentials in {file}; chmod o= {file}", os.EX_CONFIG
            )
        text = file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise StartError(f"the credentials of the parent cannot be read: {problem}") from problem
    if not re.fullmatch(r"[^:\x00-\x1f\x7f]+:[^\x00-\x1f\x7f]*", text):
        raise StartError(f"{file} must be one line, `name:password`", os.EX_CONFIG)
    return text


def _context(trust: Iterable[Path]) -> ssl.SSLContext:
    """Return what is spoken with the parent."""
    files = tuple(trust)
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for file in files:
            context.load_verify_locations(file)
        if not files:
            context.load_default_certs()
    except OSError as problem:
        raise StartError(f"what the parent is trusted by cannot be read: {problem}") from problem
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
