"""Is a request for a business case kept, shown to whom it should be, and decided once?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from breaktime.ledger import CaseRequest, RequestState, in_teams
from breaktime.ledger.requests import MOST_OPEN
from calendars import utc

NOON = utc("2026-11-23 12:00")
HERS = CaseRequest(
    id="3f9a2c71",
    at=NOON,
    person="ada",
    teams=("finance", "press"),
    platform="facebook",
    purpose="Answer questions in the group",
    until=date(2026, 12, 18),
)


def test_what_was_asked_for_is_there(ledger):
    assert ledger.requests.add(HERS)

    assert ledger.requests.find("3f9a2c71") == HERS
    assert ledger.requests.of("ada") == ledger.requests.waiting() == (HERS,)
    assert ledger.requests.of("bob") == ()
    assert ledger.requests.find("other") is None


def test_what_is_not_recorded_yet_is_known_by_who_is_going_to(ledger):
    requests = ledger.requests
    for number, teller in enumerate(("gw-a", "gw-b", None)):
        requests.add(replace(HERS, id=str(number)), teller)
    assert [one.id for one in requests.untold("gw-a")] == ["0"]
    requests.told("0")
    assert requests.untold("gw-a") == ()
    requests.decide("0", RequestState.DECLINED, "m", NOON, teller="gw-a")
    assert [(one.id, one.state) for one in requests.untold("gw-a")] == [("0", "declined")]
    requests.reopen("0")
    assert requests.untold("gw-a") == ()
    assert [one.id for one in requests.untold("gw-b")] == ["1"]


def test_what_the_workers_of_a_gateway_have_not_recorded_is_its_own_too(ledger):
    requests = ledger.requests
    tellers = ("gw_1", "gw_1/1", "gw_1/10", "gw_1-2", "gwx1/1", "gw_1.b/1")
    for number, teller in enumerate(tellers):
        requests.add(replace(HERS, id=str(number), person=teller), teller)

    assert {one.person for one in requests.untold("gw_1")} == {"gw_1", "gw_1/1", "gw_1/10"}
    assert {one.person for one in requests.untold("gw_1/1")} == {"gw_1/1"}


def test_it_is_kept_by_the_database_and_not_by_the_process(opened):
    opened().requests.add(HERS)
    assert opened().requests.of("ada") == (HERS,)


def test_it_is_decided_once(ledger):
    ledger.requests.add(HERS)
    ends = date(2026, 12, 11)

    assert ledger.requests.decide(HERS.id, RequestState.APPROVED, "m", NOON, ends)
    assert not ledger.requests.decide(HERS.id, RequestState.DECLINED, "n", NOON)

    found = ledger.requests.find(HERS.id)
    assert found == replace(HERS, state=RequestState.APPROVED, by="m", decided=NOON, ends=ends)
    assert ledger.requests.waiting() == ()


def test_a_decision_that_cannot_be_carried_out_is_taken_back(ledger):
    ledger.requests.add(HERS)
    ledger.requests.decide(HERS.id, RequestState.APPROVED, "m", NOON, HERS.until)
    ledger.requests.reopen(HERS.id)
    assert ledger.requests.waiting() == (HERS,)


def test_nobody_fills_the_queue(ledger):
    many = [replace(HERS, id=f"{number:08}") for number in range(MOST_OPEN + 1)]
    assert [ledger.requests.add(one) for one in many] == [True] * MOST_OPEN + [False]
    assert ledger.requests.add(replace(HERS, id="other", person="bob"))


def test_old_requests_are_forgotten(ledger):
    ledger.requests.add(HERS)
    ledger.requests.forget(NOON)
    assert ledger.requests.of("ada") == (HERS,)
    ledger.requests.forget(NOON + timedelta(seconds=1))
    assert ledger.requests.of("ada") == ()


@pytest.mark.parametrize(
    ("teams", "shown"),
    [({"finance"}, True), ({"press", "legal"}, True), ({"legal"}, False), (set(), False)],
)
def test_requests_belong_to_the_teams_of_who_asked(teams, shown):
    assert bool(in_teams([HERS], frozenset(teams))) is shown
