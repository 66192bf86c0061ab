"""A witness that is a syslog server, over TCP and TLS; a small one runs here."""

import contextlib
import re
import socket
import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from breaktime.audit.statement import Statement
from breaktime.audit.witnesses.syslog import SyslogWitness

SEEN = Statement("g/1", 7, "a" * 64)
RFC5424 = re.compile(rb"(\d+) (<109>1 - - breaktime - seal - (breaktime-seal .+))")


@contextlib.contextmanager
def server(context=None):
    """Listen, take one message to its end, and answer like a server that has read it."""
    taken = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(60)

    def serve():
        with contextlib.suppress(OSError):
            way, _ = listener.accept()
            if context is not None:
                way = context.wrap_socket(way, server_side=True)
            with way:
                while data := way.recv(4096):
                    taken.append(data)
                if context is not None:
                    way.unwrap().close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1], taken, thread
    listener.close()
    thread.join(60)


def message_of(taken):
    match = RFC5424.fullmatch(b"".join(taken))
    assert int(match[1]) == len(match[2])
    return match[3].decode()


def test_over_tcp():
    with server() as (port, taken, thread):
        SyslogWitness("127.0.0.1", port, tls=False).tell(SEEN)
        thread.join(60)
        assert message_of(taken) == str(SEEN)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return authority, path


def context_of(authority, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_over_tls(authority):
    issuer, path = authority
    with server(context_of(issuer, "127.0.0.1")) as (port, taken, thread):
        SyslogWitness("127.0.0.1", port, tls=True, authorities=path).tell(SEEN)
        thread.join(60)
        assert message_of(taken) == str(SEEN)


@pytest.mark.parametrize("name", ["127.0.0.1", "siem.example.org"])
def test_a_server_that_cannot_prove_its_name_is_told_nothing(authority, name):
    issuer, path = authority
    trusted = None if name == "127.0.0.1" else path
    with server(context_of(issuer, name)) as (port, taken, _):
        with pytest.raises(ssl.SSLError):
            SyslogWitness("127.0.0.1", port, tls=True, authorities=trusted).tell(SEEN)
        assert taken == []


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        SyslogWitness("127.0.0.1", port, tls=False).tell(SEEN)


def test_names(tmp_path):
    plain = SyslogWitness("h", 6514, tls=False)

    assert plain.name == "syslog:h:6514"
    assert replace(plain, tls=True).name == "syslog+tls:h:6514"
    assert plain.beside(tmp_path, tmp_path) == plain
    trusting = replace(plain, tls=True, authorities=Path("ca.pem"))
    assert trusting.beside(tmp_path, tmp_path).authorities == tmp_path / "ca.pem"
