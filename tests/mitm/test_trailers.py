"""What follows a body in HTTP/1 is left out, and no line of one goes on for ever."""

import h11
import pytest
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.proxy.layers.http import _http1

from breaktime.mitm.trailers import MAX_LINE, PlainBody, leave_out_trailers

CHUNKED = None


def read(size, *pieces):
    """Read a body piece by piece: what came, and whether it has ended."""
    body, buffer, found = PlainBody(size), ReceiveBuffer(), b""
    for piece in pieces:
        buffer += piece
        while (event := body(buffer)) is not None:
            if isinstance(event, h11.EndOfMessage):
                assert not list(event.headers)
                return found, bytes(buffer)
            found += bytes(event.data)
    return found, None


@pytest.mark.parametrize("trailers", [b"", b"X-Sum: 1\r\n", b"A: b\r\nContent-Length: 9\r\n"])
def test_a_body_ends_behind_its_trailers_and_they_are_gone(trailers):
    whole = b"5\r\nhello\r\n0\r\n" + trailers + b"\r\nGET /"

    assert read(CHUNKED, whole) == (b"hello", b"GET /")
    every = [whole[at : at + 1] for at in range(len(whole) - 5)]
    assert read(CHUNKED, *every) == (b"hello", b"")


def test_bodies_of_other_kinds_are_as_they_were():
    assert read(5, b"hel", b"loGET /") == (b"hello", b"GET /")
    assert read(-1, b"hel", b"lo") == (b"hello", None)
    assert isinstance(PlainBody(-1).read_eof(), h11.EndOfMessage)
    with pytest.raises(h11.RemoteProtocolError):
        PlainBody(5).read_eof()


@pytest.mark.parametrize("begun", [b"5;", b"0\r\nA: "])
def test_a_line_that_does_not_end_is_given_up(begun):
    assert read(CHUNKED, begun + b"a" * (MAX_LINE - len(begun))) == (b"", None)
    with pytest.raises(h11.RemoteProtocolError):
        read(CHUNKED, begun + b"a" * MAX_LINE)


def test_every_body_of_mitmproxy_is_read_so(monkeypatch):
    monkeypatch.setattr(_http1, "make_body_reader", None)
    leave_out_trailers()
    leave_out_trailers()

    assert isinstance(_http1.make_body_reader(3), PlainBody)
