"""A gateway whose way out is another proxy: a real Squid that asks it for a password."""

import asyncio
from contextlib import ExitStack

import pytest

from breaktime.door import Dialler, Parent, ParentAt, ParentError, Trouble
from support import squid as squids
from support.clients import connect, curl, exchange, issuer, tls
from support.gateway import running
from support.origin import ISSUER
from support.way_out import WayOut

pytestmark = pytest.mark.e2e

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
OURS = "Proxy-Authorization: Basic b3VyczpzZWNyZXQ="
SECRETS = ("Z2F0ZXdheTpzcXVpZA==", "b3VyczpzZWNyZXQ=", "squid\n")


@pytest.fixture(scope="module")
def way_out(origin):
    with WayOut(origin) as way_out:
        yield way_out


@pytest.fixture(scope="module")
def squid(way_out):
    with squids.as_parent(way_out.address) as squid:
        yield squid


@pytest.fixture(scope="module")
def gateway(origin, squid, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "parent").write_text("gateway:squid\n")
    (folder / "parent").chmod(0o600)
    parent = f"  parent: {{address: 127.0.0.1:{squid.port}, credentials_file: parent}}\n"
    with running(folder, origin, gateway=parent + "  metrics: {socket: metrics}") as gateway:
        gateway.clock("12:30:00")
        yield gateway


@pytest.fixture(autouse=True)
def _nothing_asked_yet(way_out):
    way_out.heads.clear()


def get(host, path="/"):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{OURS}\r\n\r\n".encode()


def test_what_is_relayed_goes_through_it(gateway, way_out):
    with tls(gateway, connect(gateway, f"{INNOCENT}:443", headers=f"{OURS}\r\n"), INNOCENT) as sock:
        assert issuer(sock) == ISSUER
        assert exchange(sock, f"GET / HTTP/1.1\r\nHost: {INNOCENT}\r\n\r\n".encode()).status == 200
    assert way_out.asked == [f"{INNOCENT}:443"]


def test_what_is_opened_goes_through_it(gateway, way_out, origin):
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL) as sock:
        assert issuer(sock) != ISSUER
        assert exchange(sock, get(SOCIAL, "/page")).status == 200
    assert way_out.asked == [f"{SOCIAL}:443"]
    assert origin.seen.hosts == [SOCIAL]


def test_what_is_asked_for_in_clear_goes_through_it_as_a_tunnel(gateway, way_out, origin):
    assert curl(gateway, f"http://{INNOCENT}/a", "-H", OURS).status == 200
    assert curl(gateway, f"http://{SOCIAL}/b").status == 200
    assert way_out.asked == [f"{INNOCENT}:80", f"{SOCIAL}:80"]
    assert origin.seen.hosts == [INNOCENT, SOCIAL]


def test_credentials_of_nobody_go_any_further(gateway, way_out, origin):
    curl(gateway, f"http://{INNOCENT}/", "-H", OURS, "--proxy-user", "ours:secret")
    curl(gateway, f"https://{SOCIAL}/", "--proxy-header", OURS)
    curl(gateway, f"https://{INNOCENT}/", "--proxy-header", OURS)

    heard = b"".join(way_out.heads) + repr(origin.seen.requests).encode()
    assert b"authorization" not in heard.lower()
    told = gateway.told() + repr(gateway.lines())
    assert not any(secret in told for secret in SECRETS)


def test_a_closed_site_is_not_asked_for(gateway, way_out):
    gateway.clock("11:00:00")
    assert curl(gateway, f"https://{SOCIAL}/").status == 403
    gateway.clock("12:30:00")
    assert way_out.heads == []


@pytest.mark.parametrize("host", ["localhost", "intranet", "printer.local"])
def test_nobody_gets_inward_by_it(gateway, way_out, host):
    with pytest.raises(ConnectionError, match="403"):
        connect(gateway, f"{host}:443")
    assert way_out.heads == []


def test_where_it_lets_nobody_the_client_is_told_as_of_a_dead_site(gateway, way_out):
    with pytest.raises(ConnectionError, match="502"):
        connect(gateway, "never.example.org:443")
    assert way_out.heads == []


def test_a_real_one_says_that_it_wants_other_credentials(squid):
    async def ask(credentials):
        parent = Parent(ParentAt("127.0.0.1", squid.port, credentials=credentials, seconds=60.0))
        try:
            (await Dialler(parent=parent).connect(INNOCENT, 443)).sock.close()
        except ParentError as failure:
            return failure.trouble
        return None

    assert asyncio.run(ask(None)) is Trouble.CREDENTIALS
    assert asyncio.run(ask("gateway:wrong")) is Trouble.CREDENTIALS
    assert asyncio.run(ask("gateway:squid")) is None


@pytest.fixture(scope="module")
def behind_tls(origin, way_out, tmp_path_factory):
    """A function that starts a gateway whose parent is a Squid that speaks TLS."""
    folder = tmp_path_factory.mktemp("certificates")
    with ExitStack() as stack:

        def start(name):
            certificate = origin.certify(name, folder / f"{name}.pem")
            squid = stack.enter_context(squids.as_parent(way_out.address, certificate))
            home = tmp_path_factory.mktemp("gateway")
            (home / "parent").write_text("gateway:squid\n")
            (home / "parent").chmod(0o600)
            parent = f"  parent: {{address: 127.0.0.1:{squid.port}, tls: true"
            parent += ", credentials_file: parent}"
            gateway = stack.enter_context(running(home, origin, gateway=parent))
            gateway.clock("12:30:00")
            return gateway

        yield start


def test_a_real_one_is_spoken_to_in_tls(behind_tls, way_out, origin):
    gateway = behind_tls("127.0.0.1")

    assert curl(gateway, f"https://{INNOCENT}/").body == f"{INNOCENT} GET / 0\n".encode()
    assert curl(gateway, f"https://{SOCIAL}/page").status == 200
    assert curl(gateway, f"http://{INNOCENT}/").status == 200
    size = 3_000_000
    assert len(curl(gateway, f"https://{INNOCENT}/big/{size}").body) == size
    assert len(curl(gateway, f"https://{SOCIAL}/big/{size}").body) == size
    where = [f"{INNOCENT}:443", f"{SOCIAL}:443", f"{INNOCENT}:80"]
    assert way_out.asked == [*where, *where[:2]]
    gateway.clock("11:00:00")
    assert curl(gateway, f"https://{SOCIAL}/").status == 403
    assert len(way_out.asked) == 5


def test_a_real_one_with_the_certificate_of_another_is_told_nothing(behind_tls, way_out):
    gateway = behind_tls("other.example")

    with pytest.raises(ConnectionError, match="502"):
        connect(gateway, f"{INNOCENT}:443")
    assert "unreachable" in gateway.await_told("the parent proxy gives no tunnels")
    assert way_out.heads == []


def test_one_that_has_died_is_told_to_clients_to_the_log_and_to_who_watches(gateway, squid):
    squid.process.terminate()
    squid.process.wait()
    with pytest.raises(ConnectionError, match="502"):
        connect(gateway, f"{INNOCENT}:443")
    told = gateway.await_told("the parent proxy gives no tunnels")
    assert "unreachable" in told
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL) as sock:
        assert exchange(sock, get(SOCIAL, "/dead")).status == 502
    gateway.await_line("visit-failed")
    assert "Traceback" not in gateway.told()
    socket = gateway.folder / "metrics"
    reply = curl(gateway, "http://localhost/metrics", "--unix-socket", str(socket), "--proxy", "")
    assert b'breaktime_parent_failures_total{why="unreachable"}' in reply.body
