"""Applications that take no certificate but their own: noticed, listed, and let pass in breaks."""

import ssl

import pytest

from support.clients import connect, curl, exchange, issuer, tls
from support.gateway import PEOPLE, running
from support.origin import ISSUER

pytestmark = pytest.mark.e2e

SOCIAL, APP, OTHER = "www.facebook.com", "g.whatsapp.net", "www.instagram.com"
PINNED = """
  pinned:
    - {names: [whatsapp.net], policy: pass_in_break}
    - {platforms: [x], policy: block}
  metrics: {socket: metrics}
"""


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    with running(tmp_path_factory.mktemp("gateway"), origin, gateway=PINNED) as gateway:
        yield gateway


def secure(gateway, host):
    return tls(gateway, connect(gateway, f"{host}:443"), host)


def refuse(gateway, host, source=PEOPLE["c.lee"]):
    """Connect as an application that knows its own site's authority only."""
    context = ssl.create_default_context()
    context.load_verify_locations(gateway.origin.ca)
    with pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(connect(gateway, f"{host}:443", source=source), server_hostname=host)


def metrics(gateway):
    socket = gateway.folder / "metrics"
    reply = curl(gateway, "http://localhost/metrics", "--unix-socket", str(socket), "--proxy", "")
    return reply.body.decode()


def test_what_is_listed_passes_in_a_break_and_the_rest_is_opened(gateway):
    gateway.clock("12:30:00")
    before = len(gateway.visits())
    with secure(gateway, APP) as app, secure(gateway, SOCIAL) as site:
        assert issuer(app) == ISSUER
        assert issuer(site) != ISSUER
    (line,) = gateway.visits()[before:]
    assert line["event"]["action"] == "connection-passed"
    assert (line["url"]["domain"], line["url"]["path"]) == (APP, None)


def test_outside_the_breaks_it_is_opened_which_it_does_not_take(gateway, origin):
    gateway.clock("11:00:00")
    refuse(gateway, APP, PEOPLE["a.jones"])
    with secure(gateway, APP) as app:
        assert issuer(app) != ISSUER
        assert exchange(app, f"GET / HTTP/1.1\r\nHost: {APP}\r\n\r\n".encode()).status == 403
    assert origin.seen.hosts == []


def test_an_application_is_told_apart_from_a_computer_without_the_authority(gateway, origin):
    gateway.clock("11:00:00")
    refuse(gateway, OTHER)
    told = gateway.await_told(PEOPLE["c.lee"])
    (line,) = (each for each in told.splitlines() if PEOPLE["c.lee"] in each)
    assert "nothing at a computer has taken the certificate" in line
    assert OTHER not in told

    assert curl(gateway, f"https://{SOCIAL}/", source=PEOPLE["c.lee"]).status == 403
    refuse(gateway, OTHER)
    told = gateway.await_told("an application does not take the certificate")
    line = next(each for each in told.splitlines() if "an application does not" in each)
    assert "instagram" in line
    assert PEOPLE["c.lee"] not in line
    refuse(gateway, "x.com")  # which is listed
    for why in ("authority", "pinned"):
        assert f'breaktime_refused_certificates_total{{why="{why}"}}' in metrics(gateway)
    assert "x.com" not in gateway.told()
    assert origin.seen.hellos == []
