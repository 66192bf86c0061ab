"""What is kept of answers cannot be told from the answers: whoever asked before, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.decide import Reason, decide
from breaktime.core.policy import EVERYONE, Policy
from breaktime.core.visit import Evidence, Fetch
from breaktime.core.who import Directory
from calendars import a_break, utc
from flexibly import flexible, usage
from office import OFFICE, PEOPLE, SETTINGS, a_list, ask, person
from questions import POLICIES, REQUESTS

FB, TT = "www.facebook.com", "www.tiktok.com"
NOBODYS_PLACE = Directory(PEOPLE)
LUNCH, LATE, NIGHT = (
    a_break("lunch", "12:00-13:00"), a_break("late", "13:00-14:00"), a_break("night", "22:00-02:30")
)  # fmt: skip
# A day on which nothing happens, and days before some clock is changed or a date skipped.
ZONES = [
    ("Europe/London", "2026-11-22"), ("Europe/London", "2026-03-28"),
    ("Europe/London", "2026-10-24"), ("Australia/Lord_Howe", "2026-04-03"),
    ("Africa/Casablanca", "2026-02-14"), ("Pacific/Apia", "2011-12-28"),
]  # fmt: skip


def from_the_beginning(policy, request, at, **more):
    """Decide by a policy that nobody has asked, every question of the order asked one by one."""
    fresh = replace(policy)
    fresh.way(request.person, request.groups, request.client).plain = False
    return decide(fresh, request, at, **more)


@st.composite
def days(draw):
    """Return a policy and instants of two days, often at the edges of its breaks."""
    zone, first = draw(st.sampled_from(ZONES))
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    policy = draw(POLICIES)
    everyone = a_list("everyone", *draw(st.permutations([LUNCH, LATE, NIGHT]))[:2])
    policy = replace(
        policy,
        zone=ZoneInfo(zone),
        breaks={EVERYONE: everyone} | dict(policy.breaks),
        directory=draw(st.sampled_from([policy.directory, NOBODYS_PLACE])),
        own_pages=draw(st.sampled_from([policy.own_pages, {}])),
    )
    edges = st.integers(0, 2 * 24 * 2).map(lambda n: timedelta(minutes=30 * n))
    before = st.sampled_from([timedelta(0), timedelta(microseconds=1)])
    instants = st.builds(lambda edge, less: start + edge - less, edges, before)
    return policy, draw(st.lists(instants, min_size=12, max_size=12))


ASKED = st.builds(
    replace,
    REQUESTS,
    fetch=st.sampled_from([Fetch(), Fetch(), Fetch(purpose="prefetch")]),
    evidence=st.sampled_from([Evidence.NAVIGATION, Evidence.NAME_ONLY, Evidence.EMBEDDED]),
)


@given(st.data())
def test_what_is_kept_cannot_be_told_from_the_answers(data):
    policy, instants = data.draw(days())
    asked = data.draw(st.lists(ASKED, min_size=1, max_size=2))
    for number, at in enumerate(instants):
        request, writable = asked[number % len(asked)], number % 5 > 0
        expected = from_the_beginning(policy, request, at, records_writable=writable)
        assert decide(policy, request, at, records_writable=writable) == expected


OFTEN = ["12:59", "13:00", "12:59", "13:59", "14:00", "11:59", "12:00", "13:30", "09:00", "15:00"]


@pytest.mark.parametrize("person_s", [False, True])
def test_one_break_after_the_other_is_named_in_any_order(person_s):
    breaks = {EVERYONE: a_list("everyone", LUNCH, LATE)}
    if person_s:
        breaks |= {person(who): a_list(f"person:{who}", LUNCH, LATE) for who in ("ada", "tess")}
    policy = Policy(**SETTINGS | {"breaks": breaks, "cases": ()})
    for hour in OFTEN:
        at = utc(f"2026-11-24 {hour}")
        for who in ("ada", "tess", "zoe"):
            found = decide(policy, ask(who, FB), at)
            assert found == from_the_beginning(policy, ask(who, FB), at)
            named = {"lunch": "12:00" <= hour < "13:00", "late": "13:00" <= hour < "14:00"}
            assert [f"break:{each}" for each, here in named.items() if here] == [
                rule.id for rule in found.because if rule.id.startswith("break:")
            ]


def test_a_break_for_one_platform_is_not_kept_for_another():
    at = utc("2026-11-23 16:00")
    for names, reason in 2 * [(TT, Reason.BREAK_FIXED), (FB, Reason.OUTSIDE_BREAKS)]:
        assert decide(OFFICE, ask("cy", names), at).reason is reason


def test_what_the_ledger_says_is_asked_each_time():
    own = flexible(between="12:00-14:00")
    policy = Policy(**SETTINGS | {"breaks": {EVERYONE: a_list("everyone", own)}})
    at = utc("2026-11-23 12:30")
    for taken, reason in 2 * [
        (usage(), Reason.BREAK_AVAILABLE_NOT_STARTED),
        (usage(own=(45, 1)), Reason.BUDGET_USED),
    ]:
        assert decide(policy, ask("ada", FB), at, usage=taken).reason is reason
