"""Does the help desk see what is left, no history, and is each use written down?"""

import pytest

from breaktime.core.record import Action, Record
from breaktime.ledger import LedgerError
from support.portal import ADA, HELP, NOON


def test_what_is_left_and_nothing_else(portal):
    portal.put(Record(NOON, Action.VISIT_BLOCKED, "x", "f" * 64, person=ADA, path="/history"))
    portal.post("/break/start", **{"break": "break:own"})
    portal.now = portal.now.replace(minute=10)

    page = portal.post("/helpdesk/look", HELP, person="A.Jones ").text

    assert "35 minutes left, in 1 more part" in page
    assert "/history" not in page
    mine = portal.get("/records").text
    assert "The help desk looked at what is left of your breaks" in mine
    assert "By h.desk." in mine


@pytest.mark.parametrize("name", ["EXAMPLE\\a.jones", "A.Jones@example.org"])
def test_every_sign_in_name_of_somebody_is_theirs(portal, name):
    """Or an allowance is given anew to nobody, and the record says that it was given."""
    portal.post("/break/start", **{"break": "break:own"})
    portal.now = portal.now.replace(minute=10)

    assert "35 minutes left" in portal.post("/helpdesk/look", HELP, person=name).text
    portal.post("/helpdesk/reset", HELP, person=name)
    assert ADA in portal.changed


def test_an_allowance_given_anew(portal):
    portal.post("/break/start", **{"break": "break:own"})
    portal.now = portal.now.replace(minute=50)
    portal.ledger.tick(portal.now)

    page = portal.post("/helpdesk/reset", HELP, person=ADA).text

    assert "The allowance of today was given anew. This is recorded." in page
    assert "45 minutes left, in 2 more parts" in page
    assert "The help desk gave you the time of the day anew" in portal.get("/records").text
    assert ADA in portal.changed


@pytest.mark.parametrize("name", [HELP, "H.Desk ", "EXAMPLE\\h.desk"])
def test_nobody_gives_themselves_more(portal, name):
    page = portal.post("/helpdesk/reset", HELP, person=name)

    assert page.status == 422
    assert "Somebody else of the help desk has to do that for you." in page.text
    assert portal.changed == []
    assert "gave you the time of the day anew" not in portal.get("/records", HELP).text


@pytest.mark.parametrize("path", ["/helpdesk/look", "/helpdesk/reset"])
def test_a_use_that_cannot_be_recorded_is_none(portal, path):
    portal.post("/break/start", **{"break": "break:own"})
    portal.writable = False
    page = portal.post(path, HELP, person=ADA)
    assert page.status == 422
    assert "minutes left" not in page.text
    assert portal.ledger.running() == {ADA}


def test_a_reset_that_the_ledger_does_not_hear_of_has_no_record(portal):
    async def down(_):
        raise LedgerError("no")

    working = portal.house.ledger
    object.__setattr__(portal.house, "ledger", down)
    assert portal.post("/helpdesk/reset", HELP, person=ADA).status == 503
    object.__setattr__(portal.house, "ledger", working)

    assert "gave you the time of the day anew" not in portal.get("/records").text
    assert portal.changed == []


@pytest.mark.parametrize("path", ["/helpdesk/look", "/helpdesk/reset"])
def test_nobody_is_no_person(portal, path):
    for name in (" ", "a@b@c", "example\\a.jones@example.org"):
        assert portal.post(path, HELP, person=name).status == 422


def test_when_the_next_break_is(portal):
    page = portal.post("/helpdesk/look", HELP, person="l.law").text
    assert "No break can be started at the moment." in page
    assert "The next break starts" in page


def test_a_break_that_is_on_is_told(portal):
    portal.post("/break/start", **{"break": "break:own"})
    assert (
        "A break is on. It ends today at 12:45."
        in portal.post("/helpdesk/look", HELP, person=ADA).text
    )
