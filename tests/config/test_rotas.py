"""Does a rota give the breaks of the shift that is worked, and nothing on any other day?"""

from datetime import date, timedelta
from textwrap import dedent

import pytest

from breaktime.config import load
from breaktime.core.breaks import Cycle
from breaktime.core.decide import Reason, Verdict
from breaktime.core.policy import Subject, SubjectKind
from written import LEAST, asked, loaded

ROTA = """
breaks: {tea: {at: 18:00-18:10}, lunch: {at: 12:00-13:00}}
shifts:
  day:   {hours: 07:00-19:00, breaks: [09:00-09:15, 12:00-12:30]}
  night: {hours: 19:00-07:00, breaks: [22:00-22:15, 01:30-02:15]}
rotas:
  red:   {starts: 2026-11-02, cycle: [day, day, night, night, off, off, off, off]}
  blue:  {like: red, starts: 2026-11-06}
  green: {like: blue, starts: 2026-11-02}
teams:
  cctv: {members: [r.red], rota: red}
  post: {members: [t.tea], rota: red, breaks: {add: [tea]}}
places:
  room: {networks: [10.70.0.0/16], rota: blue}
everyone: {breaks: [lunch]}
people:
  b.blue: {rota: blue}
  g.green: {rota: green}
"""
DAY, NIGHT = "12:15", "22:05"


def works(config, person, day, **more):
    """Tell by the breaks which shift somebody works."""
    found = [
        name
        for name, at in (("day", DAY), ("night", NIGHT))
        if asked(config, person, f"{day} {at}", **more).verdict is Verdict.ALLOW
    ]
    return found[0] if found else "off"


# fmt: off
EIGHT = [
    # day           works
    ("2026-11-02", "day"), ("2026-11-03", "day"), ("2026-11-04", "night"), ("2026-11-05", "night"),
    ("2026-11-06", "off"), ("2026-11-07", "off"), ("2026-11-08", "off"), ("2026-11-09", "off"),
    ("2026-11-10", "day"), ("2026-11-01", "off"), ("2026-10-25", "day"),
]
# fmt: on


@pytest.mark.parametrize(("day", "shift"), EIGHT)
def test_a_rota_of_eight_goes_round_in_both_directions(day, shift):
    config = loaded(ROTA)
    assert works(config, "r.red", day) == shift
    assert works(config, "g.green", day) == shift
    later = date.fromisoformat(day) + timedelta(4)
    assert works(config, "b.blue", later) == shift
    assert works(config, "x", later, client="10.70.0.1") == shift


def test_a_rota_is_counted_and_not_laid_out():
    breaks = loaded(ROTA).policy.breaks[Subject(SubjectKind.TEAM, "cctv")].breaks
    assert {one.days for one in breaks} == {
        Cycle(date(2026, 11, 2), 8, frozenset({0, 1})),
        Cycle(date(2026, 11, 2), 8, frozenset({2, 3})),
    }


def test_a_night_break_after_midnight_belongs_to_the_day_its_shift_began():
    config = loaded(ROTA)
    in_break = [
        day
        for day in ("2026-11-04", "2026-11-05", "2026-11-06", "2026-11-07")
        if asked(config, "r.red", f"{day} 01:45").verdict is Verdict.ALLOW
    ]
    assert in_break == ["2026-11-05", "2026-11-06"]


def test_the_answer_names_shift_team_and_rota_with_their_lines():
    config = loaded(ROTA)
    decision = asked(config, "r.red", "2026-11-05 01:45")
    assert [str(rule) for rule in decision.because] == [
        "shift:night[2] (breaktime.yaml:9)",
        "team:cctv (breaktime.yaml:15)",
        "rota:red (breaktime.yaml:11)",
    ]
    off = asked(config, "r.red", "2026-11-06 12:15")
    assert [rule.id for rule in off.because] == ["team:cctv", "rota:red"]
    assert off.reason is Reason.OUTSIDE_BREAKS


def test_breaks_may_be_added_to_a_rota():
    config = loaded(ROTA)
    assert works(config, "t.tea", "2026-11-04") == "night"
    assert asked(config, "t.tea", "2026-11-06 18:05").verdict is Verdict.ALLOW
    assert asked(config, "t.tea", "2026-11-06 12:15").verdict is Verdict.BLOCK


FILES = """
shifts:
  day:   {hours: 07:00-19:00, breaks: [09:00-09:15, 12:00-12:30]}
  night: {hours: 19:00-07:00, breaks: [22:00-22:15, 01:30-02:15]}
breaks: {lunch: {at: 12:00-13:00}}
rotas:
  kitchen: {table: kitchen.csv, names: {D: day, AL: off}, until: 2026-11-30}
  watch: {calendar: watch.ics}
teams:
  kitchen: {members: [p.kaur, s.ali], rota: kitchen}
  watch: {members: [w.one], rota: watch}
everyone: {breaks: [lunch]}
"""
TABLE = """\
person,date,shift
P.Kaur,2026-11-23,D
p.kaur,2026-11-24,Night
p.kaur,2026-11-25,AL
s.ali,2026-11-23,night
s.ali,2026-12-01,night
x.other,2026-11-23,D
"""
CALENDAR = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/London:20261123T070000
RRULE:FREQ=DAILY;COUNT=2
SUMMARY:Day
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "breaktime.yaml").write_text(LEAST + dedent(FILES))
    (tmp_path / "kitchen.csv").write_text(TABLE)
    (tmp_path / "watch.ics").write_text(CALENDAR)
    return tmp_path


# fmt: off
FROM_FILES = [
    # person     day           works
    ("p.kaur",  "2026-11-23", "day"),
    ("p.kaur",  "2026-11-24", "night"),
    ("p.kaur",  "2026-11-25", "off"),
    ("p.kaur",  "2026-11-26", "off"),   # no entry: not the lunch of everyone
    ("s.ali",   "2026-11-23", "night"),
    ("s.ali",   "2026-12-01", "off"),   # after `until`
    ("x.other", "2026-12-01", "day"),   # not in the team: the lunch of everyone
    ("w.one",   "2026-11-24", "day"),
    ("w.one",   "2026-11-25", "off"),
]
# fmt: on


@pytest.mark.parametrize(("person", "day", "shift"), FROM_FILES)
def test_rotas_come_from_tables_and_calendars(folder, person, day, shift):
    assert works(load(folder / "breaktime.yaml"), person, day) == shift


def test_the_files_of_a_rota_are_files_of_the_configuration(folder):
    config = load(folder / "breaktime.yaml")
    assert {folder / "kitchen.csv", folder / "watch.ics"} <= set(config.files)
    assert not config.warnings


@pytest.mark.parametrize(
    ("file", "old", "new", "other"),
    [
        ("kitchen.csv", "2026-11-24,Night", "2026-11-24,D", True),
        ("kitchen.csv", "2026-11-24,Night", "2026-11-24,night", False),
        ("kitchen.csv", "s.ali,2026-12-01,night\n", "", False),
        ("watch.ics", "COUNT=2", "COUNT=3", True),
    ],
)
def test_the_fingerprint_changes_with_what_the_files_mean(folder, file, old, new, other):
    before = load(folder / "breaktime.yaml").policy.fingerprint
    path = folder / file
    path.write_text(path.read_text().replace(old, new))
    assert (load(folder / "breaktime.yaml").policy.fingerprint != before) is other


def test_people_on_a_rota_of_names_have_calendars_of_their_own(folder):
    policy = load(folder / "breaktime.yaml").policy
    kaur, ali, one, two = (
        policy.standing(who, (), None).profile for who in ("p.kaur", "s.ali", "x", "y")
    )
    assert kaur is not ali
    assert one is two
