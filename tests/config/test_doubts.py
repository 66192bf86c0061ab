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


ROTA = """\
shifts: {night: {hours: 22:00-06:00, breaks: [01:10-01:50]}}
rotas: {wardens: {table: wardens.csv}}
teams: {wardens: {members: [ada], rota: wardens}}
"""


def rota_doubts(tmp_path, *days):
    (tmp_path / "wardens.csv").write_text("".join(f"{day}\n" for day in ("date,shift", *days)))
    return [str(one) for one in parse(LEAST + ROTA, "c.yaml", tmp_path, TODAY).warnings]


def test_a_rota_that_ends_before_the_next_month_is_told_of(tmp_path):
    (line,) = rota_doubts(tmp_path, "2026-11-22,night", "2026-11-29,night")
    assert line.startswith("c.yaml:6:26: rotas.wardens.table: has no entries for December 2026; ")
    assert "the last is of 2026-11-29; without an entry there is no break" in line


def test_a_rota_with_entries_in_the_next_month_is_not(tmp_path):
    assert rota_doubts(tmp_path, "2026-12-31,night") == []


def test_a_break_of_a_shift_in_the_gap_is_told_of(tmp_path):
    """The night of Saturday reaches into the Sunday on which the clocks go forward."""
    (line,) = rota_doubts(tmp_path, "2026-12-31,night", "2027-03-27,night")
    assert line == f"c.yaml:5:47: shifts.night.breaks[1]: `01:10-01:50` {GAP}"


def test_a_cycle_has_no_end(tmp_path):
    cycle = ROTA.replace("table: wardens.csv", "starts: 2026-11-03, cycle: [night, off]")
    (line,) = [str(one) for one in parse(LEAST + cycle, "c.yaml", today=TODAY).warnings]
    assert "does not happen on 2027-03-28" in line


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
