"""What a policy says about people is shared by all who are treated alike."""

import gc
import pickle
from datetime import timedelta

import pytest

from breaktime.core.breaks import Break, FlexibleBreak
from breaktime.core.decide import decide
from breaktime.core.policy import EVERYONE, BreakList, Disagreement, Policy
from breaktime.core.request import Request
from breaktime.core.rule import OWN, Rule
from breaktime.core.when import look
from calendars import a_break, span, utc
from office import SETTINGS, person, team

NOON = utc("2026-11-23 12:30")
LUNCH = a_break("lunch", "12:00-13:00")
TEA = a_break("tea", "10:00-10:15")
CHOICE = FlexibleBreak(Rule("break:choice"), (span("12:00-14:00"),), minutes=30, sittings=2)


def listed(who, line, *breaks, **more):
    return person(who), BreakList(Rule(f"person:{who}", "people.csv", line), breaks, **more)


def policy(*lists, **more):
    breaks = dict(lists) | {EVERYONE: BreakList(Rule("everyone"), (TEA,))}
    nothing = {"exceptions": (), "blackouts": (), "suspensions": ()}
    return Policy(**SETTINGS | nothing | {"breaks": breaks} | more)


def asked(policy, who, at=NOON):
    return decide(policy, Request(("www.facebook.com",), "/", person=who), at)


def test_lists_that_are_alike_are_laid_out_once_and_each_names_its_own_line():
    shared = policy(listed("ann", 2, LUNCH), listed("amy", 3, LUNCH))
    ann, amy = (asked(shared, who) for who in ("ann", "amy"))

    assert ann.because == (LUNCH.rule, Rule("person:ann", "people.csv", 2))
    assert amy.because == (LUNCH.rule, Rule("person:amy", "people.csv", 3))
    one, other = (shared.standing(who, (), None).profile for who in ("ann", "amy"))
    assert one.laid_out is other.laid_out
    assert list(one.laid_out) == [(None, NOON.toordinal())]


APART = [
    ("other breaks", listed("amy", 3, TEA)),
    ("breaks on top", listed("amy", 3, LUNCH, adds=True)),
    ("a rota", listed("amy", 3, LUNCH, via=(Rule("rota:red"),))),
    ("a rota of names", listed("amy", 3, LUNCH, personal={"amy": (TEA,)})),
    ("no breaks", listed("amy", 3)),
]


@pytest.mark.parametrize("other", [row[1] for row in APART], ids=[row[0] for row in APART])
def test_lists_that_differ_are_kept_apart(other):
    both = policy(listed("ann", 2, LUNCH), other)
    profiles = [both.standing(who, (), None).profile for who in ("ann", "amy")]

    assert profiles[0].laid_out is not profiles[1].laid_out
    alone = policy(other)
    for hour in range(24):
        at = NOON + timedelta(hours=hour, minutes=-20)
        assert asked(both, "amy", at) == asked(alone, "amy", at)


def test_equal_lists_of_two_places_in_the_file_are_alike():
    again = Break(LUNCH.rule, LUNCH.spans, LUNCH.days)
    shared = policy(listed("ann", 2, LUNCH), listed("amy", 3, again))

    one, other = (shared.standing(who, (), None).profile for who in ("ann", "amy"))
    assert one.laid_out is other.laid_out


def test_an_offer_names_the_list_of_whoever_asks():
    shared = policy(listed("ann", 2, CHOICE), listed("amy", 3, CHOICE))

    for who, line in (("ann", 2), ("amy", 3)):
        opening = look(shared.standing(who, (), None).profile, NOON)
        rules = CHOICE.rule, Rule(f"person:{who}", "people.csv", line)
        assert (opening.rules, opening.offers[0].rules) == (rules, rules)


@pytest.mark.parametrize("disagreement", Disagreement)
def test_nobody_is_told_of_a_stand_in(disagreement):
    shared = policy(
        listed("ada", 2, LUNCH, adds=True, via=(Rule("rota:red"),)),
        (team("office"), BreakList(Rule("team:office"), (CHOICE, LUNCH))),
        disagreement=disagreement,
    )
    for quarter in range(96):
        found = asked(shared, "ada", NOON + timedelta(minutes=15 * quarter))
        assert OWN not in found.because
        assert found.chance is None or OWN not in found.chance.offer.rules


def test_a_list_of_another_name_is_nobody_elses():
    """Whoever builds a policy by hand may call a list what they like."""
    odd = BreakList(Rule("mine"), (LUNCH,))
    shared = policy((person("ann"), odd), (person("amy"), odd))

    assert asked(shared, "ann").because == (LUNCH.rule, Rule("mine"))
    one, other = (shared.standing(who, (), None).profile for who in ("ann", "amy"))
    assert one is not other


def test_what_is_kept_stays_behind_when_a_policy_goes_to_another_process():
    """Identities above all: in another process, they are those of other objects."""
    shared = policy(listed("ann", 2, LUNCH))
    asked(shared, "ann")
    assert any(shared.kept)

    taken_over = pickle.loads(pickle.dumps(shared._standings))

    assert not any(taken_over.kept)
    here, there = shared.standing("ann", (), None), taken_over.of(shared, "ann", (), None)
    assert here[:-1] == there[:-1]


def test_a_policy_that_nobody_holds_is_gone_at_once():
    gc.collect()
    gc.disable()
    try:
        shared = policy(listed("ann", 2, LUNCH))
        asked(shared, "ann")
        before = len(gc.get_objects())
        del shared
        assert len(gc.get_objects()) < before
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_the_garbage_collector_is_given_nothing_for_each_person():
    """What it has to look at holds up everybody: a hundred thousand are no more than ten."""
    lists = [listed(f"p{number}", number + 2, LUNCH) for number in range(300)]
    shared = policy(*lists)
    asked(shared, "p0")
    gc.collect()
    before = len(gc.get_objects())
    for number in range(300):
        asked(shared, f"p{number}")
    gc.collect()

    assert len(gc.get_objects()) - before < 100
