"""What the tests of the door share."""

import logging
import ssl

import pytest


@pytest.fixture(scope="session")
def make_hello():
    """A function from a server name and protocols to the ClientHello that OpenSSL sends."""

    def make(name, alpn=("h2", "http/1.1")):
        out = ssl.MemoryBIO()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        if alpn:
            context.set_alpn_protocols(list(alpn))
        tls = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        return out.read()

    return make


@pytest.fixture(scope="session")
def hello(make_hello):
    return make_hello("www.example.org")


@pytest.fixture(autouse=True)
def _no_fault_of_ours(caplog, request):
    """Whatever asyncio would only log is a failure."""
    yield
    assert [r for r in caplog.records if r.name == "asyncio" and r.levelno >= logging.ERROR] == []
