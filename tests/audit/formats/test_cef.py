"""The Common Event Format: read back by a reader of its own, nothing can pass for two things."""

import re

import pytest
from hypothesis import HealthCheck, given, settings

from breaktime.audit.formats.cef import as_cef
from entries import entry_of
from records import NOON, RECORDS, VISIT

HEADER = re.compile(r"CEF:0" + r"\|((?:\\[\\|]|\\u[0-9a-f]{4}|[^\\|])*)" * 6 + r"\|(.*)", re.DOTALL)
PAIR = re.compile(r"(?:^| )([A-Za-z0-9]+)=((?:\\[\\=nr]|[^\\=])*?)(?= [A-Za-z0-9]+=|$)")

KEYS = (
    *("rt", "externalId", "act", "outcome", "reason", "dvchost", "suser", "suid", "src", "dhost"),
    *("requestMethod", "fname", "msg", "request", "cs1Label", "cs1", "cs2Label", "cs2"),
    *("cs3Label", "cs3", "cs4Label", "cs4", "cs5Label", "cs5", "cs6Label", "cs6"),
    *("cn1Label", "cn1", "cn2Label", "cn2", "cn3Label", "cn3"),
    *("flexString1Label", "flexString1", "flexString2Label", "flexString2"),
)


def read(text):
    """Read as a collector would: the header, and the extension with its values unescaped."""
    header = HEADER.fullmatch(text)
    rest = header[7]
    pairs = PAIR.findall(rest)
    assert " ".join(f"{key}={value}" for key, value in pairs) == rest
    undo = {"\\n": "\n", "\\r": "\r"}
    return [header[number] for number in range(1, 7)], {
        key: re.sub(r"\\.", lambda found: undo.get(found[0], found[0][1:]), value)
        for key, value in pairs
    }


def test_a_visit():
    header, said = read(as_cef(entry_of(VISIT, 48211)))

    assert header == ["breaktime", "breaktime", "1.0.0", "BT1001I", "visit-allowed", "3"]
    assert said == {
        "rt": str(int(NOON.timestamp() * 1000)),
        "externalId": "48211",
        "act": "visit-allowed",
        "outcome": "success",
        "reason": "break_fixed",
        "dvchost": "gw-a",
        "suser": "r.hughes",
        "suid": "pbx4t7mzq2hd6wkr5n3a",
        "src": "10.0.0.7",
        "dhost": "www.facebook.com",
        "requestMethod": "GET",
        "fname": "/etc/breaktime/config.yaml",
        "msg": "Allowed: facebook.com, in a break",
        "request": "https://www.facebook.com/watch?v=1+2",
        "cs1Label": "context", "cs1": "break",
        "cs2Label": "platform", "cs2": "facebook",
        "cs3Label": "decision", "cs3": "d-7k3mq9x2vd",
        "cs4Label": "ruleset", "cs4": "sha256:5f0c9e1b7a44",
        "cs5Label": "rule", "cs5": "break:lunch",
        "cs6Label": "evidence", "cs6": "user_navigation",
        "cn1Label": "status", "cn1": "200",
        "cn2Label": "lost", "cn2": "3",
        "cn3Label": "repeat", "cn3": "4",
        "flexString1Label": "verdict", "flexString1": "allow",
        "flexString2Label": "outlet", "flexString2": "syslog:siem.example.org:6514",
    }  # fmt: skip


CORPUS = [
    "x suser=admin", "x\nCEF:0|a|b|c|d|e|9|suser=admin", "x\r\n", "a=b", "a\\=b", "a\\", "\\n", "|",
    "x act=visit-allowed outcome=success", "\x1b[2J", "\x00", "\u202e", "\u2028", "\ud800", "\x7f",
    '{"a":1}\n{', "\x9b31m", "\x1b]8;;http://x\x07", " msg=", "=", "\\\\=", "\U0001f600",
]  # fmt: skip


@pytest.mark.parametrize("text", CORPUS)
@pytest.mark.parametrize("field", ["person", "domain", "path", "method", "platform", "message"])
def test_no_value_can_pass_for_another(field, text):
    plain = read(as_cef(entry_of(VISIT._replace(**{field: "plain"}))))
    header, said = read(as_cef(entry_of(VISIT._replace(**{field: text}))))

    assert header == plain[0]
    assert list(said) == list(plain[1])
    same = {key for key in said if said[key] == plain[1][key]}
    assert len(set(said) - same) <= 2  # the value itself, and the address that it is a part of


@given(RECORDS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_keys_are_ours_each_once_and_in_order(record):
    _, said = read(as_cef(entry_of(record)))

    assert list(said) == [key for key in KEYS if key in said]


@pytest.mark.parametrize("text", ["a\nb", "a=b", "a\\b", "a\rb"])
def test_what_is_escaped_reads_back(text):
    assert read(as_cef(entry_of(VISIT._replace(person=text))))[1]["suser"] == text
