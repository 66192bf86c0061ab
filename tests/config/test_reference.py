"""
The whole way from the file to the answer, against a slow reading of the file that knows nothing.

`naive` asks each rule of the file about each instant, with the wall clock alone.
"""

import json
import random
from datetime import date, timedelta

import pytest

from breaktime.config import load, parse
from breaktime.core.decide import Verdict, decide
from breaktime.core.request import Request
from naive import instant, midnight, verdict
from offices import PEOPLE, PLACES, TEAMS, office, shuffled, text, without_one

QUESTIONS = 100_000
OFFICES = 100
DAYS = 5
# Days on which some zone of `offices` changes its clock, ends of months and years, and others.
STARTS = [
    date(2026, 2, 13), date(2026, 3, 6), date(2026, 3, 20), date(2026, 3, 27),
    date(2026, 4, 3), date(2026, 10, 2), date(2026, 10, 23), date(2026, 10, 30),
    date(2026, 11, 20), date(2026, 12, 23), date(2026, 12, 29), date(2027, 2, 26),
]  # fmt: skip


def ask(policy, who, place, at):
    client = PLACES.get(place)
    request = Request(("www.facebook.com",), "/", person=who, client=client)
    return decide(policy, request, at)


@pytest.mark.slow
def test_a_slow_reading_of_the_file_agrees_on_a_hundred_thousand_questions():
    seen = {}
    for seed in range(OFFICES):
        chance = random.Random(seed)
        file = office(chance)
        policy = parse(text(file)).policy
        start = midnight(chance.choice(STARTS))
        for who in PEOPLE:
            place = chance.choice([None, *PLACES])
            for _ in range(QUESTIONS // OFFICES // len(PEOPLE)):
                at = instant(chance, start, DAYS)
                found = ask(policy, who, place, at).reason.value
                expected = verdict(file, who, place, at)
                assert found == expected, (seed, who, place, at.isoformat())
                seen[found] = seen.get(found, 0) + 1
    assert sum(seen.values()) == QUESTIONS
    assert len(seen) == 5, "every answer of the calendar is among them"
    assert min(seen.values()) > 500


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_the_next_change_is_the_one_that_a_scan_of_minutes_finds(seed):
    chance = random.Random(1000 + seed)
    file = office(chance)
    policy = parse(text(file)).policy
    start = midnight(chance.choice(STARTS))
    who, place = chance.choice(PEOPLE), chance.choice([None, *PLACES])
    minutes = [start + timedelta(minutes=n) for n in range(3 * 1440)]
    slow = [verdict(file, who, place, at) for at in minutes]
    change = None
    for index in range(len(minutes) - 2, -1, -1):
        if slow[index + 1] != slow[index]:
            change = minutes[index + 1]
        found = ask(policy, who, place, minutes[index])
        assert found.reason.value == slow[index], minutes[index]
        if change is None:
            assert found.changes_at is None or found.changes_at > minutes[-1]
        else:
            assert found.changes_at == change, minutes[index]


@pytest.mark.parametrize("seed", range(15))
def test_the_order_of_a_file_changes_no_decision(seed):
    chance = random.Random(2000 + seed)
    file = office(chance)
    one, other = parse(text(file)).policy, parse(text(shuffled(chance, file))).policy
    start = midnight(chance.choice(STARTS))
    for _ in range(150):
        who, place = chance.choice(PEOPLE), chance.choice([None, *PLACES])
        at = instant(chance, start, 3)
        first, second = ask(one, who, place, at), ask(other, who, place, at)
        assert first[:3] == second[:3]
        assert first.changes_at == second.changes_at


@pytest.mark.parametrize("seed", range(25))
def test_to_take_a_break_away_opens_nothing(seed):
    chance = random.Random(3000 + seed)
    file = office(chance)
    before, after = parse(text(file)).policy, parse(text(without_one(chance, file))).policy
    start = midnight(chance.choice(STARTS))
    for _ in range(150):
        who, place = chance.choice(PEOPLE), chance.choice([None, *PLACES])
        at = instant(chance, start, 4)
        if ask(after, who, place, at).verdict is Verdict.ALLOW:
            assert ask(before, who, place, at).verdict is Verdict.ALLOW, (who, place, at)


WAYS = [
    {}, {"breaks": ["lunch"]}, {"breaks": ["tea", "late"]}, {"breaks": "none"}, {"rota": "red"},
    {"breaks": ["lunch"], "timezone": "Europe/Warsaw"},
]  # fmt: skip
CROWD = [f"p{number}" for number in range(24)]


@pytest.mark.parametrize("seed", range(2))
def test_people_of_a_table_have_the_answers_of_people_of_the_file(tmp_path, seed):
    chance = random.Random(3000 + seed)
    file = office(chance)
    there, rows = json.loads(text(file)), ["person,team,breaks,timezone,rota"]
    for who in CROWD:
        way, teams = chance.choice(WAYS), chance.sample(TEAMS, chance.randint(0, 2))
        file["people"] |= {who: way} if way else {}
        for team in teams:
            file["teams"][team]["members"].append(who)
        breaks = way.get("breaks", "")
        cells = (who, " ".join(teams), breaks if breaks == "none" else " ".join(breaks))
        rows.append(",".join((*cells, way.get("timezone", ""), way.get("rota", ""))))
    there["people"]["table"] = "people.csv"
    (tmp_path / "people.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "htpasswd").write_text("")
    (tmp_path / "breaktime.yaml").write_text(text(there))
    one, other = parse(text(file)).policy, load(tmp_path / "breaktime.yaml").policy
    start = midnight(chance.choice(STARTS))
    for line, who in enumerate(CROWD, 2):
        for _ in range(25):
            place, at = chance.choice([None, *PLACES]), instant(chance, start, DAYS)
            said, found = ask(one, who, place, at), ask(other, who, place, at)
            assert (found[:3], found.changes_at) == (said[:3], said.changes_at)
            assert [each.id for each in found.because] == [each.id for each in said.because]
            own = {each.line for each in found.because if each.id.startswith("person:")}
            assert own <= {line}
