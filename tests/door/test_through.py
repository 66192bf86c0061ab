"""Reading to an end that only the bytes tell: not a byte less, and not one more."""

import asyncio
import socket

import pytest

from breaktime.door.through import CutShortError, read_through


def line(data):
    found = data.find(b"\n")
    return None if found < 0 else found + 1


def reading(*pieces, most=8, ends=False):
    async def main():
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)

            async def say():
                for piece in pieces:
                    theirs.sendall(piece)
                    await asyncio.sleep(0)
                    await asyncio.sleep(0)
                if ends:
                    theirs.close()

            saying = asyncio.create_task(say())
            found = await read_through(ours, line, most)
            await saying
            return found, ours.recv(100) if len(b"".join(pieces)) > len(found) else b""

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("pieces", "rest"),
    [
        ([b"hello\nmore"], b"more"),
        ([b"he", b"llo\nmo", b"re"], b"more"),
        ([b"h", b"e", b"l", b"l", b"o", b"\n"], b""),
    ],
)
def test_what_follows_is_left_where_it_is(pieces, rest):
    assert reading(*pieces) == (b"hello\n", rest)


def test_what_ends_before_is_cut_short():
    with pytest.raises(CutShortError):
        reading(b"hell", ends=True)


@pytest.mark.parametrize("pieces", [[b"x" * 20], [b"x" * 5, b"x" * 5]])
def test_what_has_no_end_is_cut_short(pieces):
    with pytest.raises(CutShortError):
        reading(*pieces)
