"""`mode: observe`: nothing is refused or cut, and each record says so."""

from contextlib import suppress

import pytest

from support.clients import connect, curl, exchange, tls
from support.gateway import PEOPLE, UNKNOWN, running
from support.wire import read_frame, text_frame, upgrade

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
PAGE = "https://www.facebook.com/"


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    with running(tmp_path_factory.mktemp("gateway"), origin, extra="mode: observe") as gateway:
        yield gateway


def test_what_would_be_refused_is_let_through_and_the_record_says_so(gateway, origin):
    gateway.await_told("nothing is refused")
    gateway.clock("11:00")
    before = len(gateway.visits())

    assert curl(gateway, PAGE, source=PEOPLE["a.jones"]).status == 200
    assert curl(gateway, PAGE, source=UNKNOWN).status == 200

    first, second = gateway.visits()[before:]
    assert first["event"]["action"] == "visit-observed"
    assert first["event"]["type"] == ["access", "allowed"]
    assert first["event"]["reason"] == "outside_breaks"
    assert first["message"].startswith("Observed, not refused: ")
    assert first["breaktime"]["verdict"] == "block"
    assert "response" not in first["http"]
    assert first["user"]["name"] == "a.jones"
    assert second["event"]["reason"] == "identity_unknown"


def test_what_is_open_is_recorded_as_ever(gateway):
    gateway.clock("12:30")
    before = len(gateway.visits())
    assert curl(gateway, PAGE, source=PEOPLE["a.jones"]).status == 200
    (line,) = gateway.visits()[before:]
    assert line["event"]["action"] == "visit-allowed"


def reload(gateway):
    taken = sum(line["event"]["action"] == "config-loaded" for line in gateway.lines())
    gateway.hang_up()
    gateway.await_line("config-loaded", taken + 1)


def test_what_goes_on_is_not_cut_before_it_is_enforced(gateway):
    """A new configuration has every open connection judged again before its record is written."""
    config = gateway.folder / "config.yaml"
    gateway.clock("12:30")
    sock = tls(gateway, connect(gateway, f"{SOCIAL}:443", source=PEOPLE["a.jones"]), SOCIAL)
    assert exchange(sock, upgrade(SOCIAL)).status == 101
    gateway.clock("15:00")
    reload(gateway)

    sock.sendall(text_frame(b"still there"))
    assert read_frame(sock) == b"still there"

    config.write_text(config.read_text().replace("mode: observe", "mode: enforce"))
    reload(gateway)
    assert curl(gateway, PAGE, source=PEOPLE["a.jones"]).status == 403
    assert gateway.visits()[-1]["event"]["action"] == "visit-blocked"
    sock.settimeout(20)
    with suppress(OSError):
        while sock.recv(65536):
            pass
    sock.close()
    config.write_text(config.read_text().replace("mode: enforce", "mode: observe"))
    reload(gateway)
