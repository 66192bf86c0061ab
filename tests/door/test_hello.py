"""The ClientHello parser: what real clients say passes, and nothing irregular does."""

# ruff: noqa: E501 - a row of a table stays on one line

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.door.hello import MAX_RECORDS, HelloReader
from breaktime.door.reasons import MalformedError, Reason


def record(body, kind=22, version=(3, 1)):
    return struct.pack("!BBBH", kind, *version, len(body)) + body


def extension(kind, body):
    return struct.pack("!HH", kind, len(body)) + body


def server_name(name=b"example.org", *, kind=0, more=b"", in_list=None, size=None):
    entry = struct.pack("!BH", kind, len(name) if size is None else size) + name + more
    return extension(0, struct.pack("!H", len(entry) if in_list is None else in_list) + entry)


def message(
    extensions=b"", *, version=3, session=b"", ciphers=b"\x13\x01", compressions=b"\0", kind=1
):
    body = bytes((version, 3)) + bytes(32) + bytes((len(session),)) + session
    body += struct.pack("!H", len(ciphers)) + ciphers + bytes((len(compressions),)) + compressions
    if extensions is not None:
        body += struct.pack("!H", len(extensions)) + extensions
    return bytes((kind,)) + len(body).to_bytes(3) + body


def outcome(*pieces):
    """The name, None for none, the reason for a bad one, "more" for half of one."""
    reader = HelloReader()
    try:
        for piece in pieces:
            if reader.feed(piece):
                return reader.sni
    except MalformedError as malformed:
        return malformed.reason
    return "more"


def in_records(whole, size):
    return b"".join(record(whole[i : i + size]) for i in range(0, len(whole), size))


GOOD = message(server_name())
LONG = message(server_name() + extension(21, bytes(30_000)))

# fmt: off
ROWS = [
    # what the row shows              bytes                                                  outcome
    ("a name",                        record(GOOD),                                          "example.org"),
    ("upper case and a dot",          record(message(server_name(b"Example.ORG."))),         "example.org"),
    ("no name",                       record(message(extension(10, b"ab"))),                 None),
    ("no extensions",                 record(message(None)),                                 None),
    ("an empty list of extensions",   record(message(b"")),                                  None),
    ("in two records",                in_records(GOOD, 40),                                  "example.org"),
    ("in records of seven bytes",     in_records(GOOD, 7),                                   "example.org"),
    ("longer than one record",        in_records(LONG, 16_384),                              "example.org"),
    ("something behind it",           record(GOOD) + b"\x17\x03\x03",                        "example.org"),
    ("nothing",                       b"",                                                   "more"),
    ("half of it",                    record(GOOD)[:-1],                                     "more"),
    ("another kind of record",        record(GOOD, kind=23),                                 Reason.TLS_RECORD),
    ("an alert in the middle",        record(GOOD[:9]) + record(b"\1\0", 21),                Reason.TLS_RECORD),
    ("major version 2",               record(GOOD, version=(2, 3)),                          Reason.TLS_RECORD),
    ("minor version 5",               record(GOOD, version=(3, 5)),                          Reason.TLS_RECORD),
    ("minor version 127",             record(GOOD, version=(3, 127)),                        Reason.TLS_RECORD),
    ("an empty record",               record(b""),                                           Reason.TLS_LENGTH),
    ("an empty record in the middle", record(GOOD[:9]) + record(b""),                        Reason.TLS_LENGTH),
    ("a record too long",             b"\x16\x03\x01\x40\x01",                               Reason.TLS_LENGTH),
    ("a hello too long",              record(b"\1\1\0\0"),                                   Reason.TLS_LENGTH),
    ("more in the record than fits",  record(GOOD + b"\0"),                                  Reason.TLS_LENGTH),
    ("too many records",              in_records(LONG[:MAX_RECORDS], 1),                     Reason.TLS_LENGTH),
    ("a server's hello",              record(message(server_name(), kind=2)),                Reason.TLS_HELLO),
    ("a hello without content",       record(b"\1\0\0\0"),                                   Reason.TLS_HELLO),
    ("major version 2 inside",        record(message(version=2)),                            Reason.TLS_HELLO),
    ("a long session id",             record(message(session=bytes(33))),                    Reason.TLS_HELLO),
    ("no ciphers",                    record(message(ciphers=b"")),                          Reason.TLS_HELLO),
    ("half a cipher",                 record(message(ciphers=b"\x13\x01\x13")),              Reason.TLS_HELLO),
    ("no compression method",         record(message(compressions=b"")),                     Reason.TLS_HELLO),
    ("bytes behind the extensions",   record(b"\1" + (len(GOOD) - 3).to_bytes(3) + GOOD[4:] + b"\0"), Reason.TLS_HELLO),
    ("two names",                     record(message(server_name() + server_name())),        Reason.TLS_EXTENSION),
    ("any extension twice",           record(message(extension(10, b"") * 2)),               Reason.TLS_EXTENSION),
    ("an extension too long",         record(message(b"\0\x0a\0\x05abc")),                   Reason.TLS_EXTENSION),
    ("half an extension",             record(message(b"\0\x0a\0")),                          Reason.TLS_HELLO),
    ("several names in the list",     record(message(server_name(more=b"\0\0\1a"))),         Reason.TLS_NAME),
    ("another type of name",          record(message(server_name(kind=1))),                  Reason.TLS_NAME),
    ("a list too short",              record(message(server_name(in_list=3))),               Reason.TLS_NAME),
    ("a name too short",              record(message(server_name(size=3))),                  Reason.TLS_NAME),
    ("an empty name",                 record(message(server_name(b""))),                     Reason.TLS_NAME),
    ("an empty extension",            record(message(extension(0, b""))),                    Reason.TLS_NAME),
    ("a NUL in the name",             record(message(server_name(b"a.org\0.b.org"))),        Reason.TLS_NAME),
    ("a blank in the name",           record(message(server_name(b"a.org b.org"))),          Reason.TLS_NAME),
    ("a colon in the name",           record(message(server_name(b"a.org:443"))),            Reason.TLS_NAME),
    ("raw UTF-8 in the name",         record(message(server_name("ü.org".encode()))),        Reason.TLS_NAME),
    ("the Kelvin sign",               record(message(server_name("\u212a.org".encode()))),   Reason.TLS_NAME),
    ("a label too long",              record(message(server_name(b"a" * 64 + b".org"))),     Reason.TLS_NAME),
    ("a name too long",               record(message(server_name(b"a." * 127 + b"org"))),    Reason.TLS_NAME),
    ("only dots",                     record(message(server_name(b"..."))),                  Reason.TLS_NAME),
]
# fmt: on


@pytest.mark.parametrize(("data", "want"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_hello_is_read_whole_or_byte_by_byte(data, want):
    assert outcome(data) == want
    assert outcome(*(data[i : i + 1] for i in range(len(data)))) == want


@pytest.mark.parametrize("name", ["example.org", "a-b_c.example.org", "xn--bcher-kva.example"])
@pytest.mark.parametrize("alpn", [(), ("h2",), ("h2", "http/1.1")])
def test_real_hellos_are_read(make_hello, name, alpn):
    assert outcome(make_hello(name, alpn)) == name


def test_a_real_hello_without_a_name_is_read(make_hello):
    assert outcome(make_hello(None)) is None


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x16\x03\x01", record(GOOD)[:60]]))
def test_any_bytes_have_an_outcome(data, start):
    outcome(start + data)


@given(st.data())
def test_cutting_never_changes_the_outcome(data):
    whole = data.draw(st.sampled_from([row[1] for row in ROWS]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    assert outcome(*pieces) == outcome(whole)


def test_mutated_hellos_never_crash(hello):
    """Also, a mutated name is a name of allowed characters or none."""
    rng = random.Random(20_000)
    seeds = [hello, record(GOOD), in_records(GOOD, 7)]
    for _ in range(20_000):
        mutant = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(mutant))
            match rng.randrange(4):
                case 0:
                    mutant[at] = rng.randrange(256)
                case 1:
                    del mutant[at : at + rng.randint(1, 8)]
                case 2:
                    mutant[at:at] = rng.randbytes(rng.randint(1, 8))
                case 3:
                    mutant[at] ^= 1 << rng.randrange(8)
            if not mutant:
                break
        got = outcome(bytes(mutant))
        if isinstance(got, str) and not isinstance(got, Reason):
            assert got == "more" or set(got) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
