"""Ids of records: one for machines, in order of time, and one that is read over the phone."""

import os
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""The two bits that RFC 9562 fixes, and two by chance."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 of Crockford: no i, l, o or u, so that nothing looks like anything else."""

_LETTERS = (_ALPHABET * 8).encode()
"""A letter for each byte; each comes as often as any other."""

_DECISION_LENGTH = 10
_MISHEARD = str.maketrans("ilo", "110")


_AT_ONCE = 128
"""So many ids are drawn at once."""

_drawn: list[str] = []
"""Ids that nothing is called by yet."""

os.register_at_fork(after_in_child=_drawn.clear)


def event_id(at: datetime) -> str:
    """
    Return a new UUID of version 7 for something that happened at an instant.

    The instant comes in, so that the id of a record and its time cannot disagree; generators
    of libraries read the clock by themselves.

    Args:
        at: aware instant between 1970 and the year 10889.

    Source: RFC 9562, section 5.7.
    """
    time = f"{(at - _EPOCH) // _MILLISECOND:012x}"
    chance = os.urandom(10).hex()
    variant = _VARIANTS[chance[3]]
    return f"{time[:8]}-{time[8:]}-7{chance[:3]}-{variant}{chance[4:7]}-{chance[7:19]}"


def decision_id() -> str:
    """Return a new id such as `d-7k3mq9x2vd`, for the block page and for the record."""
    if not _drawn:
        # Each call into the system lets another thread have the interpreter, and the event loop
        # waits to have it back; so there are many at once.
        letters = os.urandom(_DECISION_LENGTH * _AT_ONCE).translate(_LETTERS).decode()
        _drawn.extend(
            f"d-{letters[at : at + _DECISION_LENGTH]}"
            for at in range(0, len(letters), _DECISION_LENGTH)
        )
    return _drawn.pop()


def read_decision_id(text: str) -> str | None:
    """
    Return the id that somebody wrote down, as records spell it, or None if it is none.

    Capitals, spaces and the letters that the alphabet leaves out are understood: o is 0, and
    i and l are 1.
    """
    bare = "".join(text.split()).casefold().removeprefix("d-").translate(_MISHEARD)
    if len(bare) != _DECISION_LENGTH or not set(bare) <= set(_ALPHABET):
        return None
    return "d-" + bare
