"""What was let through ends with its reason."""

from datetime import UTC, datetime, timedelta

import pytest

from breaktime.core.decide import FAULT, PASSED, Context, Decision, Reason, Verdict
from breaktime.core.request import Request
from breaktime.mitm.leases import MOST_EXCHANGES, PAUSE, Leases
from support.asked import question_about

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GRACE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)

ASKED = Request(("www.facebook.com",), person="a.jones")
LATER = Request(("x.com",))
REFUSED = Decision(Verdict.BLOCK, Reason.OUTSIDE_BREAKS)
EXEMPT = Decision(Verdict.ALLOW, Reason.EXEMPT)


def allowed(until=NOON, reason=Reason.BREAK_FIXED):
    return Decision(Verdict.ALLOW, reason, Context.BREAK, changes_at=until)


class Table:
    """Leases, what they have ended, and the answers they get when they ask again."""

    def __init__(self, answers=None):
        self.ended = []
        self.asked = []
        self.answers = answers or {}
        self.leases = Leases(self.ended.append, self.judge)

    def judge(self, request, at, usage):
        self.asked.append(request)
        answer = self.answers.get(request.names, REFUSED)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def grant(self, connection="a", exchange="1", decision=None, request=ASKED):
        self.leases.grant(
            connection, exchange, question_about(request, GRACE), decision or allowed()
        )


def test_a_connection_ends_after_the_grace_and_not_before():
    table = Table()
    table.grant()

    assert table.leases.sweep(NOON + GRACE - SECOND) == 0
    assert table.asked == []
    assert table.leases.sweep(NOON + GRACE) == 1
    assert table.ended == ["a"]


def test_a_connection_is_ended_once():
    table = Table()
    table.grant()
    table.leases.sweep(NOON + 2 * GRACE)

    assert table.leases.sweep(NOON + 3 * GRACE) == 0
    assert table.ended == ["a"]


def test_a_business_case_ends_as_a_break_does():
    table = Table()
    table.grant(decision=allowed(reason=Reason.BUSINESS_CASE))

    assert table.leases.sweep(NOON + GRACE) == 1


def test_a_break_that_flows_into_another_permission_goes_on_until_that_ends():
    table = Table({ASKED.names: allowed(NOON + HOUR)})
    table.grant()

    assert table.leases.sweep(NOON + GRACE) == 0
    table.answers.clear()
    assert table.leases.sweep(NOON + HOUR) == 0
    assert table.leases.sweep(NOON + HOUR + GRACE) == 1


def test_the_last_of_several_requests_one_after_the_other_counts():
    table = Table()
    for number, until in enumerate((NOON, NOON + HOUR)):
        table.grant(exchange=str(number), decision=allowed(until))
        table.leases.finish("a", str(number))
    table.grant("b", "2")
    table.leases.finish("b", "2")
    table.grant("b", "3", allowed(None, Reason.OWN_PAGE))

    assert table.leases.sweep(NOON + GRACE) == 0
    assert len(table.leases) == 2


def test_the_earliest_end_counts_of_requests_at_the_same_time():
    table = Table()
    table.grant(exchange="1")
    table.grant(exchange="2", decision=allowed(NOON + HOUR), request=LATER)
    table.leases.finish("a", "2")

    assert table.leases.sweep(NOON + GRACE) == 1
    assert table.asked == [ASKED]


def test_a_request_that_is_over_holds_no_other_back():
    table = Table()
    table.grant(exchange="1")
    table.grant(exchange="2", decision=allowed(NOON + HOUR))
    table.leases.finish("a", "1")
    table.leases.finish("a", "never known")
    table.leases.finish("never known", "1")

    assert table.leases.sweep(NOON + GRACE) == 0


def test_an_idle_connection_ends_with_what_it_was_last_used_for():
    table = Table()
    table.grant()
    table.leases.finish("a", "1")

    assert table.leases.sweep(NOON + GRACE) == 1


def test_no_number_of_other_requests_makes_one_forgotten():
    table = Table()
    for number in range(MOST_EXCHANGES):
        table.grant(exchange=str(number), decision=allowed(NOON if not number else None))
    assert table.ended == []
    table.grant(exchange="one more", decision=allowed(None))

    assert table.ended == ["a"]
    assert len(table.leases) == 0


def test_a_connection_that_has_gone_is_forgotten():
    table = Table()
    table.grant()
    table.leases.release("a")
    table.leases.release("never known")

    assert table.leases.sweep(NOON + GRACE) == 0
    assert table.ended == []


def test_a_new_configuration_ends_what_it_refuses_at_once_and_renews_the_rest():
    table = Table({LATER.names: allowed(NOON - HOUR)})
    table.grant("a")
    table.grant("b", request=LATER)

    assert table.leases.review(NOON - 2 * HOUR) == 1
    assert table.ended == ["a"]
    table.answers.clear()
    assert table.leases.sweep(NOON - HOUR + GRACE) == 1


def test_what_went_on_unseen_ends_where_it_would_now_be_recorded():
    for before in (EXEMPT, PASSED):
        table = Table({ASKED.names: allowed()})
        table.grant(decision=before)
        assert table.leases.review(NOON - HOUR) == 1


def test_what_was_recorded_goes_on_where_it_would_now_be_unseen():
    for after in (EXEMPT, PASSED):
        table = Table({ASKED.names: after})
        table.grant()
        assert table.leases.review(NOON - HOUR) == 0
        table.answers[ASKED.names] = allowed()
        assert table.leases.review(NOON - HOUR) == 1


def test_what_cannot_be_judged_ends():
    for answer in (ValueError("fault"), FAULT):
        table = Table({ASKED.names: answer})
        table.grant()
        assert table.leases.review(NOON - HOUR) == 1


def test_connections_of_people_who_signed_in_are_known():
    table = Table()
    table.grant("a")
    table.grant("b", request=LATER)

    assert table.leases.signed_in() == ["a"]


def test_one_connection_that_cannot_be_ended_does_not_keep_the_others():
    aborted, ended = [], []

    def cut(connection):
        if connection != "good":
            raise OSError
        ended.append(connection)

    def abort(connection):
        aborted.append(connection)
        if connection == "worst":
            raise ValueError

    leases = Leases(cut, lambda *_: REFUSED, abort)
    for connection in ("bad", "worst", "good"):
        leases.grant(connection, "1", question_about(ASKED, GRACE), allowed())

    assert leases.sweep(NOON + GRACE) == 3
    assert (aborted, ended) == (["bad", "worst"], ["good"])
    assert len(leases) == 0


def sitting(person, until=NOON + HOUR):
    return allowed(until, Reason.BREAK_FLEXIBLE)._replace(person=person)


def test_a_sitting_that_was_stopped_ends_its_connections_after_a_grace():
    table = Table()
    table.grant("a", decision=sitting("ada"))
    table.grant("b", decision=sitting("bob"))
    table.grant("c", decision=allowed(NOON + HOUR))

    assert table.leases.sittings() == {"a": "ada", "b": "bob"}
    table.leases.stopped(["a", "c", "gone"], NOON)
    table.leases.sweep(NOON + GRACE)

    assert table.ended == ["a"]
    assert table.leases.sittings() == {"b": "bob"}


def test_stopping_does_not_make_a_connection_live_longer():
    table = Table()
    table.grant("a", decision=sitting("ada", NOON))
    table.leases.stopped(["a"], NOON + GRACE)
    table.leases.sweep(NOON + GRACE)

    assert table.ended == ["a"]


def test_a_sitting_without_a_known_end_ends_when_it_is_stopped():
    table = Table()
    table.grant("a", decision=sitting("ada", None))
    table.leases.stopped(["a"], NOON)
    table.leases.sweep(NOON + GRACE)

    assert table.ended == ["a"]


class Parts(Table):
    """The same where a part of a connection can end alone, and what is told."""

    def __init__(self, answers=None, *, can=True):
        super().__init__(answers)
        self.reset = []
        self.told = []

        def reset(connection, exchanges):
            self.reset.append((connection, set(exchanges)))
            if isinstance(can, Exception):
                raise can
            return can

        tell = lambda what, why, at: self.told.append((what.decision.reason, why, at))  # noqa: E731
        self.leases = Leases(self.ended.append, self.judge, reset=reset, tell=tell)


def test_a_part_of_a_connection_ends_alone_where_the_rest_goes_on():
    table = Parts()
    table.grant(exchange="1")
    table.grant(exchange="2", decision=allowed(None, Reason.OWN_PAGE))

    assert table.leases.sweep(NOON + GRACE) == 1
    assert (table.reset, table.ended) == ([("a", {"1"})], [])
    assert table.told == [(Reason.BREAK_FIXED, Reason.OUTSIDE_BREAKS, NOON + GRACE)]
    assert table.leases.sweep(NOON + 2 * GRACE) == 0


@pytest.mark.parametrize("can", [False, RuntimeError("no")])
def test_where_no_part_can_end_alone_all_of_it_ends(can):
    table = Parts(can=can)
    table.grant(exchange="1")
    table.grant(exchange="2", decision=allowed(None, Reason.OWN_PAGE))

    assert table.leases.sweep(NOON + GRACE) == 1
    assert table.ended == ["a"]
    assert len(table.told) == 1


def test_what_was_answered_before_keeps_nothing_open():
    table = Parts()
    table.grant(exchange="1", decision=allowed(None, Reason.OWN_PAGE))
    table.leases.finish("a", "1")
    table.grant(exchange="2")

    table.leases.sweep(NOON + GRACE)
    assert (table.reset, table.ended) == ([], ["a"])


def test_a_connection_is_told_of_once_and_an_idle_one_not_at_all():
    table = Parts()
    table.grant(exchange="1")
    table.grant(exchange="2")
    table.grant("b", "3")
    table.leases.finish("b", "3")

    assert table.leases.sweep(NOON + GRACE) == 2
    assert table.ended == ["a", "b"]
    assert len(table.told) == 1


def test_a_log_that_fails_keeps_nothing_open():
    table = Table()

    def tell(what, why, at):
        raise RuntimeError

    table.leases = Leases(table.ended.append, table.judge, tell=tell)
    table.grant()
    table.grant("b", "2")

    assert table.leases.sweep(NOON + GRACE) == 2
    assert table.ended == ["a", "b"]


def test_it_is_known_when_something_is_due_and_moves_on():
    table = Table({LATER.names: allowed(NOON + HOUR)})
    assert table.leases.due is None
    table.grant("a", decision=allowed(None, Reason.OWN_PAGE))
    assert table.leases.due is None
    table.grant("b", request=LATER)
    table.grant("c", decision=allowed(NOON + 2 * HOUR))

    assert table.leases.due == NOON + GRACE
    assert table.leases.sweep(NOON + GRACE - SECOND) == 0
    table.leases.sweep(NOON + GRACE)
    assert table.leases.due == NOON + HOUR + GRACE


def test_a_sitting_that_is_stopped_is_due_earlier():
    table = Table()
    table.grant("a", decision=sitting("ada"))
    table.leases.stopped(["a"], NOON - HOUR)

    assert table.leases.due == NOON - HOUR + GRACE


def test_what_stays_due_is_not_asked_about_with_every_byte():
    table = Table({ASKED.names: allowed(NOON - HOUR)})
    table.grant()
    table.leases.sweep(NOON + GRACE)

    assert table.leases.due == NOON + GRACE + PAUSE


def test_each_ends_before_the_next_is_asked_about():
    table = Table()
    order = []
    table.leases = Leases(
        lambda connection: order.append(f"{connection} ends"),
        lambda *_: order.append("asked") or REFUSED,
        tell=lambda *_: order.append("told"),
    )
    table.grant("a")
    table.grant("b")
    table.leases.sweep(NOON + GRACE)

    assert order == ["asked", "a ends", "asked", "b ends", "told", "told"]
