# ruff: noqa: E501  a row of a table is one line
"""Are the people of a table treated as if they stood in the file, and take less room?"""

import tracemalloc

import pytest

from breaktime.config import ConfigError, load, parse
from breaktime.core.decide import Verdict
from breaktime.core.policy import Subject, SubjectKind
from breaktime.core.who import Person
from written import LEAST, asked

CONFIG = (
    LEAST
    + """\
breaks: {lunch: {at: 12:00-13:00}, tea: {at: 10:00-10:15}}
shifts: {early: {hours: 06:00-12:00, breaks: [09:00-09:15]}}
rotas: {red: {starts: 2026-11-02, cycle: [early, off]}}
teams:
  finance: {members: [a.jones, both], breaks: [tea]}
  legal: {breaks: [lunch]}
  away: {members: {directory_group: GG}, breaks: [lunch]}
everyone: {breaks: none}
people:
  table: people.csv
  c.lee: {breaks: [lunch]}
"""
)
TABLE = """\
person,team,breaks,timezone,rota
B.Own,,lunch tea,,
none,legal,none,,
both,legal,,,
zone,legal,,Europe/Warsaw,
rota,,,,red
legal,legal; finance,,,
same,legal; finance,,,
plain,,,,
"""


@pytest.fixture
def config(tmp_path):
    (tmp_path / "people.csv").write_text(TABLE)
    return parse(CONFIG, base=tmp_path)


# fmt: off
ASKED = [
    # person     at                  open   because
    ("b.own",    "2026-11-23 12:30", True,  "break:lunch (breaktime.yaml:5) person:b.own (people.csv:2)"),
    ("b.own",    "2026-11-23 10:05", True,  "break:tea (breaktime.yaml:5) person:b.own (people.csv:2)"),
    ("none",     "2026-11-23 12:30", False, "person:none (people.csv:3)"),
    ("both",     "2026-11-23 12:30", True,  None),
    ("both",     "2026-11-23 10:05", True,  None),
    ("zone",     "2026-11-23 11:30", True,  "break:lunch (breaktime.yaml:5) team:legal (breaktime.yaml:10)"),
    ("zone",     "2026-11-23 12:30", False, "team:legal (breaktime.yaml:10)"),
    ("rota",     "2026-11-02 09:05", True,  "shift:early[1] (breaktime.yaml:6) person:rota (people.csv:6) rota:red (breaktime.yaml:7)"),
    ("rota",     "2026-11-03 09:05", False, "person:rota (people.csv:6) rota:red (breaktime.yaml:7)"),
    ("legal",    "2026-11-23 10:05", True,  None),
    ("plain",    "2026-11-23 12:30", False, "everyone (breaktime.yaml:12)"),
    ("c.lee",    "2026-11-23 12:30", True,  None),
    ("nobody",   "2026-11-23 12:30", False, "everyone (breaktime.yaml:12)"),
]
# fmt: on


@pytest.mark.parametrize(("person", "at", "is_open", "because"), ASKED)
def test_people_of_a_table_have_what_it_says(config, person, at, is_open, because):
    decision = asked(config, person, at)
    assert (decision.verdict is Verdict.ALLOW) is is_open
    assert because is None or " ".join(map(str, decision.because)) == because


def test_the_people_of_file_and_table_are_one_directory(config):
    people = config.policy.directory.people
    assert people["both"] == Person("both", ("finance", "legal"))
    assert people["legal"] == Person("legal", ("finance", "legal"))
    assert len(people) == len(set(people)) == 10
    assert "b.own" in people
    assert people.get("nobody") is None


def test_only_who_has_a_list_or_a_zone_of_their_own_is_listed_with_one(config):
    own = Subject(SubjectKind.PERSON, "b.own")
    lists, zones = config.policy.breaks, config.policy.zones
    of_people = {each.id for each in lists if each.kind is SubjectKind.PERSON}
    assert of_people == {"b.own", "none", "rota", "c.lee"}
    assert len(lists) == 8
    assert {each.id for each in zones} == {"zone"}
    assert own in lists
    assert own not in zones
    assert Subject(SubjectKind.TEAM, "b.own") not in lists


def test_people_who_are_treated_alike_share_their_calendar(config):
    standing = config.policy.standing
    one, other = (standing(who, (), None).profile for who in ("legal", "same"))
    assert one is other


def test_the_order_of_a_table_means_nothing(tmp_path):
    head, *rows = TABLE.splitlines(keepends=True)
    prints = set()
    for order in (rows, rows[::-1], sorted(rows)):
        (tmp_path / "people.csv").write_text("".join([head, *order]))
        prints.add(parse(CONFIG, base=tmp_path).policy.fingerprint)
    assert len(prints) == 1
    (tmp_path / "people.csv").write_text(TABLE.replace("lunch tea", "lunch"))
    assert parse(CONFIG, base=tmp_path).policy.fingerprint not in prints


def test_the_table_is_a_file_of_the_configuration(config, tmp_path):
    assert tmp_path / "people.csv" in config.files


def test_a_broken_table_refuses_the_whole_configuration(tmp_path):
    (tmp_path / "breaktime.yaml").write_text(CONFIG)
    (tmp_path / "people.csv").write_text(TABLE + "x.new,lgal,,,\n")
    with pytest.raises(ConfigError, match=r"people\.csv:10:7: team: there is no team `lgal`"):
        load(tmp_path / "breaktime.yaml")


def room(folder, people):
    """Return the bytes that a configuration holds, and at most held while it was read."""
    rows = "".join(f"first.last{n},legal,,,\n" for n in range(people))
    (folder / "people.csv").write_text("person,team,breaks,timezone,rota\n" + rows)
    tracemalloc.start()
    try:
        config = parse(CONFIG, base=folder)
        assert "first.last7" in config.policy.directory.people
        return tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()


def test_a_person_takes_little_room(tmp_path):
    """A hundred thousand may take 60 MiB, which is 629 bytes each."""
    few, many = room(tmp_path, 10), room(tmp_path, 20_000)
    assert many[0] - few[0] < 20_000 * 300
    assert many[1] - few[1] < 20_000 * 600
