"""The hooks: what is decided, recorded and done, and that a fault never opens anything."""

import asyncio
from dataclasses import dataclass, field

import pytest
from mitmproxy.test import tflow, tutils

from breaktime.core.decide import FAULT
from breaktime.core.flexible import NOTHING_TAKEN
from breaktime.mitm import addon as module
from breaktime.mitm import question
from breaktime.mitm.addon import JUDGED, Breaktime
from breaktime.mitm.leases import Leases
from breaktime.mitm.observe import Tunnel
from breaktime.mitm.signin import SignIn
from support.answered import Answered
from support.policy import KNOWN, LUNCH, MORNING, SOCIAL_ADDRESS, UNKNOWN, state_in

BACKGROUND = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin"}


@dataclass
class Recorder:
    keeps: bool = True
    records: list = field(default_factory=list)

    @property
    def writable(self):
        return self.keeps

    def put(self, record, *, held=False):
        self.records.append(record)
        return Answered(self.keeps)


class World:
    """Everything around the hooks."""

    def __init__(self, folder):
        self.now = LUNCH
        self.recorder = Recorder()
        self.addresses = ()
        self.tunnels = {}
        self.leases = Leases(lambda _: None, lambda request, at, usage: FAULT)
        self.state = state_in(folder)
        self.hooks = Breaktime(
            self.state,
            self.recorder,
            SignIn(self.recorder, lambda: self.now),
            lambda: self.now,
            self.leases,
            self.tunnels.get,
            self.look_up,
            self.usage,
        )

    async def usage(self, person):
        return NOTHING_TAKEN

    async def look_up(self, host, port, client):
        return self.addresses

    def ask(self, host, *, client=KNOWN, tunnel=True, headers=None, path="/"):
        request = tutils.treq(
            host=host, authority=b"", path=path.encode(), content=b"", headers=(), port=443
        )
        request.headers["host"] = host
        for name, value in (headers or {}).items():
            request.headers[name] = value
        flow = tflow.tflow(req=request)
        flow.live = True
        flow.client_conn.sni = None
        flow.server_conn.address = (host, 443)
        person = "a.jones" if client == KNOWN else None
        connection = flow.client_conn.id
        self.tunnels[connection] = (
            Tunnel(connection, client, host=host, person=person, identified=True)
            if tunnel
            else Tunnel(connection, client)
        )
        asyncio.run(self.hooks.requestheaders(flow))
        return flow


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_what_is_allowed_is_recorded_leased_and_opened(world):
    flow = world.ask("www.facebook.com")

    assert flow.response is None
    assert flow.request.stream(b"body") == b"body"
    (record,) = world.recorder.records
    assert (record.person, record.reason) == ("a.jones", "break_fixed")
    assert len(world.leases) == 1
    assert world.tunnels[flow.client_conn.id].opened == {"www.facebook.com"}


def test_what_is_refused_is_answered_with_the_id_of_its_record(world):
    world.now = MORNING
    flow = world.ask("www.facebook.com")

    (record,) = world.recorder.records
    assert flow.response.status_code == 403
    assert record.decision in flow.response.text
    assert world.tunnels[flow.client_conn.id].opened == set()


def test_what_is_not_controlled_passes_unseen(world):
    flow = world.ask("www.example.org", tunnel=False)

    assert flow.response is None
    assert world.recorder.records == []
    assert world.tunnels[flow.client_conn.id].opened == set()


def test_a_social_address_is_known_where_the_proxy_itself_is_asked(world):
    world.now = MORNING
    world.addresses = ("93.184.215.14", SOCIAL_ADDRESS)

    assert world.ask("hidden.example", tunnel=False).response.status_code == 403


def test_an_own_page_asked_for_in_clear_has_its_visitor(world):
    world.ask("www.facebook.com", tunnel=False, path="/ExampleshireCouncil")

    (record,) = world.recorder.records
    assert (record.person, record.reason) == ("a.jones", "own_page")


def test_noise_that_is_refused_shows_the_id_of_the_record_that_tells_of_it(world):
    world.now = MORNING
    ids = [
        world.ask("www.facebook.com", headers=BACKGROUND).metadata[JUDGED].shown for _ in range(3)
    ]

    (record,) = world.recorder.records
    assert ids == [record.decision] * 3


def test_noise_whose_record_was_lost_is_recorded_the_next_time(world):
    world.now = MORNING
    world.recorder.keeps = False
    world.ask("www.facebook.com", headers=BACKGROUND)
    world.recorder.keeps = True
    world.ask("www.facebook.com", headers=BACKGROUND)

    assert len(world.recorder.records) == 2


def test_without_a_record_nothing_controlled_is_opened(world):
    world.recorder.keeps = False

    flow = world.ask("www.facebook.com")

    assert flow.metadata[JUDGED].decision.reason == "records_unwritable"
    assert flow.response.status_code == 403
    assert world.ask("www.example.org", tunnel=False).response is None


@pytest.mark.parametrize("part", ["observe", "decide", "let_through", "refusal_page"])
def test_a_part_that_raises_refuses_what_could_be_controlled(world, monkeypatch, part):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(question if part == "decide" else module, part, broken)
    world.now = MORNING if part == "refusal_page" else LUNCH

    flow = world.ask("www.facebook.com")

    assert flow.response.status_code == 503
    assert world.recorder.records[-1].error == "ZeroDivisionError"


def test_where_not_even_a_refusal_works_the_request_ends(world, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(module, "answer", broken)
    world.now = MORNING

    flow = world.ask("www.facebook.com")

    assert flow.error is not None
    assert world.recorder.records[-1].reason == "filter_error"


def test_no_verdict_means_no(world):
    flow = tflow.tflow()
    flow.live = True
    world.hooks.request(flow)

    assert flow.response.status_code == 503


def test_a_connect_that_did_not_come_through_the_door_is_refused(world):
    flow = tflow.tflow()
    flow.live = True
    world.hooks.http_connect(flow)

    assert flow.response.status_code == 400


def test_a_request_of_several_hosts_is_malformed(world):
    assert world.ask("www.example.org", headers={"host": "a, b"}).response.status_code == 400


def test_a_connection_that_has_ended_is_forgotten(world):
    flow = world.ask("www.facebook.com")
    world.hooks.client_disconnected(flow.client_conn)

    assert len(world.leases) == 0


def test_the_end_of_a_break_is_told_before_it(world):
    world.now = LUNCH.replace(hour=13, minute=58)
    flow = world.ask("www.facebook.com")
    flow.response = tutils.tresp()
    flow.server_conn.timestamp_start = 1
    world.hooks.responseheaders(flow)

    assert flow.response.headers["breaktime-ends"] == "2026-11-23T14:00:00Z"


@pytest.mark.parametrize(
    ("host", "path", "kept"),
    [
        ("www.facebook.com", "/", False),
        ("l.facebook.com", "/l.php?u=https%3A%2F%2Fshop.example", False),
        ("web.archive.org", "/web/2024/https://news.example/", False),
        ("www.example.org", "/", True),
    ],
)
def test_no_host_whose_pages_are_judged_moves_the_browser_to_a_way_past_the_gateway(
    world, host, path, kept
):
    """What a host says of other ways to it holds for all its pages, whichever page says it."""
    flow = world.ask(host, path=path)
    assert flow.response is None
    flow.response = tutils.tresp()
    flow.response.headers["alt-svc"] = 'h3=":443"'
    flow.server_conn.timestamp_start = 1
    world.hooks.responseheaders(flow)

    assert ("alt-svc" in flow.response.headers) is kept


def test_nobody_known_is_told_so(world):
    flow = world.ask("www.facebook.com", client=UNKNOWN)

    assert flow.metadata[JUDGED].decision.reason == "identity_unknown"
