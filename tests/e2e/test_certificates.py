"""TLS to the proxy: who shows a good certificate is known, and who shows a bad one gets nowhere."""

import socket
import ssl

import pytest
import trustme
from cryptography.x509 import RFC822Name
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.clients import Reply, curl, exchange
from support.debian import free_port
from support.gateway import UNKNOWN, running
from support.people_ca import DAY, NOW, PeopleCa

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
BY_CERTIFICATE = (
    "  - {kind: certificate, authorities: people-ca.pem, revoked: people-crl.pem, name: email}"
)


class Office:
    """A gateway with TLS, and the authority of its people."""

    def __init__(self, gateway, ca, port):
        self.gateway, self.ca, self.port = gateway, ca, port

    def ask(self, url, certificate=None, *arguments):
        proxy = ["--proxy", f"https://localhost:{self.port}", "--noproxy", ""]
        proxy += ["--proxy-cacert", str(self.gateway.folder / "proxy-ca.pem")]
        if certificate is not None:
            proxy += ["--proxy-cert", str(certificate)]
        return curl(self.gateway, url, *proxy, *arguments, source=UNKNOWN)

    def connect(self, certificate=None, version=None):
        context = ssl.create_default_context(cafile=self.gateway.folder / "proxy-ca.pem")
        if certificate is not None:
            context.load_cert_chain(certificate)
        if version is not None:
            context.minimum_version = context.maximum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
        sock = socket.create_connection(("127.0.0.1", self.port), 60, source_address=(UNKNOWN, 0))
        try:
            return context.wrap_socket(sock, server_hostname="localhost")
        except BaseException:
            sock.close()
            raise


@pytest.fixture(scope="module")
def office(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "proxy-ca.pem")
    issued = authority.issue_cert("localhost")
    issued.private_key_pem.write_to_path(folder / "proxy-key.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "proxy.pem")
    ca, port = PeopleCa(folder), free_port()
    tls = f"  tls: {{listen: 127.0.0.1:{port}, certificate: proxy.pem, key: proxy-key.pem}}"
    with running(
        folder, origin, identity=BY_CERTIFICATE, gateway=tls, domains="EXAMPLE.ORG"
    ) as gateway:
        gateway.clock("12:30:00")
        yield Office(gateway, ca, port)


@pytest.fixture(scope="module")
def ada(office):
    return office.ca.issue("Ada Jones", names=[RFC822Name("A.Jones@example.org")])[0]


@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
def test_whoever_shows_a_certificate_is_known(office, ada, url):
    assert office.ask(url, ada).status == 200
    line = office.gateway.visits()[-1]
    assert line["user"]["name"] == "a.jones"
    assert line["breaktime"]["identity"]["method"] == "certificate"


@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
def test_whoever_shows_none_is_unknown(office, origin, url):
    assert office.ask(url).status == 403
    told = [line for line in office.gateway.visits() if line.get("source") == {"ip": UNKNOWN}][-1]
    assert told["event"]["reason"] == "identity_unknown"
    assert origin.seen.requests == []


def test_other_sites_pass_unopened(office, origin):
    assert office.ask(f"https://{INNOCENT}/").status == 200
    assert office.ask(f"https://{INNOCENT}/big/3000000").body == b"x" * 3_000_000
    assert origin.seen.hellos == [INNOCENT, INNOCENT]


def test_big_bodies_come_whole_in_a_break(office, ada):
    assert office.ask(f"https://{SOCIAL}/big/3000000", ada).body == b"x" * 3_000_000


BAD = {
    "of another authority": lambda office, other: other.issue(
        "x", names=[RFC822Name("a.jones@example.org")]
    ),
    "expired": lambda office, other: office.ca.issue(
        "x", names=[RFC822Name("a.jones@example.org")], validity=(NOW - 9 * DAY, NOW - DAY)
    ),
    "of tomorrow": lambda office, other: office.ca.issue(
        "x", names=[RFC822Name("a.jones@example.org")], validity=(NOW + DAY, NOW + 2 * DAY)
    ),
    "of a server": lambda office, other: office.ca.issue(
        "x", names=[RFC822Name("a.jones@example.org")], usage=ExtendedKeyUsageOID.SERVER_AUTH
    ),
}


def failures(office):
    return [line for line in office.gateway.lines() if line["event"]["action"] == "identity-failed"]


@pytest.mark.parametrize("row", BAD)
def test_a_certificate_that_is_not_good_ends_the_connection(office, origin, row, tmp_path):
    """An authority of the same name is another one: what counts is the signature."""
    certificate, _ = BAD[row](office, PeopleCa(tmp_path))

    assert office.ask(f"https://{SOCIAL}/", certificate).status == 0
    assert origin.seen.contacts == 0
    office.gateway.await_line("identity-failed")
    assert failures(office)[-1]["event"]["reason"] == "certificate_refused"


@pytest.mark.parametrize(
    "names",
    [
        [],
        [RFC822Name("a.jones@example.org"), RFC822Name("night@example.org")],
        [RFC822Name("a\\b@example.org")],
    ],
)
def test_a_certificate_that_names_nobody_is_nobodys(office, origin, names):
    certificate, _ = office.ca.issue("a.jones", names=names)

    assert office.ask(f"https://{SOCIAL}/", certificate).status == 403
    assert origin.seen.requests == []
    assert failures(office)[-1]["event"]["reason"] == "certificate_refused"


def test_a_name_of_another_domain_is_somebody_else(office):
    certificate, _ = office.ca.issue("x", names=[RFC822Name("a.jones@partner.example")])

    office.ask(f"https://{SOCIAL}/partner", certificate)
    assert office.gateway.visits()[-1]["user"]["name"] == "a.jones@partner.example"


def test_a_revoked_one_is_refused_once_the_list_says_so(office):
    certificate, shown = office.ca.issue("x", names=[RFC822Name("a.jones@example.org")])
    assert office.ask(f"https://{SOCIAL}/revoked", certificate).status == 200

    office.ca.revoke(shown)
    office.gateway.await_line("config-loaded")

    assert office.ask(f"https://{SOCIAL}/revoked", certificate).status == 0


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
@pytest.mark.parametrize("kind", ["plain", "silent", "old"])
def test_what_does_not_speak_tls_is_let_go(office, kind):
    if kind == "old":
        with pytest.raises((ssl.SSLError, ConnectionError)):
            office.connect(version=ssl.TLSVersion.TLSv1_1)
        return
    with socket.create_connection(("127.0.0.1", office.port), 60) as sock:
        if kind == "plain":
            sock.sendall(f"CONNECT {SOCIAL}:443 HTTP/1.1\r\n\r\n".encode())
        else:
            sock.shutdown(socket.SHUT_WR)
        assert exchange_nothing(sock)


def exchange_nothing(sock) -> bool:
    """Tell whether no answer of HTTP comes before the end."""
    data = b""
    while True:
        try:
            piece = sock.recv(4096)
        except ConnectionError:
            piece = b""
        if not piece:
            return not data.startswith(b"HTTP")
        data += piece


def test_every_answer_comes_before_the_end(office, ada):
    with office.connect(ada) as secure:
        head = f"GET http://{SOCIAL}/ HTTP/1.1\r\nHost: {SOCIAL}\r\nConnection: close\r\n\r\n"
        reply = exchange(secure, head.encode())
        assert isinstance(reply, Reply)
        assert reply.status == 200
        assert secure.recv(1) == b""
