"""What is spoken in TLS is mitmproxy's, with a key that is not the authority's, and kept."""

import contextlib
import ssl
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from mitmproxy.addons import proxyserver, tlsconfig
from mitmproxy.connection import Client, ConnectionState, Server
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import taddons
from mitmproxy.tls import TlsData
from OpenSSL import SSL

from breaktime.mitm import handshakes
from breaktime.mitm.ca import make_ca
from breaktime.mitm.handshakes import RELEASE_BUFFERS, Handshakes
from breaktime.mitm.hooks import HookTable

NAME = "social.example"


def started(addon, folder, names=(NAME,)):
    """Let an addon prepare what it speaks with clients of these names, in turn."""
    with taddons.context(proxyserver.Proxyserver(), addon) as tctx:
        tctx.options.update(confdir=str(folder), connection_strategy="lazy", upstream_cert=False)
        prepared = []
        for name in names:
            data = TlsData(*_connection(tctx.options, name))
            addon.tls_start_client(data)
            prepared.append(data.ssl_conn)
    return prepared


def _connection(options, name):
    client = Client(
        peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), timestamp_start=1,
        state=ConnectionState.OPEN, proxy_mode=ProxyMode.parse("regular"), sni=name,
    )  # fmt: skip
    context = Context(client, options)
    context.server = Server(address=(name, 443))
    return client, context


def shaken(spoken, ca):
    """Shake hands as a browser would that trusts this authority; return what it has found."""
    trusting = ssl.create_default_context(cafile=ca)
    trusting.set_alpn_protocols(["h2", "http/1.1"])
    to, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    browser = trusting.wrap_bio(to, back, server_hostname=NAME)
    for _ in range(10):
        try:
            browser.do_handshake()
            break
        except ssl.SSLWantReadError:
            spoken.bio_write(back.read())
        with contextlib.suppress(SSL.WantReadError):
            spoken.do_handshake()
        to.write(spoken.bio_read(65535))
    shown = x509.load_der_x509_certificate(browser.getpeercert(binary_form=True))
    return shown, (browser.version(), browser.cipher(), browser.selected_alpn_protocol())


@pytest.fixture
def folder(tmp_path):
    make_ca(tmp_path)
    return tmp_path


def test_a_browser_that_trusts_the_authority_takes_a_site_with_a_key_of_its_own(folder):
    ca = make_ca(folder)
    (spoken,) = started(Handshakes(), folder)

    shown, _ = shaken(spoken, ca)

    assert isinstance(shown.public_key(), ec.EllipticCurvePublicKey)
    authority = x509.load_pem_x509_certificate(ca.read_bytes())
    shown.verify_directly_issued_by(authority)
    assert shown.public_key() != authority.public_key()


def test_all_else_is_as_mitmproxy_would_have_it(folder):
    ca = make_ca(folder)
    (ours,), (theirs,) = started(Handshakes(), folder), started(tlsconfig.TlsConfig(), folder)

    (our_cert, our_terms), (their_cert, their_terms) = shaken(ours, ca), shaken(theirs, ca)

    assert our_terms == their_terms
    assert ours.get_cipher_list() == theirs.get_cipher_list()
    assert list(our_cert.extensions) == list(their_cert.extensions)
    assert our_cert.subject == their_cert.subject
    assert our_cert.issuer == their_cert.issuer


def test_a_site_is_prepared_once_and_each_has_its_own(folder):
    one, two, again = started(Handshakes(), folder, (NAME, "other.example", NAME))

    assert one.get_context() is again.get_context()
    assert one.get_context() is not two.get_context()


def test_sites_not_asked_for_longest_are_let_go(folder, monkeypatch):
    monkeypatch.setattr(handshakes, "SITES", 2)

    names = (NAME, "b.example", NAME, "c.example", NAME, "b.example")
    found = [each.get_context() for each in started(Handshakes(), folder, names)]

    assert found[0] is found[2] is found[4]
    assert found[1] is not found[5]


def test_a_site_gets_another_certificate_in_time(folder, monkeypatch):
    addon = Handshakes()
    now = [0.0]
    monkeypatch.setattr(handshakes, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with taddons.context(proxyserver.Proxyserver(), addon) as tctx:
        tctx.options.update(confdir=str(folder), connection_strategy="lazy", upstream_cert=False)
        found = []
        for now[0] in (0.0, handshakes.RENEWED - 1.0, handshakes.RENEWED + 1.0):
            data = TlsData(*_connection(tctx.options, NAME))
            addon.tls_start_client(data)
            found.append(data.ssl_conn.get_context())

    assert found[0] is found[1]
    assert found[2] is not found[1]


def test_nothing_of_another_authority_is_kept(folder):
    addon = Handshakes()
    started(addon, folder)

    addon.configure(set())

    assert not addon._sites


def test_who_waits_holds_no_room_for_what_it_waits_for(folder):
    addon = Handshakes()
    (spoken,) = started(addon, folder)
    with taddons.context(proxyserver.Proxyserver(), addon) as tctx:
        tctx.options.update(confdir=str(folder), connection_strategy="lazy", upstream_cert=False)
        _, context = _connection(tctx.options, NAME)
        data = TlsData(context.server, context)
        addon.tls_start_server(data)

    for each in (spoken, data.ssl_conn):
        assert SSL._lib.SSL_set_mode(each._ssl, 0) & RELEASE_BUFFERS


def test_no_path_of_a_site_is_answered_with_a_list_of_revoked_certificates():
    assert HookTable([Handshakes()])["request"] == ()


def test_the_authority_comes_along(folder):
    (spoken,) = started(Handshakes(), folder)
    client = SSL.Context(SSL.TLS_CLIENT_METHOD)
    browser = SSL.Connection(client)
    browser.set_connect_state()
    for _ in range(10):
        for one, other in ((browser, spoken), (spoken, browser)):
            with contextlib.suppress(SSL.WantReadError):
                one.do_handshake()
            with contextlib.suppress(SSL.WantReadError):
                other.bio_write(one.bio_read(65535))

    authority = x509.load_pem_x509_certificate(make_ca(folder).read_bytes())
    assert browser.get_peer_cert_chain(as_cryptography=True)[1:] == [authority]
