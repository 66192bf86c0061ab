"""Do the breaks of the file open what they say, for whom they say?"""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breaktime.config import parse
from breaktime.core.decide import Reason
from breaktime.core.policy import EVERYONE, Subject, SubjectKind
from written import LEAST, asked, loaded, problems

BREAKS = """
breaks:
  lunch: {days: Mon-Fri, at: 12:00-14:00, bank_holidays: exclude}
  tea: {days: Mon-Fri, at: [10:30-10:45, 15:15-15:30]}
  short: {days: Mon-Fri, at: 12:30-13:00}
  chat: {at: 18:00-19:00, platforms: [instagram]}
teams:
  finance: {members: [a.jones, both], breaks: [lunch, tea]}
  sales: {members: [both], breaks: [short]}
  legal: {members: {directory_group: GG-Legal}, breaks: none}
places:
  depot: {networks: [10.30.0.0/16], breaks: [tea]}
everyone: {breaks: [lunch]}
people:
  r.hughes: {breaks: {add: [{days: Mon-Fri, at: 16:00-16:15}]}}
  c.lee: {breaks: [chat]}
"""


@pytest.mark.parametrize(
    ("person", "client", "at", "is_open", "rule"),
    [
        ("anybody", None, "2026-11-23 11:59", False, "everyone"),
        ("anybody", None, "2026-11-23 12:00", True, "break:lunch"),
        ("anybody", None, "2026-11-23 13:59", True, "break:lunch"),
        ("anybody", None, "2026-11-23 14:00", False, "everyone"),
        ("anybody", None, "2026-11-22 12:30", False, "everyone"),
        ("anybody", "10.30.1.1", "2026-11-23 12:30", False, "place:depot"),
        ("anybody", "10.30.1.1", "2026-11-23 10:35", True, "break:tea"),
        ("a.jones", "10.30.1.1", "2026-11-23 12:30", True, "break:lunch"),
        ("r.hughes", None, "2026-11-23 16:05", True, "break:person.r.hughes[1]"),
        ("r.hughes", None, "2026-11-23 12:05", True, "break:lunch"),
        ("c.lee", None, "2026-11-23 18:30", False, "person:c.lee"),
        ("both", None, "2026-11-23 12:05", True, "break:lunch"),
    ],
)
def test_who_has_which_break(person, client, at, is_open, rule):
    decision = asked(loaded(BREAKS), person, at, client=client)
    assert (decision.reason is Reason.BREAK_FIXED) is is_open
    assert decision.because[0].id == rule


def test_a_break_may_be_for_some_platforms_only():
    config = loaded(BREAKS.replace("[instagram]", "{categories: [social-network], except: [x]}"))
    at = "2026-11-23 18:30"
    assert asked(config, "c.lee", at, address="facebook.com").reason is Reason.BREAK_FIXED
    assert asked(config, "c.lee", at, address="x.com").reason is Reason.OUTSIDE_BREAKS


def test_a_break_for_platforms_that_are_not_controlled_is_a_warning():
    config = loaded("breaks: {chat: {at: 18:00-19:00, platforms: [whatsapp]}}\n")
    assert [str(warning) for warning in config.warnings] == [
        "breaktime.yaml:5:45: breaks.chat.platforms: none of these platforms is controlled"
    ]


def test_two_teams_that_disagree():
    narrow = BREAKS + "when_rules_disagree: {two_teams: narrowest}\n"
    at = "2026-11-23 12:05"
    assert asked(loaded(BREAKS), "both", at).reason is Reason.BREAK_FIXED
    assert asked(loaded(narrow), "both", at).reason is Reason.OUTSIDE_BREAKS
    assert asked(loaded(narrow), "both", "2026-11-23 12:35").reason is Reason.BREAK_FIXED


def test_every_layer_knows_where_it_is_written():
    lists = loaded(BREAKS).policy.breaks
    assert str(lists[EVERYONE].rule) == "everyone (breaktime.yaml:17)"
    person = lists[Subject(SubjectKind.PERSON, "r.hughes")]
    assert str(person.rule) == "person:r.hughes (breaktime.yaml:19)"
    assert person.adds
    assert lists[Subject(SubjectKind.TEAM, "legal")].breaks == ()
    assert str(lists[Subject(SubjectKind.PLACE, "depot")].rule) == "place:depot (breaktime.yaml:16)"


EXCEPTIONS = """
exceptions:
  - {dates: 2026-12-24, for: everyone, breaks: [{at: 16:00-17:00}]}
  - {dates: 2026-11-23 to 2026-11-24, for: {team: finance}, breaks: none}
  - dates: [2026-11-25, 2026-12-01 to 2026-12-02]
    for: {person: r.hughes}
    breaks: {add: [{at: 20:00-21:00}]}
blackouts:
  - {for: {place: depot}, days: Mon-Fri, at: 10:30-10:40, from: 2026-11-01, until: 2026-11-30}
"""


@pytest.mark.parametrize(
    ("person", "client", "at", "reason", "rule"),
    [
        (
            "anybody",
            None,
            "2026-12-24 16:30",
            Reason.BREAK_EXCEPTION,
            "break:exception.2026-12-24[1]",
        ),
        ("anybody", None, "2026-12-24 12:30", Reason.OUTSIDE_BREAKS, "exception:2026-12-24"),
        ("a.jones", None, "2026-11-24 12:30", Reason.OUTSIDE_BREAKS, "exception:2026-11-23"),
        ("a.jones", None, "2026-11-25 12:30", Reason.BREAK_FIXED, "break:lunch"),
        (
            "r.hughes",
            None,
            "2026-12-02 20:30",
            Reason.BREAK_EXCEPTION,
            "break:exception.2026-11-25[1]",
        ),
        ("r.hughes", None, "2026-12-02 12:30", Reason.BREAK_FIXED, "break:lunch"),
        ("anybody", "10.30.0.1", "2026-11-23 10:35", Reason.BLACKOUT, "blackout:1"),
        ("anybody", "10.30.0.1", "2026-11-23 10:41", Reason.BREAK_FIXED, "break:tea"),
        ("anybody", "10.30.0.1", "2026-12-01 10:35", Reason.BREAK_FIXED, "break:tea"),
    ],
)
def test_dates_win_over_weeks_and_blackouts_over_breaks(person, client, at, reason, rule):
    decision = asked(loaded(BREAKS + EXCEPTIONS), person, at, client=client)
    assert decision.reason is reason
    assert decision.because[0].id == rule


def test_bank_holidays_and_closed_days():
    text = BREAKS.replace("breaks:", "breaks:\n  off: {at: 20:00-21:00, bank_holidays: only}", 1)
    config = loaded(text.replace("everyone: {breaks: [lunch]}", "everyone: {breaks: [lunch, off]}"))
    assert asked(config, "a", "2026-12-25 12:30").reason is Reason.BREAK_FIXED
    more = "bank_holidays: GB-ENG, closed_days: [2026-12-29 to 2026-12-30], timezone"
    config = parse(LEAST.replace("timezone", more) + text.replace("[lunch]}", "[lunch, off]}"))
    for day in ("2026-12-25", "2026-12-29", "2026-12-30"):
        assert asked(config, "x", f"{day} 12:30").reason is Reason.OUTSIDE_BREAKS
        assert asked(config, "x", f"{day} 20:30").reason is Reason.BREAK_FIXED
    assert asked(config, "x", "2026-12-31 12:30").reason is Reason.BREAK_FIXED
    assert asked(config, "x", "2026-12-31 20:30").reason is Reason.OUTSIDE_BREAKS


def test_the_same_people_have_one_exception_a_day():
    assert problems("""
        exceptions:
          - {dates: [2026-12-24, 2026-12-28], for: everyone, breaks: none}
          - {dates: 2026-12-20 to 2026-12-24, for: everyone, breaks: none}
          - {dates: 2026-12-25 to 2026-12-27, for: everyone, breaks: none}
    """) == [
        (
            "breaktime.yaml:8:13: exceptions[2].dates: `2026-12-24` has an exception for the same"
            " people already; first at breaktime.yaml:7"
        )
    ]


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["most_generous", "narrowest"]))
def test_the_order_of_a_file_changes_no_decision(random, disagreement):
    def shuffled():
        teams = {
            "finance": "{members: [a, both, all], breaks: [lunch, tea]}",
            "sales": "{members: [all, both], breaks: [short]}",
            "legal": "{members: [all], breaks: {add: [late]}}",
        }
        people = {"r": "{breaks: [tea]}", "all": "{timezone: Europe/Warsaw}"}
        breaks = {
            "lunch": "{at: 12:00-14:00}",
            "tea": "{at: 10:30-10:45}",
            "short": "{at: 12:30-13:00}",
            "late": "{at: 18:00-18:30}",
        }
        sections = [
            f"{name}:\n" + "".join(f"  {key}: {entries[key]}\n" for key in order)
            for name, entries in (("teams", teams), ("people", people), ("breaks", breaks))
            for order in [random.sample(sorted(entries), len(entries))]
        ]
        sections.append(f"when_rules_disagree: {{two_teams: {disagreement}}}\n")
        sections.append("everyone: {breaks: [tea]}\n")
        return loaded("".join(random.sample(sections, len(sections))))

    one, other = shuffled(), shuffled()
    assert one.policy.fingerprint == other.policy.fingerprint
    for person in ("a", "both", "all", "r", "x"):
        for at in ("10:35", "11:45", "12:15", "12:45", "17:15", "18:15"):
            first, second = (asked(config, person, f"2026-11-23 {at}") for config in (one, other))
            assert first[:3] == second[:3]
            assert first.changes_at == second.changes_at
            assert {rule.id for rule in first.because} == {rule.id for rule in second.because}


def test_a_break_may_be_one_that_people_start():
    config = loaded("""
        breaks:
          own: {days: Mon-Fri, minutes: 45, between: 11:30-14:30, sittings: 2}
        everyone: {breaks: [own]}
    """)
    decision = asked(config, "a.jones", "2026-11-23 12:00")
    assert decision.reason is Reason.BREAK_AVAILABLE_NOT_STARTED
    assert decision.chance.left == timedelta(minutes=45)
    assert decision.chance.offer.sittings == 2
