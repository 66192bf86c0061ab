# ruff: noqa: E501  a row of a table is one line
"""What works today and is hardly meant, or will stop to work soon."""

from datetime import date
from textwrap import dedent

import pytest

from breaktime.config import parse
from written import LEAST

TODAY = date(2026, 11, 23)


def doubts(more, today=TODAY):
    loaded = parse(LEAST + dedent(more), "c.yaml", today=today)
    return [str(one) for one in loaded.warnings]


def a_case(until):
    return f"""
    business_cases:
      - {{id: BC-1, for: everyone, platforms: [x], purpose: a, requested_by: b, approved_by: c,
         until: {until}}}
    """


# fmt: off
CASES = {
    "ended long ago":    ("2025-01-01", "the case `BC-1` has ended"),
    "ended yesterday":   ("2026-11-22", "the case `BC-1` has ended"),
    "ends today":        ("2026-11-23", "the case `BC-1` ends today"),
    "ends tomorrow":     ("2026-11-24", "the case `BC-1` ends in 1 day"),
    "ends soon":         ("2026-12-23", "the case `BC-1` ends in 30 days"),
}
# fmt: on


@pytest.mark.parametrize(("until", "what"), CASES.values(), ids=CASES)
def test_a_case_that_ends_is_told_of(until, what):
    assert doubts(a_case(until)) == [
        f"c.yaml:8:13: business_cases[1].until: {what}; have it approved anew, or remove it"
    ]


def test_a_case_that_goes_on_is_not():
    assert doubts(a_case("2026-12-24")) == []


def test_without_a_day_nothing_is_told_that_depends_on_it():
    assert doubts(a_case("2025-01-01"), today=None) == []


GAP = "does not happen on 2027-03-28; the clocks in Europe/London go forward over it"

# fmt: off
GAPS = {
    "a break in the gap":          ("breaks: {owl: {at: 01:10-01:50}}", f"c.yaml:5:20: breaks.owl.at: `01:10-01:50` {GAP}"),
    "the whole gap":               ("breaks: {owl: {at: 01:00-02:00}}", f"c.yaml:5:20: breaks.owl.at: `01:00-02:00` {GAP}"),
    "of several the first":        ("breaks: {owl: {at: [12:00-12:10, 01:10-01:50]}}", f"c.yaml:5:20: breaks.owl.at: `01:10-01:50` {GAP}"),
    "a break written out":         ("people: {ada: {breaks: [{at: 01:10-01:50}]}}", f"c.yaml:5:30: people.ada.breaks[1].at: `01:10-01:50` {GAP}"),
    "a blackout":                  ("blackouts: [{for: everyone, at: 01:10-01:50}]", f"c.yaml:5:33: blackouts[1].at: `01:10-01:50` {GAP}"),
    "it reaches over the gap":     ("breaks: {owl: {at: 00:30-01:50}}", None),
    "it ends after the gap":       ("breaks: {owl: {at: 01:30-02:10}}", None),
    "not on that day":             ("breaks: {owl: {days: Mon-Sat, at: 01:10-01:50}}", None),
    "in a zone of its own":        ("breaks: {owl: {at: 02:10-02:50}}\npeople: {ada: {timezone: Europe/Warsaw, breaks: [owl]}}",
                                    "c.yaml:5:20: breaks.owl.at: `02:10-02:50` does not happen on 2027-03-28; the clocks in Europe/Warsaw go forward over it"),
    "at a place with a zone":      ("breaks: {owl: {at: 02:10-02:50}}\nplaces: {a: {timezone: Europe/Warsaw, networks: [10.0.0.0/8], breaks: [owl]}}",
                                    "c.yaml:5:20: breaks.owl.at: `02:10-02:50` does not happen on 2027-03-28; the clocks in Europe/Warsaw go forward over it"),
    "in a zone that nobody has":   ("breaks: {owl: {at: 02:10-02:50}}\npeople: {ada: {timezone: Europe/Warsaw}}", None),
}
# fmt: on


@pytest.mark.parametrize(("more", "line"), GAPS.values(), ids=GAPS)
def test_a_time_that_no_clock_shows_is_told_of(more, line):
    assert doubts(more) == ([] if line is None else [line])


KNOWN = "teams: {a: {members: [a.jones, b.patel]}}\n"


def a_stranger(name):
    return (
        KNOWN + f"suspensions: [{{for: {{person: {name}}}, from: 2026-11-01, until: 2026-11-02}}]"
    )


@pytest.mark.parametrize("name", ["a.jone", "a.joness", "a.jonse", "ajones"])
def test_a_name_that_looks_like_a_slip_is_told_of(name):
    assert doubts(a_stranger(name)) == [
        f"c.yaml:6:30: suspensions[1].for.person: nobody is called `{name}` so far; did you mean `a.jones`"
    ]


@pytest.mark.parametrize("name", ["a.jones", "A.Jones", "b.jones", "c.lee"])
def test_a_name_that_only_the_directory_knows_is_not(name):
    assert doubts(a_stranger(name)) == []


def test_an_exemption_is_looked_at_too():
    more = KNOWN + "exempt: [{person: b.patle, reason: a}]"
    assert doubts(more) == [
        "c.yaml:6:19: exempt[1].person: nobody is called `b.patle` so far; did you mean `b.patel`"
    ]
