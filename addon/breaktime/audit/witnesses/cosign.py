"""
The key of a gateway that witnesses others: with it, it signs that it has seen a checkpoint.

It protects the way and not the log: who asked knows that the answer is of the gateway whose key it
was told. So it is kept, and not destroyed as the keys of seals are.
"""

import os
import secrets
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from breaktime.audit.keys import DIRECTORY_MODE, FILE_MODE
from breaktime.audit.statement import Statement

NAME = "witness.key"

_SIGNED = b"breaktime cosigned 1\n"


class WitnessKey:
    """
    The key of one gateway.

    Fields:
        public: its public half, 64 hexadecimal digits.
    """

    def __init__(self, private: bytes) -> None:
        """Take 32 bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    @classmethod
    def of(cls, directory: Path) -> Self:
        """
        Return the key in a folder; it is made where there is none, and the folder, too.

        Raises:
            OSError: it cannot be read or kept, or is none.
        """
        path = directory / NAME
        try:
            text = path.read_text("ascii").strip()
        except FileNotFoundError:
            text = secrets.token_hex(32)
            if not directory.is_dir():
                directory.mkdir(parents=True)
                directory.chmod(DIRECTORY_MODE)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
            with os.fdopen(os.open(path, flags, FILE_MODE), "w") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
        try:
            return cls(bytes.fromhex(text))
        except ValueError as problem:
            raise OSError(f"{path} holds no key") from problem

    def sign(self, statement: Statement) -> str:
        """Sign that a checkpoint was seen; 128 hexadecimal digits."""
        return self._key.sign(_SIGNED + str(statement).encode()).hex()


def is_cosigned(statement: Statement, signature: str, key: str) -> bool:
    """
    Tell whether the owner of a key says that they have seen a checkpoint.

    Args:
        statement: what was seen.
        signature: 128 hexadecimal digits.
        key: public key, 64 hexadecimal digits.
    """
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), _SIGNED + str(statement).encode())
    except (InvalidSignature, ValueError):
        return False
    return True
