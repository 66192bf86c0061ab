"""One spelling for each name, whatever was written."""

# ruff: noqa: RUF001 - letters that look alike are what is tested

import encodings.punycode
import unicodedata
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.names import (
    Address,
    normal_name,
    query_parameters,
    repeated_parameters,
    split_address,
)

LABEL_63 = "a" * 63
NAME_253 = ".".join([LABEL_63, LABEL_63, LABEL_63, "a" * 61])

# fmt: off
NAMES = [
    # written as it is matched
    ("facebook.com", "facebook.com"),
    ("localhost", "localhost"),
    ("r3---sn-aigl6ned.googlevideo.com", "r3---sn-aigl6ned.googlevideo.com"),
    ("_dmarc.example.com", "_dmarc.example.com"),
    ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
    ("1.example.com", "1.example.com"),
    # case, dots, space, port, user
    ("WWW.FaceBook.COM", "www.facebook.com"),
    ("facebook.com.", "facebook.com"),
    ("facebook.com..", "facebook.com"),
    ("  facebook.com ", "facebook.com"),
    ("facebook.com:443", "facebook.com"),
    ("facebook.com:", "facebook.com"),
    ("facebook.com.:443", "facebook.com"),
    ("someone@facebook.com", "facebook.com"),
    ("someone:secret@facebook.com:443", "facebook.com"),
    ("linkedin.com@evil.example", "evil.example"),
    ("a@b@facebook.com", "facebook.com"),
    # percent signs, wide and styled letters, foreign dots, unseen characters
    ("%66acebook.com", "facebook.com"),
    ("facebook%2Ecom", "facebook.com"),
    ("facebook%2ecom", "facebook.com"),
    ("ｆａｃｅｂｏｏｋ．ｃｏｍ", "facebook.com"),
    ("%EF%BD%86acebook.com", "facebook.com"),
    ("facebook。com", "facebook.com"),
    ("facebook｡com", "facebook.com"),
    ("ⓕacebook.com", "facebook.com"),
    ("𝐟acebook.com", "facebook.com"),
    ("face\u00adbook.com", "facebook.com"),
    ("face\u200bbook.com", "facebook.com"),
    ("\ufefffacebook.com", "facebook.com"),
    ("ℂ.example", "c.example"),
    ("\u00a0facebook.com", "facebook.com"),
    # A-labels
    ("münchen.example", "xn--mnchen-3ya.example"),
    ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
    ("mu\u0308nchen.example", "xn--mnchen-3ya.example"),
    ("m%C3%BCnchen.example", "xn--mnchen-3ya.example"),
    ("faß.example", "xn--fa-hia.example"),
    ("ΒΌΛΟΣ.example", "xn--nxasmq6b.example"),
    ("микрософт.example", "xn--h1aeekakijr.example"),
    ("fаcebook.com", "xn--fcebook-2fg.com"),
    ("微信.example", "xn--vuqz89a.example"),
    ("i❤.example", "xn--i-7iq.example"),
    ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),
    # IPv4
    ("1.2.3.4", "1.2.3.4"),
    ("1.2.3.4.", "1.2.3.4"),
    ("1.2.3.4:80", "1.2.3.4"),
    ("520951809", "31.13.24.1"),
    ("0x1f0d1801", "31.13.24.1"),
    ("0X1F.0xd.0x18.0x1", "31.13.24.1"),
    ("037.015.030.01", "31.13.24.1"),
    ("127.1", "127.0.0.1"),
    ("1.2.772", "1.2.3.4"),
    ("0", "0.0.0.0"),
    ("0x", "0.0.0.0"),
    ("１２７.０.０.１", "127.0.0.1"),
    ("%31.2.3.4", "1.2.3.4"),
    ("256.1.1.1", None),
    ("1.2.3.256", None),
    ("1.2.65536", None),
    ("4294967296", None),
    ("1.2.3.4.5", None),
    ("1.2.3.08", None),
    ("example.1", None),
    ("1..2", None),
    # IPv6
    ("[2A03:2880::1]:443", "2a03:2880::1"),
    ("2a03:2880:0:0:0:0:0:1", "2a03:2880::1"),
    ("::1", "::1"),
    ("[::]", "::"),
    ("[::ffff:31.13.24.1]", "31.13.24.1"),
    ("::ffff:1f0d:1801", "31.13.24.1"),
    ("someone@[::1]:8080", "::1"),
    ("[fe80::1%25eth0]", None),
    ("[fe80::1", None),
    ("[::1]x", None),
    ("[::1]:port", None),
    ("[1.2.3.4]", None),
    ("1:2:3", None),
    # no name
    ("", None),
    (" ", None),
    (".", None),
    ("..", None),
    (".facebook.com", None),
    ("a..b", None),
    ("facebook.com:http", None),
    ("facebook.com:999999", None),
    ("facebook.com/x", None),
    ("face book.com", None),
    ("face,book.com", None),
    ("facebook.com\n", None),
    ("facebook.com\x00", None),
    ("face%00book.com", None),
    ("facebook%252ecom", None),
    ("face%ffbook.com", None),
    ("a℀b.example", None),
    ("face\u200ebook.com", None),
    ("\ud800.example", None),
    ("*.facebook.com", None),
    (LABEL_63 + ".com", LABEL_63 + ".com"),
    (LABEL_63 + "a.com", None),
    ("ü" * 63 + ".com", None),
    (NAME_253, NAME_253),
    (NAME_253 + "a", None),
    ("a" * 20_000, None),
    # as long as a name may be, however it is written, and no longer
    ("%EF%BD%86" * 59 + ".example", "f" * 59 + ".example"),
    ("%EF%BD%86" * 112 + ".example", None),
    ("\u00ad" * 1_012 + "facebook.com", "facebook.com"),
    ("\u00ad" * 1_013 + "facebook.com", None),
    ("facebook.com" + "." * 1_012, "facebook.com"),
    ("facebook.com" + "." * 1_013, None),
    ("ü" * 56 + ".example", "xn--tda" + "a" * 55 + ".example"),
    ("é." * 126 + "e", None),
    ("a\u0301" * 500, None),
    ("\ufdfa" * 1_000, None),
]

ADDRESSES = [
    ("https://www.facebook.com/x?y#z", ("www.facebook.com", "/x", "y")),
    ("www.facebook.com/x", ("www.facebook.com", "/x", "")),
    ("facebook.com", ("facebook.com", "/", "")),
    ("facebook.com:443/x", ("facebook.com", "/x", "")),
    ("//host/path", ("host", "/path", "")),
    ("1.2.3.4", ("1.2.3.4", "/", "")),
    ("  HTTPS://INSTAGRAM.COM:443/  ", ("instagram.com", "/", "")),
    ("https:facebook.com/x", ("facebook.com", "/x", "")),
    ("https:/facebook.com/x", ("facebook.com", "/x", "")),
    (r"https:\\facebook.com\x", ("facebook.com", "/x", "")),
    (r"https://evil.example\@facebook.com/", ("evil.example", "/@facebook.com/", "")),
    ("https://x.com#top", ("x.com", "/", "")),
    ("https://x.com?x", ("x.com", "/", "x")),
    ("https://linkedin.com@evil.example/", ("evil.example", "/", "")),
    ("tg://resolve?domain=x", ("resolve", "/", "domain=x")),
    ("https://[::1]:80/x", ("::1", "/x", "")),
    ("https://a.example/x?b=https://c.example/#d", ("a.example", "/x", "b=https://c.example/")),
    ("mailto:someone@facebook.com", (None, "/", "")),
    ("JavaScript:alert(1)", (None, "/", "")),
    ("what is this?", (None, "/", "")),
    ("", (None, "/", "")),
    ("\x00\x01", (None, "/", "")),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_a_name_has_one_spelling(text, expected):
    assert normal_name(text) == expected


@pytest.mark.parametrize(("text", "expected"), ADDRESSES)
def test_an_address_comes_apart_as_in_a_browser(text, expected):
    assert split_address(text) == Address(*expected)


def test_a_parameter_given_twice_says_nothing():
    query = "id=1&a=&id=2&b=%20x"
    assert query_parameters(query) == {"a": "", "b": " x"}
    assert repeated_parameters(query) == (("id", "1"), ("id", "2"))


# What takes quadratic time is bounded by what it is asked for, so that one header cannot hold up
# everybody.
HOSTILE = [
    "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(16_000)),
    "".join(chr(0x4E00 + n) for n in range(1_024)),
    ".".join("".join(chr(0x4E00 + n) for n in range(size)) for size in (58, 59, 60, 70)),
    "ü" * 60,
    "%C3%BC" * 170,
    "\u0301\u0323" * 8_000,
    "a" + "\u0323\u0301" * 500,
    "é." * 8_000,
    "\ufdfa" * 16_000,
    "user@" * 4_000 + "ü" * 1_025,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_long_name_is_given_up_before_it_is_worked_on(monkeypatch, text):
    encode, fold = encodings.punycode.punycode_encode, unicodedata.normalize
    encoded, folded = [], []
    monkeypatch.setattr(
        encodings.punycode,
        "punycode_encode",
        lambda label: encoded.append(len(label)) or encode(label),
    )
    monkeypatch.setattr(
        unicodedata,
        "normalize",
        lambda form, part: folded.append(len(part)) or fold(form, part),
    )

    assert normal_name(text) is None
    assert max(encoded, default=0) <= 59
    assert max(folded, default=0) <= 18 * 1_024  # no letter is folded to more than 18
    assert normal_name("ü.example") == "xn--tda.example"
    assert encoded[-1:] == [1]


@given(st.text("üßа微é", min_size=1, max_size=80))
def test_a_foreign_label_that_is_too_long_would_not_have_fitted(label):
    """Nothing that is a name is lost by looking at the length first."""
    name = normal_name(label + ".example")
    written = "xn--" + label.encode("punycode").decode("ascii")
    assert name == (written + ".example" if len(written) <= 63 else None)


NEAR_NAMES = st.text(alphabet="aZ09xüßſ.-_:[]@%2eF,/\\ \u00ad。\x00\ud800", max_size=40)


@given(st.one_of(st.text(), NEAR_NAMES))
def test_a_normal_name_stays_as_it_is(text):
    name = normal_name(text)
    assert name is None or normal_name(name) == name


@given(st.one_of(st.text(), NEAR_NAMES))
def test_every_line_is_an_address_of_some_kind(text):
    address = split_address(text)
    assert address.path.startswith("/")
    assert address.host is None or normal_name(address.host) == address.host
    query_parameters(address.query)
    repeated_parameters(address.query)


@given(st.integers(0, 2**32 - 1))
def test_a_quad_in_its_one_spelling_stays_and_every_other_becomes_it(number):
    quad = str(IPv4Address(number))
    octal = ".".join(f"0{int(part):o}" for part in quad.split("."))
    assert normal_name(quad) == normal_name(quad + ".") == normal_name(octal) == quad


@given(st.integers(0, 2**32 - 1))
def test_a_number_and_its_dotted_quad_are_one_address(number):
    quad = normal_name(str(number))
    assert quad is not None
    assert normal_name(hex(number)) == normal_name(f"0{number:o}") == quad
    assert normal_name(f"::ffff:{quad}") == quad


@given(st.lists(st.from_regex(r"[a-z0-9_-]{1,12}", fullmatch=True), min_size=1, max_size=6))
def test_case_port_user_and_last_dot_make_no_difference(labels):
    name = ".".join([*labels, "example"])
    assert normal_name(f"user@{name.upper()}.:8443") == name
