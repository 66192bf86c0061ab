"""What one process has read means the same in another."""

import random
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from breaktime.config import ConfigError, load, parse
from breaktime.config.handover import hand_over, main, take_over
from breaktime.core.decide import decide
from breaktime.core.request import Request
from offices import PEOPLE, PLACES, office, text

INSTANTS = [datetime(2026, 3, 27, tzinfo=UTC) + timedelta(hours=5 * n) for n in range(300)]
TABLE = "person,team,breaks,timezone,rota\n" + "".join(
    f"table{number},{'north south' if number % 2 else ''},{'lunch' if number % 3 else ''},,\n"
    for number in range(500)
)


def handed(found):
    file = BytesIO()
    hand_over(found, file)
    steps = list(take_over(file.getvalue()))
    assert not any(steps[:-1])
    return steps[-1]


def with_table(folder, seed):
    config = folder / "breaktime.yaml"
    data = office(random.Random(seed))
    data["people"]["table"] = "people.csv"
    config.write_text(text(data))
    (folder / "people.csv").write_text(TABLE)
    return config


@pytest.mark.parametrize("seed", range(3))
def test_every_answer_is_the_same(tmp_path, seed):
    before = load(with_table(tmp_path, seed))

    after = handed(before)

    chance = random.Random(seed)
    people = [*PEOPLE, *(f"table{number}" for number in range(0, 500, 7)), "nobody", None]
    for _ in range(150):
        request = Request(
            (chance.choice(["www.facebook.com", "x.com", "example.org"]),),
            person=chance.choice(people),
            client=chance.choice([None, *PLACES.values()]),
        )
        at = chance.choice(INSTANTS)
        assert decide(after.policy, request, at) == decide(before.policy, request, at)


def test_all_else_is_the_same(tmp_path):
    before = load(with_table(tmp_path, 1), datetime(2026, 11, 23, tzinfo=UTC).date())

    after = handed(before)

    assert before.policy.fingerprint == after.policy.fingerprint
    assert before.policy.flexible == after.policy.flexible
    for field in ("settings", "files", "warnings", "identity_at", "regions"):
        assert getattr(before, field) == getattr(after, field) != ()


def test_zones_are_the_ones_of_this_process():
    """The caches go by the object, and the zones of the operating system may be older."""
    before = parse(text(office(random.Random(1))))

    assert handed(before).policy.zone is before.policy.zone


def test_problems_are_the_same():
    with pytest.raises(ConfigError) as before:
        parse("version: 2\nbreaks: {lunch: {at: 25:00}}\n")

    with pytest.raises(ConfigError) as after:
        handed(before.value)

    assert after.value.problems == before.value.problems


def test_a_program_hands_over_what_a_file_says(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.setattr("os.nice", lambda _: 0)
    config = with_table(tmp_path, 2)

    assert main([str(config)]) == 0

    *_, after = take_over(capfdbinary.readouterr().out)
    assert after.policy.fingerprint == load(config).policy.fingerprint
    config.write_text("version: 1\n")
    assert main([str(config)]) == 0
    with pytest.raises(ConfigError, match="organisation"):
        list(take_over(capfdbinary.readouterr().out))
