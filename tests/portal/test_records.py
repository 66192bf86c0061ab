"""Does somebody see all that is recorded of them, nothing of others, and can they object?"""

from datetime import timedelta

import pytest

from breaktime.core.decide import Context, Reason, Verdict
from breaktime.core.record import Action, Record
from breaktime.core.visit import Evidence
from breaktime.pages.texts import TEXTS
from breaktime.portal import records
from support.portal import ADA, BEN, NOON

VISIT = Record(
    at=NOON,
    action=Action.VISIT_BLOCKED,
    message="Blocked: facebook.com, outside the breaks",
    ruleset="f" * 64,
    verdict=Verdict.BLOCK,
    reason=Reason.OUTSIDE_BREAKS,
    context=Context.OUTSIDE_BREAK,
    decision="d-7k3mq9x2vd",
    person=ADA,
    platform="facebook",
    domain="www.facebook.com",
    path="/watch",
    parameters={"v": "1"},
    evidence=Evidence.USER_NAVIGATION,
    counted=False,
)


def of(person, **facts):
    return VISIT._replace(person=person, **facts)


def ids(portal, person=ADA, day=NOON):
    found = records.own_records(
        portal.folder / "audit", person, day - timedelta(days=1), day + timedelta(days=1)
    )
    return [line["event"]["id"] for line in found]


def test_a_record_is_shown_as_it_was_written_in_words(portal):
    portal.put(VISIT)
    page = portal.get("/records").text
    assert "12:00 Facebook was refused" in page
    assert "Where: www.facebook.com/watch?v=1" in page
    assert "Why: outside the breaks" in page
    assert "d-7k3mq9x2vd" in page
    assert "It counts as a visit.</p>" not in page


def test_nothing_of_anybody_else_is_shown(portal):
    portal.put(VISIT)
    portal.put(of(BEN, path="/ben"))
    portal.put(of(None, path="/nobody", source="10.0.0.5"))
    assert "/ben" not in portal.get("/records").text
    assert "/nobody" not in portal.get("/records").text
    assert "/ben" in portal.get("/records", BEN).text
    assert "There are no records of you" in portal.get("/records", "l.law").text


def test_a_day_is_one_by_their_own_clock(portal):
    """In summer the day begins at 23:00 UTC, and its records stand in two files."""
    early = NOON.replace(month=6, day=22, hour=23, minute=30)
    portal.put(of(ADA, at=early, path="/early"))
    portal.put(of(ADA, at=early - timedelta(hours=1), path="/before"))
    page = portal.get("/records?day=2026-06-23").text
    assert "/early" in page
    assert "00:30" in page
    assert "/before" not in page
    assert "/before" in portal.get("/records?day=2026-06-22").text


def test_one_gets_from_day_to_day(portal):
    portal.put(of(ADA, at=NOON - timedelta(days=2)))
    page = portal.get("/records?day=2026-11-22").text
    assert 'href="/records?day=2026-11-21"' in page
    assert 'href="/records?day=2026-11-23"' in page
    assert "The oldest day that is kept is 21 November 2026." in page
    assert "The day before" not in portal.get("/records?day=2026-11-21").text
    assert "The day after" not in portal.get("/records").text
    assert "The day after" not in portal.get("/records?day=2099-01-01").text


def test_a_long_day_says_that_it_is_cut(portal, monkeypatch):
    monkeypatch.setattr(records, "MOST", 2)
    for _ in range(3):
        portal.put(VISIT)
    page = portal.get("/records").text
    assert page.count("Facebook was refused") == 2
    assert "There are more than 2 records of this day." in page


def test_a_note_stands_with_the_record(portal):
    portal.put(VISIT)
    (record,) = ids(portal)
    sent = portal.post("/records/dispute", record=record, day="2026-11-23", note=" I was\r\nill ")
    assert sent.headers["location"] == "/records?done=disputed"
    page = portal.get("/records").text
    assert "Your note: I was ill" in page
    assert f"About record {record}." in page


@pytest.mark.parametrize(("note", "who"), [("", ADA), (" \n ", ADA), ("x", BEN)])
def test_a_note_about_nothing_of_theirs_is_not_kept(portal, note, who):
    portal.put(VISIT)
    (record,) = ids(portal)
    assert portal.post("/records/dispute", who, record=record, note=note).status == 422
    assert len(ids(portal)) == 1
    assert ids(portal, BEN) == []


def test_a_note_that_cannot_be_kept_is_not_said_to_be(portal):
    portal.put(VISIT)
    (record,) = ids(portal)
    portal.writable = False
    assert portal.post("/records/dispute", record=record, note="x").status == 422


def test_every_action_and_reason_about_a_person_has_words(portal):
    service = {"identity-failed", "config-loaded", "config-rejected"}
    service |= {"visits-counted", "concern-started", "concern-ended", "worker-lost"}  # no name
    service |= {"clock-stepped", "log-read", "subject-exported"}  # noted beside the log
    of_the_log = ("service-", "integrity-", "audit-", "worker-", "ledger-", "peer-")
    about_people = {str(one) for one in Action if not one.startswith(of_the_log)} - service
    reasons = {str(one) for one in Reason} - {"not_controlled", "exempt"}
    for texts in TEXTS.values():
        assert set(texts.portal["actions"]) >= about_people
        assert set(texts.portal["reasons"]) >= reasons
