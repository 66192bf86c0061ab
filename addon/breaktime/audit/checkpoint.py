"""
A checkpoint: the line that seals the lines before it.

    {"@timestamp": ..., "breaktime": {..., "seal": {"v": 1, "origin": ..., ..., "sig": "<hex>"}}}

Laws of this file:

1. What is signed and hashed are the bytes as they stand in the file, so nobody has to agree on how
   JSON is written. The signature is the last value, of fixed length, over all that comes before it.
2. There is one way to write a checkpoint: hexadecimal digits are small, and everything but the
   signature is under it. So no byte of it can be changed.
3. A hash of a checkpoint cannot be one of a line, nor a signature of ours one of something else:
   each begins with words of its own.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VERSION = 1

FIRST = "0" * 64
"""What the first checkpoint names as the one before it."""

_SIGNED = b"breaktime checkpoint 1\n"
_HASHED = b"\x02"
_BEFORE_SIGNATURE = b',"sig":"'
_AFTER_SIGNATURE = b'"}}}'
_END = re.compile(_BEFORE_SIGNATURE + rb"([0-9a-f]{128})" + _AFTER_SIGNATURE)
_END_LENGTH = len(_BEFORE_SIGNATURE) + 128 + len(_AFTER_SIGNATURE)
_HASH = re.compile(r"[0-9a-f]{64}")
_MARKS = (b'"integrity-checkpoint"', b'"seal":{', _BEFORE_SIGNATURE)
_KEYS = {"v", "origin", "epoch", "lines", "root", "prev", "next", "sig"}


class Checkpoint(NamedTuple):
    """
    What a checkpoint says.

    Fields:
        origin: name of the log, which no other has.
        epoch: number of the checkpoint, from 0.
        lines: how many lines lie between it and the one before.
        root: hash over them, 64 hexadecimal digits, as all below.
        prev: hash of the checkpoint before; `FIRST` for the first.
        next: the public key that the next one is signed with.
    """

    origin: str
    epoch: int
    lines: int
    root: str
    prev: str
    next: str


def laid_out(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return `breaktime.seal` of a checkpoint, without its signature."""
    return {"v": VERSION, **checkpoint._asdict()}


def to_sign(line: bytes) -> bytes:
    """
    Return what is to be signed of a laid out line, which has no signature and no line end yet.

    The line ends with the seal: three braces.
    """
    return _SIGNED + line[: -len(b"}}}")]


def signed(line: bytes, signature: bytes) -> bytes:
    """Return a laid out line with its signature, without a line end."""
    before = line[: -len(b"}}}")]
    return before + _BEFORE_SIGNATURE + signature.hex().encode() + _AFTER_SIGNATURE


def hash_of(line: bytes) -> str:
    """Return the hash of a whole checkpoint, which comes without its line end."""
    return sha256(_HASHED + line).hexdigest()


def means_to_be_one(line: bytes) -> bool:
    """
    Tell whether a line is a checkpoint, or was one before somebody changed it.

    What came from outside stands in JSON texts, where a quotation mark is escaped: no address or
    name can hold these marks.
    """
    return any(mark in line for mark in _MARKS)


def read_checkpoint(line: bytes) -> Checkpoint | None:
    """Return what a line says that is a checkpoint by its form, or None; nothing is proved yet."""
    if _END.fullmatch(line, max(len(line) - _END_LENGTH, 0)) is None:
        return None
    try:
        seal = json.loads(line)["breaktime"]["seal"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(seal, Mapping) or set(seal) != _KEYS or seal["v"] != VERSION:
        return None
    numbers = seal["epoch"], seal["lines"]
    if any(type(number) is not int or not 0 <= number < 1 << 63 for number in numbers):
        return None
    hashes = seal["root"], seal["prev"], seal["next"]
    if not all(isinstance(each, str) and _HASH.fullmatch(each) for each in hashes):
        return None
    if not isinstance(seal["origin"], str):
        return None
    return Checkpoint(**{name: seal[name] for name in Checkpoint._fields})


def is_signed_by(line: bytes, key: str) -> bool:
    """
    Tell whether a line, a checkpoint by its form, was signed with a key.

    Args:
        line: without its line end.
        key: public key, 64 hexadecimal digits.
    """
    end = len(line) - _END_LENGTH
    signature = bytes.fromhex(line[end + len(_BEFORE_SIGNATURE) : -len(_AFTER_SIGNATURE)].decode())
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            signature, _SIGNED + line[:end]
        )
    except (InvalidSignature, ValueError):
        return False
    return True
