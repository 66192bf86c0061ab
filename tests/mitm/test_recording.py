"""Which judged requests become a line, and what the line says."""

import asyncio

import pytest

from breaktime.config import load
from breaktime.core.decide import FAULT, Context, Decision, Reason, Verdict
from breaktime.core.platforms import Role
from breaktime.core.request import Opened, Request
from breaktime.core.visit import Evidence, source_of
from breaktime.mitm.observe import Seen
from breaktime.mitm.recording import Recording, fault_of
from breaktime.mitm.state import open_for
from breaktime.pages import Asked
from records import NOON
from support.answered import Answered
from support.command import configuration

ALLOW = Decision(
    Verdict.ALLOW, Reason.BREAK_FIXED, Context.BREAK, person="a.jones", platform="facebook"
)
BLOCK = ALLOW._replace(verdict=Verdict.BLOCK, reason=Reason.OUTSIDE_BREAKS)
NAMES = ("www.facebook.com", "example.org")


def seen(evidence=Evidence.NAVIGATION, path="/", source="", opened=()):
    return Seen(
        Request(
            NAMES,
            path,
            client="10.20.0.5",
            evidence=evidence,
            source=source_of(source, ""),
            opened=frozenset(opened),
        ),
        Asked(),
        "https",
        NAMES[0],
        path,
        removed=(),
        wellformed=True,
        body=0,
    )


class Kept(list):
    """A recorder that keeps what it is given, as long as it is writable."""

    writable = True

    def put(self, record, *, held=False):
        if self.writable:
            self.append(record)
        return Answered(self.writable)


@pytest.fixture
def state(tmp_path):
    return open_for(load(configuration(tmp_path)))


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def plan(kept, state):
    recording = Recording(kept)

    def plans(decision=BLOCK, id_="d-1", **what):
        plan = recording.plan(decision, id_, seen(**what), state, NOON)
        return plan, lambda plan: asyncio.run(recording.write(plan))

    return plans


def test_a_plan_writes_nothing_and_holds_nothing(plan, kept):
    for _ in range(100):
        plan(evidence=Evidence.APP)

    first, write = plan(id_="d-2", evidence=Evidence.APP)
    assert (kept, first.shown, first.record.repeat) == ([], "d-2", None)
    assert write(first)
    assert kept == [first.record]


def test_what_was_written_stands_for_what_is_alike(plan, kept):
    first, write = plan(evidence=Evidence.APP)
    write(first)
    again, _ = plan(id_="d-2", evidence=Evidence.APP)
    other, _ = plan(id_="d-3", evidence=Evidence.APP, path="/other")

    assert (again.shown, again.record) == ("d-1", None)
    assert (other.shown, other.record.path) == ("d-3", "/other")
    assert write(again)
    assert len(kept) == 1


def test_what_could_not_be_written_stands_for_nothing(plan, kept):
    kept.writable = False
    first, write = plan(evidence=Evidence.APP)
    assert not write(first)
    kept.writable = True

    assert plan(id_="d-2", evidence=Evidence.APP)[0].shown == "d-2"


def test_what_needs_no_record_is_allowed_only_while_records_can_be_written(plan, kept):
    frame, write = plan(evidence=Evidence.EMBEDDED)
    assert (frame.shown, frame.record) == (None, None)
    assert write(frame)
    kept.writable = False
    assert not write(frame)


def test_refusals_that_are_too_many_are_counted_and_faults_never(plan, kept, state):
    for number in range(70):
        one, write = plan(path=f"/{number}")
        write(one)
    assert len(kept) == 60
    assert (one.shown, one.record) == (None, None)
    assert plan(FAULT._replace(person="a.jones"))[0].record is not None
    assert plan(ALLOW)[0].record.repeat == 10


def test_nobody_known_is_a_computer(plan):
    assert plan()[0].record.source is None
    assert plan(BLOCK._replace(person=None))[0].record.source == "10.20.0.5"


@pytest.mark.parametrize(
    ("decision", "evidence", "counted"),
    [
        (ALLOW, Evidence.USER_NAVIGATION, True),
        (ALLOW, Evidence.NAVIGATION, True),
        (ALLOW, Evidence.INFERRED, False),
        (BLOCK, Evidence.USER_NAVIGATION, False),  # an attempt: nobody was there
    ],
)
def test_only_a_page_that_somebody_got_to_is_a_visit(plan, decision, evidence, counted):
    assert plan(decision, evidence=evidence)[0].record.counted is counted


def test_names_are_written_where_they_disagree(plan):
    assert plan()[0].record.names == ()
    assert plan(BLOCK._replace(reason=Reason.NAME_MISMATCH))[0].record.names == NAMES


def test_a_fault_is_written_with_who_and_what_and_without_what_it_says(state):
    record = fault_of(ALLOW, "d-1", ValueError("canary"), state, NOON)

    assert (record.reason, record.verdict, record.error) == ("filter_error", "block", "ValueError")
    assert (record.person, record.platform, record.decision) == ("a.jones", "facebook", "d-1")
    assert "canary" not in repr(record)


class Slow(Kept):
    """A recorder that takes its time."""

    def put(self, record, *, held=False):
        super().put(record)
        self.kept = asyncio.get_running_loop().create_future()
        return self.kept


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_one_record_stands_for_waits_for_it(state, is_kept):
    """However many ask meanwhile, there is one record; none of them goes on before it is kept."""

    async def run():
        kept = Slow()
        recording = Recording(kept)
        alike = seen(evidence=Evidence.APP)
        writing = []
        for number in range(5):
            plan = recording.plan(BLOCK, f"d-{number}", alike, state, NOON)
            assert plan.shown == "d-0"
            writing.append(asyncio.ensure_future(recording.write(plan)))
            await asyncio.sleep(0)
        assert len(kept) == 1
        assert not any(each.done() for each in writing)
        kept.kept.set_result(is_kept)
        assert await asyncio.gather(*writing) == [is_kept] * 5
        again = recording.plan(BLOCK, "d-9", alike, state, NOON).shown
        assert again == ("d-0" if is_kept else "d-9")

    asyncio.run(run())


def test_a_request_that_ends_while_its_record_is_written_leaves_the_others_waiting(state):
    async def run():
        kept = Slow()
        recording = Recording(kept)
        plans = [recording.plan(BLOCK, "d-0", seen(evidence=Evidence.APP), state, NOON)]
        first = asyncio.ensure_future(recording.write(plans[0]))
        await asyncio.sleep(0)
        plan = recording.plan(BLOCK, "d-1", seen(evidence=Evidence.APP), state, NOON)
        second = asyncio.ensure_future(recording.write(plan))
        await asyncio.sleep(0)
        first.cancel()
        assert await second is False

    asyncio.run(run())


def test_refusals_that_a_lost_record_told_of_are_told_of_by_the_next(plan, kept):
    for number in range(70):
        one, write = plan(path=f"/{number}")
        write(one)
    kept.writable = False
    lost, write = plan(ALLOW)
    assert lost.record.repeat == 10
    assert not write(lost)

    assert plan(ALLOW)[0].record.repeat == 10


PLAYER = Opened("facebook", role=Role.EMBED)
OWN = Opened("facebook", "exampleshirecouncil")


@pytest.mark.parametrize(
    ("source", "opened", "told"),
    [
        ("https://www.facebook.com/plugins/page", (), False),
        ("https://www.facebook.com/v21.0/dialog/oauth?client_id=1", (), False),
        ("https://web.facebook.com/", (PLAYER,), False),  # nobody knows: the feed, or the player
        ("https://web.facebook.com/", (OWN,), True),
        ("https://web.facebook.com/", (), True),
        ("https://www.facebook.com/", (PLAYER,), True),  # the feed says that it is the feed
        ("https://news.example/", (PLAYER,), True),
        ("", (PLAYER,), True),
    ],
)
def test_what_a_player_or_a_log_in_asks_for_and_does_not_get_is_no_attempt_of_a_person(
    plan, source, opened, told
):
    """Whoever reads a newspaper has not gone to the platform whose player is in it."""
    for evidence in (Evidence.IN_PAGE, Evidence.BACKGROUND):
        made, _ = plan(evidence=evidence, source=source, opened=opened)
        assert (made.record is not None) is told
    made, _ = plan(evidence=Evidence.NAVIGATION, source=source, opened=opened)
    assert made.record is not None


def test_names_that_disagree_are_told_of_whoever_is_said_to_ask(plan):
    """Anybody can say that a player asks, and a player never asks under two names."""
    made, _ = plan(
        BLOCK._replace(reason=Reason.NAME_MISMATCH),
        evidence=Evidence.IN_PAGE,
        source="https://www.facebook.com/plugins/page",
    )
    assert made.record is not None
