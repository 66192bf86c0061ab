"""How much of an answer is written, and that a concern raises it for one person only."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.decide import Context, Decision, Reason, Verdict
from breaktime.core.detail import (
    PRESETS,
    Concern,
    Detail,
    Details,
    Looking,
    reduced,
    without_ids,
    without_small,
)
from breaktime.core.paths import sanitise_path
from records import VISIT

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CASE = Concern(
    "HR-1", "a.jones", Detail.PAGE, NOON, NOON + timedelta(days=2), told=True, by=("x", "y")
)
IN_BREAK = Decision(Verdict.ALLOW, Reason.BREAK_FIXED, Context.BREAK, person="a.jones")
REFUSED = IN_BREAK._replace(verdict=Verdict.BLOCK, reason=Reason.OUTSIDE_BREAKS)
WORK = IN_BREAK._replace(reason=Reason.BUSINESS_CASE)
OWN = IN_BREAK._replace(reason=Reason.OWN_PAGE)
STRICT = PRESETS["strict"]


def looking(details, *concerns, names=True):
    by_person = {}
    for one in concerns:
        by_person[one.person] = (*by_person.get(one.person, ()), one)
    return Looking(details, names, True, by_person)


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("full", ("page", "page", "page", "count")),
        ("balanced", ("site", "site", "page", "count")),
        ("strict", ("count", "site", "site", "none")),
    ],
)
def test_what_a_preset_means(preset, expected):
    found = looking(PRESETS[preset].details)
    assert [found.of(each, NOON)[0] for each in (IN_BREAK, REFUSED, WORK, OWN)] == list(expected)


def test_what_is_refused_to_somebody_at_work_is_refused():
    work = WORK._replace(verdict=Verdict.BLOCK)
    assert looking(Details(refused=Detail.NONE)).of(work, NOON) == (Detail.NONE, None)


@pytest.mark.parametrize(
    ("decision", "expected"), [(IN_BREAK, "page"), (REFUSED, "page"), (WORK, "page"), (OWN, "none")]
)
def test_a_concern_raises_what_is_written_but_not_of_own_pages(decision, expected):
    found, why = looking(STRICT.details, CASE).of(decision, NOON)
    assert found == expected
    assert why == (CASE if expected == "page" else None)


@pytest.mark.parametrize(
    ("at", "runs"),
    [
        (NOON - timedelta(microseconds=1), False),
        (NOON, True),
        (CASE.until - timedelta(microseconds=1), True),
        (CASE.until, False),
    ],
)
def test_a_concern_begins_and_ends_by_itself(at, runs):
    assert CASE.runs(at) is runs
    assert looking(STRICT.details, CASE).of(IN_BREAK, at)[0] == ("page" if runs else "count")


def test_a_concern_is_about_nobody_else():
    found = looking(STRICT.details, CASE)
    for person in ("b.patel", None):
        assert found.of(IN_BREAK._replace(person=person), NOON) == (Detail.COUNT, None)


def test_a_concern_never_lowers_and_says_nothing_where_it_changes_nothing():
    site = CASE._replace(detail=Detail.SITE)
    assert looking(Details(), site).of(IN_BREAK, NOON) == (Detail.PAGE, None)
    assert looking(Details(), CASE).of(IN_BREAK, NOON) == (Detail.PAGE, None)


def test_beside_pseudonyms_a_concern_gives_the_name():
    assert looking(Details(), CASE, names=False).of(IN_BREAK, NOON) == (Detail.PAGE, CASE)


def test_of_two_concerns_the_one_that_asks_for_more_counts():
    site = CASE._replace(case="HR-2", detail=Detail.SITE)
    assert looking(STRICT.details, site, CASE).of(IN_BREAK, NOON) == (Detail.PAGE, CASE)


def test_a_record_of_a_site_names_no_page():
    found = reduced(VISIT, Detail.SITE, "facebook.com", None, ids=True)
    assert (found.domain, found.path, found.names) == ("facebook.com", None, ())
    assert not found.parameters
    assert found.removed == ("path", "query", "names")
    same = ("person", "action", "reason", "context", "platform", "evidence", "counted", "decision")
    assert all(getattr(found, each) == getattr(VISIT, each) for each in same)


def test_a_record_of_a_page_is_left_as_it_is():
    bare = VISIT._replace(raised=None)
    assert reduced(bare, Detail.PAGE, "facebook.com", None, ids=True) is bare


def test_a_record_says_why_there_is_more_of_it():
    found = reduced(VISIT, Detail.PAGE, "facebook.com", CASE, ids=True)
    assert found.raised == ("HR-1", True)
    assert reduced(VISIT, Detail.SITE, "facebook.com", CASE, ids=True).raised == ("HR-1", True)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/ExampleshireCouncil", "/ExampleshireCouncil"),
        ("/ExampleshireCouncil/posts/10158", "/ExampleshireCouncil/posts/{id}"),
        ("/messages/t/jane.smith", "/messages/{id}/{id}"),
        ("/12345", "/{id}"),
        ("/1234", "/1234"),
        ("/a/0f8fad5b-d9cb-469f-a165-70867728950e/b", "/a/{id}/b"),
        ("/deadbeef0123", "/{id}"),
        ("/dQw4w9WgXcQabcd_-1", "/{id}"),
        ("/internationalisation", "/internationalisation"),
        ("/@somebody", "/@somebody"),
        ("/jane@example.org", "/{id}"),
        ("/jane%40example.org", "/{id}"),
        ("/WATCH/abc/", "/WATCH/{id}/"),
        ("/status/", "/status/"),
        ("/", "/"),
    ],
)
def test_what_names_a_person_a_message_or_a_thread_goes(path, expected):
    assert without_ids(path) == expected


@given(st.text(max_size=80))
def test_twice_is_once(text):
    path, _ = sanitise_path("/" + text)
    once = without_ids(path)
    assert without_ids(once) == once


def test_without_numbers_a_record_says_what_went():
    page = VISIT._replace(path="/council/posts/10158", raised=None)
    found = reduced(page, Detail.PAGE, "facebook.com", None, ids=False)
    assert (found.path, found.removed) == ("/council/posts/{id}", ("ids", "query"))
    assert not found.parameters
    plain = page._replace(path="/council", parameters={}, removed=())
    assert reduced(plain, Detail.PAGE, "facebook.com", None, ids=False) == plain
    nothing = page._replace(path=None)
    assert reduced(nothing, Detail.PAGE, "facebook.com", None, ids=False) is nothing


def test_a_small_team_is_left_out_beside_a_pseudonym():
    bare = VISIT._replace(teams=("finance", "press"), raised=None)
    found = without_small(bare, frozenset({"press"}))
    assert (found.teams, found.removed) == (("finance",), ("team", "query"))
    assert without_small(bare, frozenset({"legal"})) is bare
    named = bare._replace(raised=VISIT.raised)
    assert without_small(named, frozenset({"press"})) is named
