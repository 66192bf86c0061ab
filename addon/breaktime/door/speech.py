"""How clients are spoken to, by the way they come: in HTTP, in SOCKS, or not at all."""

from __future__ import annotations

from breaktime.door import answers, socks
from breaktime.door.entrance import Way
from breaktime.door.reasons import Reason

GRANTED = {Way.PROXY: answers.GRANTED, Way.SOCKS5: socks.GRANTED, Way.TRANSPARENT: b""}
"""What a client is told before its tunnel begins."""

_SILENTLY = frozenset({Reason.SOCKS_VERSION, Reason.CUT_SHORT, Reason.SLOW_HEAD, Reason.FULL})
_IN_SOCKS = {
    Reason.SOCKS_METHOD: socks.NO_METHOD,
    Reason.SOCKS_PASSWORD: socks.NO_PASSWORD,
    Reason.SOCKS_COMMAND: socks.NO_COMMAND,
    Reason.DIAL: socks.UNREACHABLE,
    Reason.PORT: socks.FORBIDDEN,
    Reason.DENIED: socks.FORBIDDEN,
}


def refusal(way: Way, reason: Reason, answer: bytes) -> bytes:
    """
    Return what a client is told that is turned away; empty for nothing.

    Args:
        way: how it came.
        reason: why.
        answer: the same in HTTP; empty where nobody is to be told.
    """
    if way is Way.PROXY:
        return answer
    if way is Way.TRANSPARENT or reason in _SILENTLY:
        return b""
    if answer == answers.REFUSED:
        return socks.FORBIDDEN
    return _IN_SOCKS.get(reason, socks.FAILED)
