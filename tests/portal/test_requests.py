"""Can a manager decide for the own team, never for themselves, and does it count at once?"""

import pytest

from breaktime.core.decide import Reason, decide
from breaktime.core.request import Request
from breaktime.ledger import RequestState
from breaktime.portal import requests
from breaktime.portal.case_file import CaseError
from support.portal import ADA, BEN, MEG

GOOD = {"platform": "facebook", "purpose": "Foster carers: 'group' #1", "until": "2026-12-18"}


def asked(portal, who=BEN):
    assert portal.post("/cases/request", who, **GOOD).status == 303
    return portal.ledger.requests.of(who)[0].id


def answer(portal, request, who=MEG, what="approve", until="2026-11-30"):
    return portal.post("/requests/decide", who, request=request, answer=what, until=until)


def opened(portal, who=BEN):
    ask = Request(names=("www.facebook.com",), path="/", person=who, client="10.0.0.5")
    return decide(portal.state.policy, ask, portal.now).reason is Reason.BUSINESS_CASE


def test_an_approved_request_is_a_case_at_once(portal):
    request = asked(portal)
    shown = portal.get("/requests", MEG).text
    assert "b.patel asks for Facebook" in shown
    assert "For: Foster carers: &#39;group&#39; #1" in shown
    assert 'value="2026-12-18"' in shown

    assert answer(portal, request).headers["location"] == "/requests?done=approved"
    assert opened(portal)
    assert not opened(portal, ADA)
    assert "approved by m.finance, until 30 November 2026" in portal.get("/cases", BEN).text
    assert "Your business case for Facebook was approved" in portal.get("/records", BEN).text
    assert "By m.finance." in portal.get("/records", BEN).text
    assert "Nobody is waiting" in portal.get("/requests", MEG).text


def test_a_declined_request_opens_nothing(portal):
    request = asked(portal)
    assert answer(portal, request, what="decline").headers["location"] == "/requests?done=declined"
    assert not opened(portal)
    assert "declined by m.finance" in portal.get("/cases", BEN).text
    assert not list(portal.folder.glob("cases.d/*"))


def test_nobody_decides_for_themselves(portal):
    request = asked(portal, ADA)
    assert request not in portal.get("/requests", ADA).text
    assert answer(portal, request, ADA).status == 422
    assert request in portal.get("/requests", MEG).text


def test_nobody_decides_for_another_team(portal):
    request = asked(portal)
    assert request not in portal.get("/requests", "x.law").text
    assert answer(portal, request, "x.law").status == 422
    assert portal.ledger.requests.find(request).state is RequestState.OPEN


def test_it_is_decided_once(portal):
    request = asked(portal)
    answer(portal, request, what="decline")
    assert answer(portal, request, ADA).status == 422
    assert not opened(portal)


@pytest.mark.parametrize("until", ["", "2026-11-22", "2027-11-25", "soon"])
def test_a_case_has_an_end(portal, until):
    request = asked(portal)
    assert "Choose a last day" in answer(portal, request, until=until).text
    assert portal.ledger.requests.find(request).state is RequestState.OPEN


def test_another_answer_is_none(portal):
    assert answer(portal, asked(portal), what="perhaps").status == 400


def test_a_case_that_cannot_be_put_in_force_leaves_the_request_open(portal, monkeypatch):
    async def broken(*_):
        raise CaseError("no")

    request = asked(portal)
    monkeypatch.setattr(requests, "prepare", broken)
    assert "nothing has opened" in answer(portal, request).text
    assert portal.ledger.requests.find(request).state is RequestState.OPEN
    assert "approved" not in portal.get("/records", BEN).text


def test_one_page_is_opened_and_no_more(portal):
    page = "https://www.facebook.com/Exampleshire.Carers/posts/1?fbclid=who"
    assert portal.post("/cases/request", BEN, **GOOD, page=page).status == 303
    request = portal.ledger.requests.of(BEN)[0]
    assert request.page == "www.facebook.com/exampleshirecarers"
    assert "b.patel asks for www.facebook.com/exampleshirecarers (Facebook)" in (
        portal.get("/requests", MEG).text
    )
    assert answer(portal, request.id).status == 303
    assert not opened(portal)
    carers = "/Exampleshire.Carers", "/exampleshirecarers/photos"
    for path, reason in ((carers[0], True), (carers[1], True), ("/ExampleshireCarersFans", False)):
        ask = Request(names=("www.facebook.com",), path=path, person=BEN, client="10.0.0.5")
        found = decide(portal.state.policy, ask, portal.now).reason is Reason.BUSINESS_CASE
        assert found is reason


@pytest.mark.parametrize("what", ["approve", "decline"])
def test_an_answer_that_cannot_be_recorded_is_none(portal, what):
    request = asked(portal)
    portal.writable = False

    page = answer(portal, request, what=what)

    assert page.status == 422
    assert "This could not be recorded, so nothing was done." in page.text
    assert portal.ledger.requests.find(request).state is RequestState.OPEN
    assert not list((portal.folder / "cases.d").glob("*"))
    portal.reload()
    assert not opened(portal)
    portal.writable = True
    assert answer(portal, request, what=what).status == 303
