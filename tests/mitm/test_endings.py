"""What may be told of the end of a connection, and what may not."""

from datetime import UTC, datetime

import pytest

from breaktime.core.decide import PASSED, Context, Decision, Reason, Verdict
from breaktime.core.detail import Detail, Details, Looking
from breaktime.core.record import Action
from breaktime.core.request import Request
from breaktime.mitm.endings import opened, record_of_end, record_of_relay
from support.asked import question_about
from support.policy import state_in

AT = datetime(2026, 11, 23, 14, 1, tzinfo=UTC)
ASKED = Request(("www.facebook.com",), person="a.jones", client="10.0.0.5")
ALLOWED = Decision(Verdict.ALLOW, Reason.BREAK_FIXED, Context.BREAK, person="a.jones")


@pytest.fixture
def end(tmp_path):
    policy = state_in(tmp_path).now.policy

    def end(decision):
        what = opened(question_about(ASKED), decision)
        return record_of_end(what, Reason.OUTSIDE_BREAKS, policy, AT)

    return end


def test_the_end_of_what_a_break_opened_is_told(end):
    record = end(ALLOWED)
    assert (record.action, record.at, record.person) == (Action.CONNECTION_CUT, AT, "a.jones")
    assert (record.reason, record.context) == (Reason.OUTSIDE_BREAKS, Context.BREAK)
    assert (record.verdict, record.counted, record.path, record.source) == (None, None, None, None)


@pytest.mark.parametrize("decision", [PASSED, Decision(Verdict.ALLOW, Reason.EXEMPT)])
def test_what_was_not_recorded_is_not_recorded_when_it_ends(end, decision):
    assert end(decision) is None


def test_the_end_of_a_relay_that_is_controlled_now_names_the_site_and_nobody(tmp_path):
    policy = state_in(tmp_path).now.policy
    record = record_of_relay(("www.facebook.com", "no name!"), policy, AT, Looking())
    assert (record.action, record.platform, record.domain) == (
        Action.CONNECTION_CUT,
        "facebook",
        "facebook.com",
    )
    assert (record.person, record.source, record.place, record.teams) == (None, None, None, ())
    assert (record.reason, record.verdict, record.counted) == (None, None, False)


@pytest.mark.parametrize(
    ("name", "refused"),
    [("example.org", Detail.PAGE), ("facebook.com", Detail.NONE), ("facebook.com", Detail.COUNT)],
    ids=["no platform", "nothing is written", "only counted"],
)
def test_the_end_of_a_relay_has_no_record_where_a_refusal_has_none(tmp_path, name, refused):
    policy = state_in(tmp_path).now.policy
    looking = Looking(Details(refused=refused))
    assert record_of_relay((name,), policy, AT, looking) is None
