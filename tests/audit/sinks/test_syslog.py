"""A syslog server as a sink: a real one, over TCP and TLS, with an outage and a wrong authority."""

import re
import socket
import ssl
import threading

import pytest
import trustme
from pydantic import ValidationError

from breaktime.audit.sinks.syslog import SyslogConfig
from breaktime.core.record import Action
from entries import entry_of
from records import BLOCKED, LOADED
from support.rsyslog import Rsyslog

RFC5424 = re.compile(
    r"<(\d+)>1 2026-11-23T12:07:41\.318204Z (\S+) breaktime - ([a-z-]+)"
    r' \[bt@32473 code="(BT\d{4}[IWE])"(?: id="([^"]+)")? seq="(\d+)"\] (\{.*\})'
)
ENTRIES = [
    entry_of(BLOCKED, 41),
    entry_of(LOADED._replace(action=Action.CLOCK_STEPPED), 42),
    entry_of(LOADED._replace(action=Action.AUDIT_GAP), 43),
]


def sink_of(server, tmp_path, **more):
    fields = {"kind": "syslog", "to": server.address, "tls": server.tls, **more}
    return SyslogConfig(**fields).open(tmp_path)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def test_the_message_of_a_record(tmp_path):
    with Rsyslog(tmp_path) as server:
        sink_of(server, tmp_path).send(ENTRIES)
        found = [RFC5424.fullmatch(message) for message in server.taken(3)]

    assert [each.group(1, 3, 4, 5, 6) for each in found] == [
        ("110", "visit-blocked", "BT1002I", "d-7k3mq9x2vd", "41"),
        ("108", "clock-stepped", "BT3030W", None, "42"),
        ("107", "audit-gap", "BT3001E", None, "43"),
    ]
    assert [each[7].encode() for each in found] == [entry.line for entry in ENTRIES]


def test_over_tls_the_server_proves_its_name(tmp_path, authority):
    with Rsyslog(tmp_path, authority) as server:
        sink_of(server, tmp_path, trust="ca.pem").send(ENTRIES)
        assert len(server.taken(3)) == 3


def test_a_server_that_cannot_prove_its_name_is_told_nothing(tmp_path, authority):
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    with Rsyslog(tmp_path, authority) as server:
        for trust in ("other.pem", None):
            with pytest.raises(ssl.SSLError):
                sink_of(server, tmp_path, trust=trust).send(ENTRIES)
        sink_of(server, tmp_path, trust="ca.pem").send(ENTRIES[:1])
        assert len(server.taken(1)) == 1


def test_a_server_of_another_name_is_told_nothing(tmp_path, authority):
    with Rsyslog(tmp_path, authority, "siem.example.org") as server:
        with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
            sink_of(server, tmp_path, trust="ca.pem").send(ENTRIES)
        assert not (tmp_path / "taken").exists()


def test_an_authority_that_cannot_be_read(tmp_path, authority):
    with Rsyslog(tmp_path, authority) as server, pytest.raises(OSError, match="No such file"):
        sink_of(server, tmp_path, trust="gone.pem").send(ENTRIES)


def test_an_outage(tmp_path):
    with Rsyslog(tmp_path) as server:
        sink = sink_of(server, tmp_path)
        sink.send(ENTRIES[:1])
        server.taken(1)
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            sink.send(ENTRIES[1:])
        server.start()
        sink.send(ENTRIES[1:])
        assert [RFC5424.fullmatch(message)[6] for message in server.taken(3)] == ["41", "42", "43"]


@pytest.mark.parametrize("tls", [False, True])
def test_a_server_that_dies_before_it_has_read_took_nothing(tmp_path, authority, tls):
    """It takes the connection and ends it with what came unread, or without its last word."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)

        def die():
            way, _ = listener.accept()
            if tls:
                way = context.wrap_socket(way, server_side=True)
            way.recv(10)
            way.close()

        thread = threading.Thread(target=die)
        thread.start()
        trust = "ca.pem" if tls else None
        to = f"127.0.0.1:{listener.getsockname()[1]}"
        sink = SyslogConfig(kind="syslog", to=to, tls=tls, trust=trust).open(tmp_path)
        with pytest.raises(OSError):  # noqa: PT011  reset, or an end without a last word
            sink.send([replaced(number) for number in range(1, 200)])
        thread.join(30)
    sink.close()


def replaced(number):
    return entry_of(BLOCKED, number)


@pytest.mark.parametrize(
    "to", ["", "siem", "siem:", ":514", "siem:0", "siem:65536", "siem:x", "a b:1", "siem:\u0661",
           "\x1b[2J:1", "2001:db8::1:514"],
)  # fmt: skip
def test_what_is_no_address(to):
    with pytest.raises(ValidationError, match="must be a name or an address with a port") as told:
        SyslogConfig(kind="syslog", to=to)
    assert "\x1b" not in str(told.value.errors()[0]["msg"])


def test_names():
    assert SyslogConfig(kind="syslog", to="siem:6514").name == "syslog+tls:siem:6514"
    assert SyslogConfig(kind="syslog", to="[::1]:514", tls=False).name == "syslog:[::1]:514"
    with pytest.raises(ValidationError, match="`trust` is for TLS"):
        SyslogConfig(kind="syslog", to="siem:514", tls=False, trust="ca.pem")
