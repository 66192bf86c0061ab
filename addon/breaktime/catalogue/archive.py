"""
Archive: the files of a catalogue in one tar file, with a signature at its beginning.

    signature        64 bytes: ed25519 over everything that follows
    edition          one line: the day the archive was made, `2026-11-21`, or `2026-11-21.2`
    facebook.yaml    the platform files, by name
    ...

The signature is checked before anything is read as tar. Equal files make equal bytes, and an
archive whose bytes are not those that `pack` makes of its files is refused: there is no room in it
for a link, a path, a device, a hole or a second file of one name. It is not compressed, so it is as
large as what it holds.
"""

import io
import re
import tarfile
from collections.abc import Mapping
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

MAX_BYTES: Final = 16 * 1024 * 1024
"""No archive is larger; the shipped catalogue takes less than half a MiB."""
MAX_FILES: Final = 2_000

_PURPOSE: Final = b"breaktime catalogue 1\n"
"""Signed with the rest, so that a signature for something else is none for a catalogue."""
_SIGNATURE: Final = "signature"
_EDITION: Final = "edition"
_EDITION_TEXT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:\.[0-9]{1,4})?")
_FILE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\.yaml")
_BLOCK: Final = tarfile.BLOCKSIZE
_SIGNATURE_BYTES: Final = 64


class ArchiveError(ValueError):
    """A file that is no archive of a catalogue, or that somebody else has signed."""


class Archive(NamedTuple):
    """
    What an archive holds.

    Fields:
        edition: day it was made, and a number where there are several of one day.
        files: content by file name, such as `facebook.yaml`.
    """

    edition: str
    files: Mapping[str, bytes]


def edition_order(edition: str) -> tuple[str, int]:
    """
    Return what editions are compared by.

    Raises:
        ArchiveError: if it is not written like an edition.
    """
    if not _EDITION_TEXT.fullmatch(edition):
        raise ArchiveError(f"the edition must be written as `2026-11-21`, found `{edition[:40]!r}`")
    day, _, number = edition.partition(".")
    return day, int(number or 0)


def pack(archive: Archive, key: Ed25519PrivateKey) -> bytes:
    """
    Sign files and put them together; equal files and keys give equal bytes.

    Raises:
        ArchiveError: if a file or the edition has no name that an archive can hold, or if there
            is too much of it.
    """
    body = _body(archive)
    return _member(_SIGNATURE, key.sign(_PURPOSE + body)) + body


def unpack(content: bytes, key: bytes) -> Archive:
    """
    Check an archive and take it apart.

    Args:
        content: the whole file.
        key: public key, 32 bytes.

    Raises:
        ArchiveError: with what is wrong.
    """
    if len(content) > MAX_BYTES:
        raise ArchiveError(f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    signature = content[_BLOCK : _BLOCK + _SIGNATURE_BYTES]
    head = _member(_SIGNATURE, signature) if len(signature) == _SIGNATURE_BYTES else b""
    if not head or not content.startswith(head):
        raise ArchiveError("is no archive of a catalogue: it does not begin with a signature")
    body = content[len(head) :]
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _PURPOSE + body)
    except InvalidSignature:
        raise ArchiveError(
            "is not signed with the key that is trusted here, or was changed since"
        ) from None
    archive = _read(body)
    if _body(archive) != body:
        raise ArchiveError("is signed, but not made as an archive of a catalogue is")
    return archive


def _read(body: bytes) -> Archive:
    files: dict[str, bytes] = {}
    edition = ""
    try:
        with tarfile.open(fileobj=io.BytesIO(body), mode="r:") as tar:
            for number, entry in enumerate(tar):
                held = tar.extractfile(entry) if entry.isreg() and not entry.issparse() else None
                if held is None or number > MAX_FILES:
                    raise ArchiveError(f"holds what is no plain file: {entry.name[:80]!r}")
                if number == 0 and entry.name == _EDITION:
                    edition = held.read().decode("utf-8", "replace").removesuffix("\n")
                else:
                    files[entry.name] = held.read()
    except (tarfile.TarError, OSError, ValueError) as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError("is signed, but cannot be read as a tar file") from None
    return Archive(edition, files)


def _body(archive: Archive) -> bytes:
    edition_order(archive.edition)
    if not archive.files or len(archive.files) > MAX_FILES:
        raise ArchiveError(f"must hold between 1 and {MAX_FILES} platform files")
    for name in archive.files:
        if not _FILE.fullmatch(name):
            raise ArchiveError(f"holds a file that is not named like a platform: {name[:80]!r}")
    parts = [_member(_EDITION, f"{archive.edition}\n".encode())]
    parts += [_member(name, content) for name, content in sorted(archive.files.items())]
    body = b"".join(parts) + bytes(2 * _BLOCK)
    if len(body) + 2 * _BLOCK > MAX_BYTES:
        raise ArchiveError(f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return body


def _member(name: str, content: bytes) -> bytes:
    """Return one file as tar stores it, the same whoever packs it, and when."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    head = info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    return head + content + bytes(-len(content) % _BLOCK)
