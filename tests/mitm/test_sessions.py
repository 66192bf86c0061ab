"""The sessions of a gateway: which requests are of which, and that each is told of once."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from mitmproxy.test import tflow

from breaktime.core.decide import Context, Decision, Reason, Verdict
from breaktime.core.rule import Rule
from breaktime.core.visit import Evidence
from breaktime.mitm import counts
from breaktime.mitm import sessions as module
from breaktime.mitm.sessions import Sessions, count_received, count_sent
from records import VISIT
from support.policy import LUNCH, state_in

END = LUNCH + timedelta(minutes=90)
ALLOWED = Decision(
    Verdict.ALLOW,
    Reason.BREAK_FIXED,
    Context.BREAK,
    (Rule("break:lunch", "lunch"),),
    "a.jones",
    platform="facebook",
    changes_at=END,
)
PAGE, FETCH = Evidence.USER_NAVIGATION, Evidence.IN_PAGE


def question(person, evidence, at):
    """What sessions see of a question."""
    request = SimpleNamespace(person=person, client="10.0.0.5")
    return SimpleNamespace(seen=SimpleNamespace(request=request, evidence=evidence), at=at)


class World:
    def __init__(self, folder):
        self.now = LUNCH
        self.records = []
        self.sessions = Sessions(self.records.append, state_in(folder), lambda: self.now)

    def ask(self, evidence=PAGE, decision=ALLOWED, *, recorded=None, counted=True):
        ask = question(decision.person, evidence, self.now)
        record = None
        if recorded if recorded is not None else evidence is PAGE:
            record = VISIT._replace(
                at=self.now,
                person=decision.person,
                because=tuple(rule.id for rule in decision.because),
                reason=decision.reason,
                counted=counted,
            )
        return self.sessions.count(ask, decision, record)

    def told(self):
        return [
            (one.person, str(one.reason), one.session.visits, one.session.requests)
            for one in self.records
        ]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_a_page_with_two_hundred_parts_is_one_visit(world):
    world.ask()
    for _ in range(200):
        world.ask(FETCH)
    world.now = END

    assert world.sessions.look() == 1
    assert world.told() == [("a.jones", "break_ended", 1, 201)]
    assert world.sessions.look() == 0


def test_an_open_page_begins_no_session(world):
    """A tab from before the break that fetches something in it: nobody went anywhere."""
    assert world.ask(FETCH) is None
    assert len(world.sessions) == 0


def test_what_is_recorded_and_no_visit_begins_one_without_visits(world):
    world.ask(Evidence.APP, recorded=True, counted=False)
    world.sessions.close()
    assert world.told() == [("a.jones", "service_stopped", 0, 1)]


def test_people_and_rules_are_apart(world):
    other = ALLOWED._replace(person="b.patel")
    work = ALLOWED._replace(reason=Reason.BUSINESS_CASE, because=(Rule("BC-1", "BC-1"),))
    for decision in (ALLOWED, other, work):
        world.ask(decision=decision)
    world.sessions.close()
    assert [one.because for one in world.records] == [("break:lunch",)] * 2 + [("BC-1",)]


def test_after_ten_minutes_of_nothing_another_one_begins(world):
    world.ask()
    world.now += timedelta(minutes=10)
    world.ask()
    assert world.told() == [("a.jones", "idle", 1, 1)]
    assert len(world.sessions) == 1


def test_a_sitting_that_ends_ends_its_sessions_and_no_others(world):
    flexible = ALLOWED._replace(reason=Reason.BREAK_FLEXIBLE, because=(Rule("break:own", "own"),))
    world.ask()
    world.ask(decision=flexible)
    world.sessions.end_sitting("a.jones")
    world.sessions.end_sitting("b.patel")
    assert [one.because for one in world.records] == [("break:own",)]


def test_too_many_are_told_of_early(world, monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    world.ask()
    world.ask(decision=ALLOWED._replace(person="b.patel"))
    assert world.told() == [("a.jones", "too_many_sessions", 1, 1)]


def test_a_visit_under_another_rule_is_not_counted_as_one_of_this(world):
    """A page that changed its address by itself may be judged by another rule than its request."""
    world.ask()
    ask = question("a.jones", FETCH, world.now)
    own_page = VISIT._replace(at=world.now, because=("own:facebook.com/Shire",))
    world.sessions.count(ask, ALLOWED, own_page)
    world.sessions.close()
    assert world.told() == [("a.jones", "service_stopped", 1, 2)]


def test_bodies_are_counted_as_they_pass(world):
    session = world.ask()
    flow = tflow.tflow(resp=True)
    flow.request.stream = flow.response.stream = True
    count_sent(flow, session)
    count_received(flow, session)
    assert flow.request.stream(b"abc") == b"abc"
    assert flow.response.stream(b"abcd") == b"abcd"
    assert session.totals[-2:] == (3, 4)


def test_bodies_of_what_is_in_no_session_are_left_alone():
    flow = tflow.tflow(resp=True)
    flow.request.stream = flow.response.stream = True
    count_sent(flow, None)
    count_received(flow, None)
    assert flow.request.stream is flow.response.stream is True


def test_a_look_that_fails_is_not_the_last(world, monkeypatch):
    looks = []

    def look():
        looks.append(1)
        if len(looks) > 1:
            raise asyncio.CancelledError
        raise ValueError("gone")

    monkeypatch.setattr(counts, "LOOK_SECONDS", 0)
    monkeypatch.setattr(world.sessions, "look", look)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(world.sessions.run())
    assert len(looks) == 2
