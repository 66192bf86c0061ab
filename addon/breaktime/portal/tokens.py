"""
Tokens: a form is taken only from somebody to whom the portal gave it.

Nothing is kept: a token is a time and a code that only this gateway can make, for one person.
Another person's token, and one that is too old, are none.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

LASTS = timedelta(hours=12)
"""How long a page may stand open until its forms are no longer taken."""

_AHEAD = timedelta(minutes=1)
_LONGEST = 100


def key_from(secret: bytes) -> bytes:
    """Return the key of a gateway; those that share a secret take each other's forms."""
    return hmac.digest(secret, b"breaktime portal forms 1", "sha256")


def issue(key: bytes, person: str, at: datetime) -> str:
    """Return a token for the forms of one person."""
    stamp = f"{int(at.timestamp()):x}"
    return f"{stamp}.{_code(key, person, stamp)}"


def is_good(key: bytes, person: str, at: datetime, token: str) -> bool:
    """Tell whether a token was given to this person, not too long ago."""
    stamp, _, code = token.partition(".")
    if len(token) > _LONGEST or not token.isascii():
        return False
    if not hmac.compare_digest(code, _code(key, person, stamp)):
        return False
    given = datetime.fromtimestamp(int(stamp, 16), UTC)  # ours: the code says so
    return given - _AHEAD <= at <= given + LASTS


def _code(key: bytes, person: str, stamp: str) -> str:
    return hmac.new(key, f"{stamp} {person}".encode(), hashlib.sha256).hexdigest()
