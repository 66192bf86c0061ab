"""The gate: each rule has a row, and how bytes are cut never matters."""

# ruff: noqa: E501 - a row of a table stays on one line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.door.gate import MAX_HEAD, MAX_PEEK, Gate, Head
from breaktime.door.reasons import Reason
from breaktime.door.steps import Kind, Phase, Step

OK = b"CONNECT example.org:443 HTTP/1.1\r\n"


def head(*lines, first=OK):
    return first + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def connect(authority):
    return b"CONNECT " + authority + b" HTTP/1.1\r\n\r\n"


def run(pieces):
    """Play a client that is granted every tunnel; tell all that can be seen from outside."""
    gate = Gate()
    for piece in pieces:
        if not piece:
            continue
        step = gate.feed(piece)
        if step is Step.HEAD and gate.head.tunnel:
            step = gate.granted()
        if step is Step.BAD:
            break
    heads = gate.head and (gate.head, gate.head.credentials)
    return gate.phase, heads, gate.kind, gate.sni, gate.reason, bytes(gate.buffer)


def singly(data):
    return (data[i : i + 1] for i in range(len(data)))


# fmt: off
HEADS = [
    # what the row shows          bytes                                                  host, port, credentials or reason
    ("a tunnel",                  head(b"Host: x"),                                      ("example.org", 443, None)),
    ("HTTP/1.0",                  b"CONNECT a.org:80 HTTP/1.0\r\n\r\n",                  ("a.org", 80, None)),
    ("case and dots",             connect(b"ExAmple.ORG..:443"),                         ("example.org", 443, None)),
    ("an underscore",             connect(b"_a.example.org:443"),                        ("_a.example.org", 443, None)),
    ("an IPv4 address",           connect(b"192.0.2.1:443"),                             ("192.0.2.1", 443, None)),
    ("an IPv6 address",           connect(b"[2001:DB8::0:1]:443"),                       ("2001:db8::1", 443, None)),
    ("credentials",               head(b"Proxy-Authorization:  Basic YTpi \t"),          ("example.org", 443, "Basic YTpi")),
    ("a length of nothing",       head(b"Content-Length: 0"),                            ("example.org", 443, None)),
    ("an empty value",            head(b"X:"),                                           ("example.org", 443, None)),
    ("a tab in a value",          head(b"X: a\tb"),                                      ("example.org", 443, None)),
    ("raw UTF-8 in a value",      head("X: ü".encode()),                                 ("example.org", 443, None)),
    ("the longest head",          head(b"X: " + b"a" * (MAX_HEAD - len(head(b"X: ")))),  ("example.org", 443, None)),
    ("TLS to the proxy",          b"\x16\x03\x01",                                       Reason.FIRST_BYTE),
    ("a blank line before",       b"\r\n" + OK,                                          Reason.FIRST_BYTE),
    ("lower case",                b"connect a.org:443 HTTP/1.1\r\n\r\n",                 Reason.FIRST_BYTE),
    ("bare LF",                   b"CONNECT a.org:443 HTTP/1.1\n\n",                     Reason.LINE_ENDING),
    ("bare LF in a header",       head(b"A: b\nC: d"),                                   Reason.LINE_ENDING),
    ("bare CR in a header",       head(b"A: b\rC: d"),                                   Reason.LINE_ENDING),
    ("a NUL",                     head(b"A: \0"),                                        Reason.LINE_ENDING),
    ("a control character",       head(b"A: \x1b[0m"),                                   Reason.LINE_ENDING),
    ("a head too long",           OK + b"X: " + b"a" * MAX_HEAD + b"\r\n\r\n",           Reason.HEAD_LENGTH),
    ("one byte too long",         head(b"X: a" + b"a" * (MAX_HEAD - len(head(b"X: ")))), Reason.HEAD_LENGTH),
    ("two blanks",                b"CONNECT  a.org:443 HTTP/1.1\r\n\r\n",                Reason.REQUEST_LINE),
    ("a tab",                     b"CONNECT\ta.org:443 HTTP/1.1\r\n\r\n",                Reason.REQUEST_LINE),
    ("HTTP/2",                    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                   Reason.REQUEST_LINE),
    ("no version",                b"CONNECT a.org:443\r\n\r\n",                          Reason.REQUEST_LINE),
    ("a digit in the method",     b"C0NNECT a.org:443 HTTP/1.1\r\n\r\n",                 Reason.REQUEST_LINE),
    ("raw UTF-8 in the target",   connect("ü.org:443".encode()),                         Reason.REQUEST_LINE),
    ("a folded header",           head(b"A: b", b" c"),                                  Reason.HEADER),
    ("a blank before the colon",  head(b"Proxy-Authorization : x"),                      Reason.HEADER),
    ("no colon",                  head(b"nonsense"),                                     Reason.HEADER),
    ("no name",                   head(b": x"),                                          Reason.HEADER),
    ("credentials twice",         head(b"Proxy-Authorization: a", b"proxy-authorization: a"), Reason.CREDENTIALS_TWICE),
    ("empty credentials twice",   head(b"Proxy-Authorization:", b"Proxy-Authorization: a"), Reason.CREDENTIALS_TWICE),
    ("a body",                    head(b"Content-Length: 1"),                            Reason.BODY),
    ("two lengths",               head(b"Content-Length: 0", b"Content-Length: 0"),      Reason.BODY),
    ("a strange length",          head(b"Content-Length: +0"),                           Reason.BODY),
    ("a chunked body",            head(b"Transfer-Encoding: chunked"),                   Reason.BODY),
    ("no port",                   connect(b"a.org"),                                     Reason.AUTHORITY),
    ("an empty port",             connect(b"a.org:"),                                    Reason.AUTHORITY),
    ("port 0",                    connect(b"a.org:0"),                                   Reason.AUTHORITY),
    ("port 65536",                connect(b"a.org:65536"),                               Reason.AUTHORITY),
    ("a port of six digits",      connect(b"a.org:000443"),                              Reason.AUTHORITY),
    ("two ports",                 connect(b"a.org:443:443"),                             Reason.AUTHORITY),
    ("no host",                   connect(b":443"),                                      Reason.AUTHORITY),
    ("only dots",                 connect(b"..:443"),                                    Reason.AUTHORITY),
    ("an empty label",            connect(b"a..org:443"),                                Reason.AUTHORITY),
    ("a user",                    connect(b"a@b.org:443"),                               Reason.AUTHORITY),
    ("an escape",                 connect(b"a%2eorg:443"),                               Reason.AUTHORITY),
    ("a path",                    connect(b"a.org/:443"),                                Reason.AUTHORITY),
    ("two names",                 connect(b"a.org,b.org:443"),                           Reason.AUTHORITY),
    ("IPv6 without brackets",     connect(b"2001:db8::1:443"),                           Reason.AUTHORITY),
    ("IPv6 with a zone",          connect(b"[fe80::1%25eth0]:443"),                      Reason.AUTHORITY),
    ("no IPv6 in brackets",       connect(b"[1:2]:443"),                                 Reason.AUTHORITY),
    ("IPv4 in brackets",          connect(b"[192.0.2.1]:443"),                           Reason.AUTHORITY),
    ("absolute form in CONNECT",  connect(b"https://a.org:443"),                         Reason.AUTHORITY),
]

PROXIED = [
    # what the row shows          bytes                                                  host, port or reason
    ("http",                      b"GET http://A.org/x?y HTTP/1.1\r\n\r\n",              ("a.org", 80)),
    ("http with a port",          b"GET http://a.org:8080 HTTP/1.1\r\n\r\n",             ("a.org", 8080)),
    ("https",                     b"GET https://a.org?x HTTP/1.1\r\n\r\n",               ("a.org", 443)),
    ("IPv6",                      b"GET HTTP://[::1]/ HTTP/1.1\r\n\r\n",                 ("::1", 80)),
    ("the proxy itself",          b"GET /proxy.pac HTTP/1.1\r\n\r\n",                    ("", 0)),
    ("with a body",               b"POST http://a.org/ HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", ("a.org", 80)),
    ("pipelined",                 b"GET http://a.org/ HTTP/1.1\r\n\r\nGET http://b.org/ HTTP/1.1\r\n\r\n", ("a.org", 80)),
    ("a method with a hyphen",    b"M-SEARCH http://a.org/ HTTP/1.1\r\n\r\n",            ("a.org", 80)),
    ("another scheme",            b"GET ftp://a.org/ HTTP/1.1\r\n\r\n",                  Reason.REQUEST_LINE),
    ("an asterisk",               b"OPTIONS * HTTP/1.1\r\n\r\n",                         Reason.REQUEST_LINE),
    ("a user",                    b"GET http://u:p@a.org/ HTTP/1.1\r\n\r\n",             Reason.AUTHORITY),
    ("a backslash",               b"GET http://a.org\\@b.org/ HTTP/1.1\r\n\r\n",         Reason.AUTHORITY),
    ("no host",                   b"GET http:///x HTTP/1.1\r\n\r\n",                     Reason.REQUEST_LINE),
    ("credentials twice",         b"GET / HTTP/1.1\r\nProxy-Authorization: a\r\nProxy-Authorization: b\r\n\r\n", Reason.CREDENTIALS_TWICE),
]

PEEKS = [
    # what the row shows          bytes                                                  kind, reason or None for undecided
    ("nothing",                   b"",                                                   None),
    ("a request",                 b"GET / HTTP/1.1\r\n",                                 Kind.HTTP),
    ("a request and more",        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET",               Kind.HTTP),
    ("HTTP/1.9",                  b"GET / HTTP/1.9\r\n",                                 Kind.HTTP),
    ("raw UTF-8 in the target",   "GET /ü HTTP/1.1\r\n".encode(),                        Kind.HTTP),
    ("one letter",                b"G",                                                  None),
    ("two letters",               b"GE",                                                 None),
    ("a method and a blank",      b"GET ",                                               None),
    ("a request without its LF",  b"GET / HTTP/1.1\r",                                   None),
    ("bare LF",                   b"GET / HTTP/1.1\n",                                   Kind.OTHER),
    ("lower case",                b"get / HTTP/1.1\r\n",                                 Kind.OTHER),
    ("SSH",                       b"SSH-2.0-OpenSSH_9.9\r\n",                            Kind.OTHER),
    ("h2c",                       b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                   Kind.OTHER),
    ("a method too long",         b"A" * 33,                                             Kind.OTHER),
    ("the longest method",        b"A" * 32,                                             None),
    ("a blank line before",       b"\r\nGET / HTTP/1.1\r\n",                             Kind.OTHER),
    ("binary",                    b"\x80\x2e\x01",                                       Kind.OTHER),
    ("one byte of a hello",       b"\x16",                                               None),
    ("two bytes of a hello",      b"\x16\x03",                                           None),
    ("version 3.127",             b"\x16\x03\x7f\x00\x05abcde",                          Reason.TLS_RECORD),
    ("a line without end",        b"GET /" + b"a" * MAX_PEEK,                            Reason.LINE_LENGTH),
    ("a line too long",           b"GET /" + b"a" * MAX_PEEK + b" HTTP/1.1\r\n",         Reason.LINE_LENGTH),
]
# fmt: on


@pytest.mark.parametrize("cut", [lambda data: [data], singly], ids=["whole", "byte by byte"])
class TestTables:
    @pytest.mark.parametrize(("data", "want"), [r[1:] for r in HEADS], ids=[r[0] for r in HEADS])
    def test_a_head_is_read_or_refused(self, cut, data, want):
        phase, heads, _, _, reason, rest = run(cut(data))

        if isinstance(want, Reason):
            assert (phase, reason, rest) == (Phase.BAD, want, b"")
        else:
            host, port, credentials = want
            want_head = Head(tunnel=True, host=host, port=port, credentials=credentials)
            assert (phase, heads, rest) == (Phase.PEEK, (want_head, credentials), b"")

    @pytest.mark.parametrize(
        ("data", "want"), [r[1:] for r in PROXIED], ids=[r[0] for r in PROXIED]
    )
    def test_a_request_to_the_proxy_is_kept_whole(self, cut, data, want):
        phase, heads, _, _, reason, rest = run(cut(data))

        if isinstance(want, Reason):
            assert (phase, reason) == (Phase.BAD, want)
        else:
            assert (phase, rest) == (Phase.AUTH, data)
            assert (heads[0].tunnel, heads[0].host, heads[0].port) == (False, *want)

    @pytest.mark.parametrize(("data", "want"), [r[1:] for r in PEEKS], ids=[r[0] for r in PEEKS])
    def test_what_a_tunnel_begins_with_has_a_kind(self, cut, data, want):
        phase, _, kind, _, reason, rest = run([OK + b"\r\n", *cut(data)])

        if isinstance(want, Reason):
            assert (phase, reason) == (Phase.BAD, want)
        elif want is None:
            assert (phase, kind, rest) == (Phase.PEEK, None, data)
        else:
            assert (phase, kind, rest) == (Phase.DONE, want, data)


@pytest.mark.parametrize("cut", [lambda data: [data], singly], ids=["whole", "byte by byte"])
def test_a_hello_behind_its_head_is_peeked(cut, hello):
    phase, _, kind, sni, _, rest = run(cut(OK + b"\r\n" + hello + b"early data"))

    assert (phase, kind, sni, rest) == (
        Phase.DONE,
        Kind.TLS,
        "www.example.org",
        hello + b"early data",
    )


def test_a_retry_with_credentials_is_another_head():
    gate = Gate()
    gate.feed(OK + b"\r\n")

    assert gate.again() is Step.MORE
    assert gate.feed(head(b"Proxy-Authorization: x")) is Step.HEAD
    assert gate.head.credentials == "x"


def test_whoever_does_not_wait_for_a_407_is_bad():
    gate = Gate()
    gate.feed(OK + b"\r\n" + b"GET http://b.org/ HTTP/1.1\r\n\r\n")

    assert gate.again() is Step.BAD
    assert gate.reason is Reason.EARLY_DATA
    assert gate.feed(OK + b"\r\n") is Step.BAD


def test_a_tunnel_without_a_byte_is_silent():
    gate = Gate()
    gate.feed(OK + b"\r\n")
    gate.granted()

    assert gate.no_more(Reason.STALLED) is Step.PEEKED
    assert gate.kind is Kind.SILENT


@pytest.mark.parametrize("data", [b"G", b"\x16", b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r"])
def test_half_a_word_is_not_silence(data):
    gate = Gate()
    gate.feed(OK + b"\r\n" + data)
    gate.granted()

    assert gate.no_more(Reason.STALLED) is Step.BAD
    assert gate.reason is Reason.STALLED


def test_half_a_head_is_bad():
    gate = Gate()
    gate.feed(OK)

    assert gate.no_more(Reason.CUT_SHORT) is Step.BAD


def test_there_is_room_for_what_comes_while_somebody_decides():
    gate = Gate()
    gate.feed(OK + b"\r\n")
    assert gate.room == MAX_PEEK

    assert gate.feed(b"a" * (MAX_PEEK - 1)) is Step.MORE
    assert gate.room == 1
    gate.feed(b"aa")
    assert gate.room == 0


def test_credentials_are_not_shown():
    assert "secret" not in repr(Head(tunnel=True, host="a", port=1, credentials="secret"))


@given(st.lists(st.binary(max_size=40)), st.sampled_from([b"", OK, OK + b"\r\n", b"GET /"]))
def test_any_bytes_give_a_step(pieces, start):
    run([start, *pieces])


@given(st.data())
def test_cutting_never_changes_the_outcome(hello, data):
    samples = [row[1] for row in HEADS + PROXIED if len(row[1]) < 1000]
    tunnels = [OK + b"\r\n" + row[1] for row in PEEKS if len(row[1]) < 1000]
    whole = data.draw(st.sampled_from([*samples, *tunnels, OK + b"\r\n" + hello]))
    whole = bytearray(whole)
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=3)):
        whole[at] = data.draw(st.sampled_from(b"\r\n\0 :A\x16\xff"))
    whole = bytes(whole)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    assert run(pieces) == run([whole])


def test_small_pieces_are_not_read_from_the_start_again():
    """A gate that did would take minutes for these."""
    run(singly(OK + b"X: " + b"a" * (MAX_HEAD + 1)))
    run([OK + b"\r\n", *singly(b"GET /" + b"a" * MAX_PEEK)])
