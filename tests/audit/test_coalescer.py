"""One record that stands for many."""

from datetime import timedelta

import pytest

from breaktime.audit import Coalescer, topic_of
from breaktime.core.record import Action
from breaktime.core.visit import Evidence
from records import BLOCKED, NOON


def later(minutes=0, **changes):
    return BLOCKED._replace(at=NOON + timedelta(minutes=minutes), **changes)


CLIENT = "10.20.0.5"


def told(first, second, client=CLIENT):
    coalescer = Coalescer()
    coalescer.remember(topic_of(first, CLIENT), first)
    return coalescer.earlier(topic_of(second, client), second.at)


FIRST = later(decision="d-first")

# fmt: off
ROWS = [
    ("the same again",             later(1),                               "d-first"),
    ("the last moment",            later(9.99),                            "d-first"),
    ("ten minutes later",          later(10),                              None),
    ("a clock that goes back",     later(-1),                              "d-first"),
    ("a clock that was set back",  later(-60),                             None),
    ("another person",             later(person="j.bloggs"),               None),
    ("nobody known",               later(person=None),                     None),
    ("another platform",           later(platform="x"),                    None),
    ("another action",             later(action=Action.VISIT_OWN_PAGE),    None),
    ("another reason",             later(reason="suspended"),              None),
    ("another policy",             later(ruleset="0e0e"),                  None),
    ("another address",            later(domain="m.facebook.com"),         "d-first"),
]
# fmt: on


@pytest.mark.parametrize(("record", "earlier"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_one_record_stands_for_many(record, earlier):
    assert told(FIRST, record) == earlier


@pytest.mark.parametrize("page", [{"path": "/b"}, {"domain": "x.org"}, {"parameters": {"v": "2"}}])
def test_each_page_that_a_program_asks_for_is_one_of_its_own(page):
    first = later(decision="d-first", evidence=Evidence.APP)

    assert told(first, first._replace()) == "d-first"
    assert told(first, first._replace(**page)) is None


def test_unknown_people_go_by_their_computer():
    first = later(person=None, decision="d-first")

    assert told(first, later(person=None)) == "d-first"
    assert told(first, later(person=None), client="10.20.0.6") is None


def test_nobody_is_taken_for_somebody_who_is_called_like_a_computer():
    assert told(later(person=None), later(person=CLIENT)) is None


def test_a_person_is_the_same_at_another_computer():
    assert told(FIRST, later(), client="10.20.0.6") == "d-first"


def test_the_next_one_counts_from_itself():
    coalescer = Coalescer()
    topic = ("a topic",)
    coalescer.remember(topic, FIRST)
    coalescer.remember(topic, later(10, decision="d-second"))

    assert coalescer.earlier(topic, later(19).at) == "d-second"


def test_what_has_no_id_stands_for_nothing():
    assert told(later(decision=None), later()) is None


def test_the_memory_is_bounded():
    coalescer = Coalescer(size=3)
    for number in range(10):
        coalescer.remember((number,), later())

    assert coalescer.earlier((6,), NOON) is None
    assert coalescer.earlier((7,), NOON) is not None


def test_what_is_not_kept_stands_for_nothing():
    coalescer = Coalescer()
    coalescer.remember(("a topic",), FIRST)
    coalescer.forget(("a topic",))
    coalescer.forget(("another",))

    assert coalescer.earlier(("a topic",), NOON) is None
