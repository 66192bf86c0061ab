"""
A film of twelve seconds, as sites send one: piece by piece, and with nothing that tells its length.

`film.webm` is a few kilobytes; a browser begins to play when it has tens of them. So each frame is
followed by a piece of nothing (Void), as large as such frames are elsewhere.

Source: https://www.rfc-editor.org/rfc/rfc8794 (EBML), https://www.rfc-editor.org/rfc/rfc9559
"""

from collections.abc import Iterator
from pathlib import Path

_SEGMENT, _CLUSTER, _SEEK, _VOID, _CUES = 0x18538067, 0x1F43B675, 0x114D9B74, 0xEC, 0x1C53BB6B
_BLOCK = 0xA0
_UNKNOWN = b"\x01" + b"\xff" * 7
_NOTHING = b"\xec\x10\x00\x80\x00" + bytes(0x8000)


def pieces() -> Iterator[bytes]:
    """Give the head of the film, and then a frame at a time."""
    data = (Path(__file__).parent / "film.webm").read_bytes()
    at, head, begun = 0, b"", False
    while at < len(data):
        kind, size_at = _number(data, at, keep=True)
        size, inside = _number(data, size_at)
        end = inside + size
        if kind in {_SEGMENT, _CLUSTER}:
            head += data[at:size_at] + _UNKNOWN
            end = inside
        elif kind == _BLOCK:
            if not begun:
                yield head
                begun = True
            yield data[at:end] + _NOTHING
        elif kind not in {_SEEK, _VOID, _CUES}:
            head += data[at:end]
        at = end


def _number(data: bytes, at: int, *, keep: bool = False) -> tuple[int, int]:
    """Read a number of variable length; its first bits tell how long it is."""
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length])
    return (value if keep else value & ((1 << 7 * length) - 1)), at + length
