"""
The key that the next checkpoint is signed with, and that is destroyed once it is.

Who takes a gateway over can sign from then on, and nothing of before: the keys of before are gone.

Laws of this file:

1. The file has its whole length from the beginning and is written in place, so that a full disk
   does not keep a key alive. There are two places in it, used in turn; the one that was left is
   overwritten. Whatever moment a crash comes at, one of them is whole.
2. The key after the next one is there before its public half is promised in a checkpoint.

Overwriting is as good as the disk: one that keeps old blocks, or a snapshot of the machine, keeps
old keys. docs/audit.md says what then.
"""

import errno
import json
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from breaktime.audit.checkpoint import FIRST

NAME = "seal.key"
FILE_MODE = 0o600
DIRECTORY_MODE = 0o700

_PLACE = 4096
"""Bytes between the two places: no block of a disk holds both."""

_SIZE = 512


class Keys(NamedTuple):
    """
    What is known between two checkpoints.

    Fields:
        origin: name of the log, which no other has.
        epoch: number of the next checkpoint.
        prev: hash of the last one.
        key: private key of the next one, 64 hexadecimal digits.
        after: private key of the one after it.
    """

    origin: str
    epoch: int
    prev: str
    key: str
    after: str

    @property
    def public(self) -> str:
        """The public key of the next checkpoint, 64 hexadecimal digits."""
        return _public(self.key)

    @property
    def promised(self) -> str:
        """The public key of the one after it, which the next one names."""
        return _public(self.after)

    def sign(self, what: bytes) -> bytes:
        """Sign with the key of the next checkpoint."""
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.key)).sign(what)

    def evolved(self, prev: str) -> "Keys":
        """Return what is known once the next checkpoint, whose hash is *prev*, is kept."""
        return Keys(self.origin, self.epoch + 1, prev, self.after, secrets.token_hex(32))


class KeyFile:
    """
    The file that the keys are kept in.

    Fields:
        now: what it holds.
    """

    def __init__(self, fd: int, now: Keys, place: int) -> None:
        """Take an open file; see `create` and `open`."""
        self._fd = fd
        self._place = place
        self.now = now

    @classmethod
    def create(cls, directory: Path, gateway: str) -> Self:
        """
        Make the first keys of a log.

        Args:
            directory: where they are kept; made with mode 0700 where it is missing.
            gateway: name of the gateway, the beginning of the name of the log.

        Raises:
            FileExistsError: there are keys already. They are the only ones that can go on.
            OSError: they cannot be kept.
        """
        if not directory.is_dir():
            directory.mkdir(parents=True)
            directory.chmod(DIRECTORY_MODE)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        fd = os.open(directory / NAME, flags, FILE_MODE)
        os.fchmod(fd, FILE_MODE)
        os.pwrite(fd, bytes(2 * _PLACE), 0)
        origin = f"{gateway}/{secrets.token_hex(8)}"
        first = Keys(origin, 0, FIRST, secrets.token_hex(32), secrets.token_hex(32))
        made = cls(fd, first, 1)
        made._keep(first)
        folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        os.fsync(folder)
        os.close(folder)
        return made

    @classmethod
    def open(cls, directory: Path) -> Self:
        """
        Open what `create` made.

        Raises:
            FileNotFoundError: there are no keys.
            OSError: they cannot be read, or others may read them.
        """
        path = directory / NAME
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        mode = os.fstat(fd).st_mode
        found = [(keys, place) for place in (0, 1) if (keys := _read(fd, place)) is not None]
        if mode & 0o077 or not found:
            os.close(fd)
            what = "others may read it; make its mode 0600" if mode & 0o077 else "it holds no key"
            raise OSError(errno.EPERM if mode & 0o077 else errno.EINVAL, what, str(path))
        now, place = max(found, key=lambda each: each[0].epoch)
        return cls(fd, now, place)

    def evolve(self, prev: str) -> None:
        """
        Destroy the key of a checkpoint that is kept for good.

        Args:
            prev: hash of the checkpoint.

        Raises:
            OSError: the disk does not keep what was written. The key may still be there.
        """
        self._keep(self.now.evolved(prev))

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _keep(self, keys: Keys) -> None:
        body = json.dumps(keys).encode("ascii")
        text = sha256(body).hexdigest().encode("ascii") + body
        self.now = keys  # whatever the disk does, the key that has signed signs nothing else
        left, place = self._place, 1 - self._place
        os.pwrite(self._fd, text.ljust(_SIZE), place * _PLACE)
        os.fdatasync(self._fd)
        self._place = place
        os.pwrite(self._fd, bytes(_SIZE), left * _PLACE)
        os.fdatasync(self._fd)


def _read(fd: int, place: int) -> Keys | None:
    """Return what stands in one place, None where it is not whole."""
    text = os.pread(fd, _SIZE, place * _PLACE)
    digest, body = text[:64], text[64:].rstrip()
    if sha256(body).hexdigest().encode("ascii") != digest:
        return None
    return Keys(*json.loads(body))


def _public(private: str) -> str:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
