"""Text, keys: the public half of a key that signs updates of the catalogue."""

from base64 import b64decode
from binascii import Error
from typing import Final

from breaktime.config.problems import quoted

_KIND: Final = "ed25519:"
_BYTES: Final = 32


def public_key(text: str) -> bytes:
    """
    Read a public key, as `breaktime rules keygen` prints it.

    Args:
        text: `ed25519:` and 32 bytes in base64.

    Raises:
        ValueError: with what is wrong and, after a semicolon, what to write.
    """
    kind, found, encoded = text.partition(_KIND)
    try:
        raw = b64decode(encoded, validate=True)
    except (Error, ValueError):
        raw = b""
    if kind or not found or len(raw) != _BYTES:
        raise ValueError(
            f"must be a public key, found {quoted(text)};"
            " copy the line that begins with `ed25519:` from who signs the catalogue"
        )
    return raw
