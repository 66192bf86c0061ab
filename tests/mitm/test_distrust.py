"""Who does not take our certificate, and what is written of that."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from breaktime.mitm import distrust
from breaktime.mitm.distrust import SILENT, Distrust
from breaktime.watch import Tally
from support.policy import KNOWN, LUNCH, UNKNOWN, state_in

APP, SITE = "graph.facebook.com", "www.facebook.com"
ALERT = (
    "The client does not trust the proxy's certificate for x (OpenSSL Error([('SSL routines', '',"
    " '{}')]))"
)
LEFT = (
    "The client disconnected during the handshake. If this happens consistently for x, this may"
    " indicate that the client does not trust the proxy's certificate."
)


class Gateway:
    """The hooks, and what they have said."""

    def __init__(self, folder, more=""):
        self.now = LUNCH
        self.tally = Tally()
        self.state = state_in(folder, ca=f"ca: ca{more}")
        self.hooks = Distrust(self.state, lambda: self.now, self.tally)
        self.said = []
        self.number = 0

    def client(self, address, name=SITE, *, established=True):
        self.number += 1
        return SimpleNamespace(
            id=str(self.number), peername=(address, 1), sni=name, tls_established=established
        )

    def hears(self, hook, data):
        with capture_logs() as logs:
            getattr(self.hooks, hook)(data)
        self.said += [(each.get("name"), each.get("client")) for each in logs]

    def fails(self, address, name=SITE, error="tlsv1 alert unknown ca"):
        error = LEFT if error is LEFT else ALERT.format(error)
        client = self.client(address, name, established=False)
        server = SimpleNamespace(address=("elsewhere.example", 443))
        conn = SimpleNamespace(error=error, sni=name)
        context = SimpleNamespace(client=client, server=server)
        self.hears("tls_failed_client", SimpleNamespace(conn=conn, context=context))

    def leaves(self, address, name=SITE):
        self.hears("client_disconnected", self.client(address, name))

    def speaks(self, address, name=SITE):
        client = self.client(address, name)
        server = SimpleNamespace(address=(name, 443))
        self.hears("requestheaders", SimpleNamespace(client_conn=client, server_conn=server))
        self.hears("client_disconnected", client)


@pytest.fixture
def gateway(tmp_path):
    return Gateway(tmp_path)


@pytest.mark.parametrize(
    "alert", ["tlsv1 alert unknown ca", "ssl/tls alert bad certificate", "certificate unknown"]
)
def test_a_computer_that_has_taken_nothing_yet_may_lack_the_authority(gateway, alert):
    gateway.fails(KNOWN, error=alert)

    assert gateway.tally.distrust == {"authority": 1}
    assert gateway.said == [(None, KNOWN)]  # which computer, and not where it went


def test_where_other_programs_take_it_an_application_pins(gateway):
    gateway.speaks(KNOWN)
    gateway.fails(KNOWN, APP)

    assert gateway.tally.distrust == {"pinned": 1}
    assert gateway.said == [(APP, None)]  # which application, and not at whose computer


def test_what_another_computer_takes_says_nothing_of_this_one(gateway):
    gateway.speaks(UNKNOWN)
    gateway.fails(KNOWN)

    assert gateway.tally.distrust == {"authority": 1}


def test_it_is_told_once_in_a_while_and_counted_each_time(gateway):
    gateway.speaks(KNOWN)
    for _ in range(3):
        gateway.fails(KNOWN, APP)
    assert gateway.said == [(APP, None)]
    assert gateway.tally.distrust == {"pinned": 3}
    gateway.now += timedelta(minutes=11)
    gateway.fails(KNOWN, APP)
    assert gateway.said == [(APP, None)] * 2


def test_an_authority_that_was_taken_long_ago_may_be_gone(gateway):
    gateway.speaks(KNOWN)
    gateway.now += timedelta(days=8)
    gateway.fails(KNOWN)

    assert gateway.tally.distrust == {"authority": 1}


@pytest.mark.parametrize("way", ["in the handshake", "after it"])
def test_leaving_without_a_word_counts_when_it_happens_again_and_again(gateway, way):
    gateway.speaks(KNOWN)
    for number in range(SILENT):
        assert gateway.tally.distrust == {}, number
        gateway.leaves(KNOWN, APP) if way == "after it" else gateway.fails(KNOWN, APP, LEFT)

    assert gateway.tally.distrust == {"pinned": 1}


def test_a_request_in_between_says_that_it_is_taken(gateway):
    for _ in range(3):
        for _ in range(SILENT - 1):
            gateway.leaves(KNOWN)
        gateway.speaks(KNOWN)

    assert gateway.tally.distrust == {}


def test_other_failures_are_nobodys_distrust(gateway):
    for _ in range(SILENT):
        gateway.fails(KNOWN, error="no shared cipher")
    gateway.hears("client_disconnected", gateway.client(KNOWN, established=False))

    assert gateway.tally.distrust == {}


@pytest.mark.parametrize(
    "listed", ["names: [facebook.com], policy: block", "platforms: [facebook], policy: block"]
)
def test_what_is_listed_is_counted_and_no_more_told(tmp_path, listed):
    gateway = Gateway(tmp_path, f", pinned: [{{{listed}}}]")
    gateway.speaks(KNOWN)
    gateway.fails(KNOWN, APP)

    assert gateway.tally.distrust == {"pinned": 1}
    assert gateway.said == []
    gateway.fails(KNOWN, "x.com")
    assert gateway.said == [("x.com", None)]


def test_a_name_that_is_not_said_is_that_of_the_tunnel(gateway):
    gateway.speaks(KNOWN)
    gateway.fails(KNOWN, None)

    assert gateway.said == [("elsewhere.example", None)]


def test_so_many_are_remembered_and_no_more(gateway, monkeypatch):
    monkeypatch.setattr(distrust, "MEMORY", 2)
    for number in range(3):
        gateway.speaks(f"10.0.0.{number}")
    for number in range(3):
        gateway.fails(f"10.0.0.{number}")

    assert gateway.tally.distrust == {"authority": 1, "pinned": 2}
