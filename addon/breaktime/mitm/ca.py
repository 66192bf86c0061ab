"""
The gateway's certificate authority: made, looked at, and followed by the next one.

    FOLDER/mitmproxy-ca.pem          key and certificate that are in use
    FOLDER/mitmproxy-ca-cert.pem     its certificate, which browsers trust
    FOLDER/next/...                  the same of the authority that is to follow
    FOLDER/before-FINGERPRINT/...    the same of one that was followed

Browsers learn to trust the next authority while the old one is in use. Only then is it put in its
place, so nobody ever meets a certificate that they do not trust.
"""

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from mitmproxy import certs

KEY_BITS = 2048

NAME = "mitmproxy"
KEY = f"{NAME}-ca.pem"
CERTIFICATE = f"{NAME}-ca-cert.pem"
NEXT = "next"

_OTHERS = 0o077
_BRIEF = 16


class AuthorityError(Exception):
    """Something about the authority is not as it has to be; says what to do."""


@dataclass(frozen=True, slots=True)
class Authority:
    """
    One certificate authority, without its key.

    Fields:
        fingerprint: SHA-256 of its certificate, 64 hexadecimal digits.
        since, until: when it is valid, in UTC.
        certificate: file that browsers are given.
    """

    fingerprint: str
    since: datetime
    until: datetime
    certificate: Path


def make_ca(directory: Path) -> Path:
    """
    Make the gateway's certificate authority if there is none, and return its certificate.

    Args:
        directory: folder of the CA, created with mode 0700 if it is missing.

    Raises:
        OSError: if the folder cannot be written.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (directory / KEY).exists():
        certs.CertStore.create_store(
            directory, NAME, KEY_BITS, organization="breaktime", cn="breaktime gateway"
        )
        (directory / f"{NAME}-ca.p12").unlink()  # a second copy of the key, which nobody needs
    return directory / CERTIFICATE


def look(directory: Path) -> Authority:
    """
    Look at the authority of a folder.

    Raises:
        OSError: if its certificate cannot be read.
        AuthorityError: if it is no certificate.
    """
    file = directory / CERTIFICATE
    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except ValueError:
        raise AuthorityError(f"{file} holds no certificate; put it back from a copy") from None
    return Authority(
        found.fingerprint(SHA256()).hex(),
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        file,
    )


def is_there(directory: Path) -> bool:
    """Tell whether a folder holds an authority."""
    return (directory / KEY).exists()


def check_key(directory: Path) -> None:
    """
    Make sure that nobody else can have read the key.

    Raises:
        OSError: if it cannot be looked at.
        AuthorityError: if others may read it, or it belongs to somebody else.
    """
    file = directory / KEY
    found = file.stat()
    if found.st_mode & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise AuthorityError(
            f"others may read the key {file}: its mode is {mode:04o}. Whoever has read it can pose"
            " as any site. If nobody has: chmod 600. Otherwise make a new one: breaktime ca rotate"
        )
    if found.st_uid not in {0, os.geteuid()}:
        raise AuthorityError(
            f"the key {file} belongs to another user (number {found.st_uid}), who can read it; make"
            " it the gateway's with chown"
        )


def prepare_next(directory: Path) -> Authority:
    """
    Make the authority that is to follow, beside the one in use.

    Raises:
        OSError: if it cannot be kept.
        AuthorityError: if there is one already, or none that it could follow.
    """
    if not is_there(directory):
        raise AuthorityError("there is no authority yet; make one: breaktime ca create")
    if is_there(directory / NEXT):
        raise AuthorityError(
            "the next authority is there already; when all browsers trust it, put it in its place:"
            " breaktime ca rotate --switch"
        )
    make_ca(directory / NEXT)
    return look(directory / NEXT)


def switch(directory: Path) -> Authority:
    """
    Put the next authority in the place of the one in use, which is kept.

    The gateway takes it up when it starts again.

    Raises:
        OSError: if files cannot be moved.
        AuthorityError: if there is no next one.
    """
    following = directory / NEXT
    if not is_there(following):
        raise AuthorityError("there is no next authority; make one: breaktime ca rotate")
    kept = directory / f"before-{look(directory).fingerprint[:_BRIEF]}"
    kept.mkdir(mode=0o700, exist_ok=True)
    for file in sorted(directory.glob(f"{NAME}-*")):
        # A copy by another name first: at no moment is there no key, or one that is lost.
        (kept / file.name).unlink(missing_ok=True)
        os.link(file, kept / file.name)
    # The key comes last: until then, this can be done again.
    for file in sorted(following.glob(f"{NAME}-*"), key=lambda each: each.name == KEY):
        file.replace(directory / file.name)
    following.rmdir()
    return look(directory)
