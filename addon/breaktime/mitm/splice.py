"""
A WebSocket from the outside: where its frames end, so that ours can be put between two of them.

Source: RFC 6455 sections 5.2, 5.5.1 and 7.4.1.
"""

POLICY_VIOLATION = 1008
GOODBYE = "the break has ended"

_CLOSE = 0x88
_LENGTH = 0x7F
_TWO_BYTES, _EIGHT_BYTES = 126, 127


def close_frame(code: int = POLICY_VIOLATION, reason: str = GOODBYE) -> bytes:
    """Return the frame with which a server says goodbye; *reason* has at most 123 bytes."""
    body = code.to_bytes(2) + reason.encode()
    return bytes((_CLOSE, len(body))) + body


class Frames:
    """
    What a server sends in a WebSocket, as it goes by: only the lengths of frames are read.

    Fields:
        between: nothing of a frame is still to come, so another one may be put in.
    """

    __slots__ = ("_head", "_left")

    def __init__(self) -> None:
        """Wait for the first frame."""
        self._head = b""
        self._left = 0

    @property
    def between(self) -> bool:
        """Whether a frame may be put in here."""
        return not self._left and not self._head

    def pass_by(self, data: bytes) -> None:
        """Take note of what goes by; small or large pieces come to the same."""
        while data:
            if self._left:
                skipped = min(self._left, len(data))
                self._left -= skipped
                data = data[skipped:]
                continue
            missing = self._missing()
            self._head += data[:missing]
            data = data[missing:]
            if not self._missing():
                self._left = self._length()
                self._head = b""

    def _missing(self) -> int:
        """Count the bytes of the head of a frame that are still to come."""
        if len(self._head) < 2:  # noqa: PLR2004  the least that a frame has
            return 2 - len(self._head)
        more = {_TWO_BYTES: 2, _EIGHT_BYTES: 8}.get(self._head[1] & _LENGTH, 0)
        masked = 4 if self._head[1] & 0x80 else 0  # no server masks; whoever does is read right
        return 2 + more + masked - len(self._head)

    def _length(self) -> int:
        short = self._head[1] & _LENGTH
        if short == _TWO_BYTES:
            return int.from_bytes(self._head[2:4])
        return int.from_bytes(self._head[2:10]) if short == _EIGHT_BYTES else short
