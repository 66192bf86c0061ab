"""The same head is read once, and a head that may hold a secret is forgotten at once."""

import pytest

from breaktime.door import heads
from breaktime.door.gate import Gate
from breaktime.door.heads import KEPT, MAX_KEPT, Head, read_head, recall
from breaktime.door.reasons import MalformedError, Reason
from breaktime.door.steps import Phase, Step

FIRST = b"CONNECT example.org:443 HTTP/1.1\r\n"
PLAIN = FIRST + b"Host: example.org:443\r\nUser-Agent: Browser/1\r\n\r\n"


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(heads, "_known", {})


def test_the_same_head_is_read_once():
    read = read_head(PLAIN)

    assert read == Head(tunnel=True, host="example.org", port=443, credentials=None)
    assert read.fields == (("host", "example.org:443"), ("user-agent", "Browser/1"))
    assert recall(PLAIN) is read


@pytest.mark.parametrize(
    "other",
    [
        PLAIN.replace(b"443", b"444", 1),
        PLAIN.replace(b"CONNECT example", b"CONNECT Example"),
        PLAIN.replace(b"Browser/1", b"Browser/2"),
        PLAIN[:-2],
        PLAIN + b"\x16",
    ],
)
def test_another_byte_is_another_head(other):
    read_head(PLAIN)
    assert recall(other) is None


@pytest.mark.parametrize(
    "line",
    [
        b"Proxy-Authorization: Basic YTpi",
        b"proxy-authorization: Basic YTpi",
        b"Authorization: Basic YTpi",
        b"Cookie: a=b",
        b"X-Forwarded-For: 192.0.2.1",
        b"X-Remote-User: ada",
    ],
)
def test_what_may_be_a_secret_or_says_who_asks_is_not_kept(line):
    head = FIRST + line + b"\r\n\r\n"
    read_head(head)
    assert recall(head) is None


def test_what_is_long_or_no_tunnel_is_not_kept():
    for head in (
        FIRST + b"Host: " + b"a" * MAX_KEPT + b"\r\n\r\n",
        b"GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n",
    ):
        read_head(head)
        assert recall(head) is None


def test_what_is_refused_is_refused_again():
    for _ in range(2):
        with pytest.raises(MalformedError) as refused:
            read_head(FIRST + b"Content-Length: 1\r\n\r\n")
        assert refused.value.reason is Reason.BODY


def test_so_many_are_kept_and_the_first_goes_first(monkeypatch):
    monkeypatch.setattr(heads, "KEPT", 2)
    three = [PLAIN.replace(b"Browser/1", b"Browser/%d" % number) for number in range(3)]

    for head in three:
        read_head(head)

    assert [recall(head) is not None for head in three] == [False, True, True]
    assert KEPT * MAX_KEPT <= 2**20  # no more memory than that


@pytest.mark.parametrize("cut", [len(PLAIN), 1, 20])
def test_a_gate_that_knows_a_head_does_the_same_as_one_that_does_not(cut):
    def seen(after):
        gate = Gate()
        steps = [gate.feed(PLAIN[at : at + cut]) for at in range(0, len(PLAIN), cut)]
        if after:
            gate.feed(after)
        return steps, gate.head, gate.head.fields, gate.phase, bytes(gate.buffer)

    for after in (b"", b"\x16\x03\x01"):
        first, again = seen(after), seen(after)
        assert first == again
        assert first[0][-1] is Step.HEAD
        assert first[3:] == (Phase.AUTH, after)


def test_what_is_known_is_not_known_in_the_middle_of_something():
    read_head(PLAIN)
    gate = Gate()
    assert gate.feed(b"GET / HTTP/1.1\r\nHost: a\r\nX: ") is Step.MORE
    assert gate.feed(PLAIN) is Step.HEAD  # a line of the other one, and its end
    assert (gate.head.tunnel, gate.head.host) == (False, "")
