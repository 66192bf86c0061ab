"""The figures of a report are those of the log, counted by DuckDB over its files."""

import random
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from breaktime.audit import DayFiles, Recorder, follow
from breaktime.audit.selection import Selection, teams_of
from breaktime.audit.tombstone import Tombstone, write_tombstone
from breaktime.core.decide import Context
from breaktime.core.record import Action, failed
from breaktime.core.visit import VISITS, Evidence
from breaktime.mitm.counts import Counts
from breaktime.reports.query import NO_TEAM, REACH, report
from breaktime.reports.subject import counts, subject_of
from records import BLOCKED, LOADED, NOON, VISIT

UTC = ZoneInfo("UTC")
PAGE = VISIT._replace(repeat=None, lost=None, changes_at=None)
REFUSED = BLOCKED._replace(repeat=None, counted=False)
SECOND = timedelta(seconds=1)


@pytest.fixture
def put(tmp_path):
    recorder = Recorder(DayFiles(tmp_path, "gateway"), "gateway")

    def put(*records):
        for record in records:
            assert recorder.put(record)

    yield put
    recorder.close()


def some(seed):
    """A few hundred records of every kind, of some weeks."""
    rng = random.Random(seed)
    at = NOON
    for number in range(400):
        at += timedelta(minutes=rng.randrange(90))
        record = rng.choice((PAGE, REFUSED))._replace(
            at=at,
            person=rng.choice([None, *(f"p{each}" for each in range(9))]),
            teams=rng.choice([(), ("finance",), ("finance", "planning")]),
            platform=rng.choice(["facebook", "x", "tiktok"]),
            context=rng.choice(list(Context)),
            evidence=rng.choice(list(Evidence)),
            repeat=rng.choice([None, None, 3]),
            decision=f"d-{number}",
        )
        if record.action is Action.VISIT_ALLOWED:
            record = record._replace(counted=record.evidence in VISITS)
        yield record
        if record.counted and rng.random() < 0.1:
            yield failed(record, at + SECOND)
        if rng.random() < 0.05:
            yield LOADED._replace(at=at)


def counted(directory):
    """Count what the log says without DuckDB, by team, platform, context and hour."""
    lines = [line for line in follow(directory, last=-1) if line["event"]["action"] != "config"]
    gone = {
        line["breaktime"]["decision"]["id"]
        for line in lines
        if line["event"]["action"] == "visit-failed"
    }
    found = Counter()
    for line in lines:
        own, action = line["breaktime"], line["event"]["action"]
        if not action.startswith("visit-"):
            continue
        seen = own["visit"]
        visit = seen["counted"] and own["decision"]["id"] not in gone and action != "visit-failed"
        asked = action == "visit-blocked" and seen["evidence"] in VISITS
        other = action == "visit-blocked" and seen["evidence"] not in VISITS
        values = {
            "visits": visit, "refusals": asked, "other": other, "unlisted": own.get("repeat", 0),
        }  # fmt: skip
        keys = [("team", team) for team in teams_of(line) or [NO_TEAM]]
        keys += [("platform", own["platform"]), ("context", own["context"]), ("total", "")]
        keys.append(("hour", line["@timestamp"][11:13]))
        for key in keys:
            for name, value in values.items():
                found[*key, name] += value
    return found


@pytest.mark.parametrize("seed", range(2))
def test_the_totals_are_those_of_the_log(put, tmp_path, seed):
    put(*some(seed))
    made = report(tmp_path, Selection(), UTC, NOON)
    expected = counted(tmp_path)
    rows = [
        ("total", made.total),
        *((one.name, row) for one in made.breakdowns for row in one.rows),
    ]
    assert {"team", "platform", "context", "hour", "total"} == {name for name, _ in rows}
    for name, row in rows:
        for value in ("visits", "refusals", "other", "unlisted"):
            assert getattr(row.counts, value) == expected[name, row.name, value], (name, row)
    assert made.total.counts.visits > 30
    assert made.unreadable == 0


def everybody(record, count=5):
    return [record._replace(person=f"p{number}", decision=f"d-{number}") for number in range(count)]


def minutes(tmp_path, **selection):
    counts = report(tmp_path, Selection(**selection), UTC, NOON).total.counts
    return counts.low, counts.high


# fmt: off
MINUTES = [
    ("one visit",                         [0],                None, (1, REACH)),
    ("two in one minute",                 [0, 10],            None, (1, REACH)),
    ("two, soon after each other",        [0, 180],           None, (2, 3 + REACH)),
    ("two, long after each other",        [0, 7200],          None, (2, 2 * REACH)),
    ("the break ends soon",               [0],                240,  (1, 4)),
    ("the break ends in the same minute", [0],                5,    (1, 1)),
    ("one cannot be more than a minute",  [0, 60, 120],       None, (3, 2 + REACH)),
]
# fmt: on


@pytest.mark.parametrize(
    ("after", "ends", "found"), [r[1:] for r in MINUTES], ids=[r[0] for r in MINUTES]
)
def test_minutes_with_activity(put, tmp_path, after, ends, found):
    """Of five people who do the same."""
    at = NOON.replace(second=0, microsecond=0)
    for seconds in after:
        page = PAGE._replace(at=at + seconds * SECOND)
        if ends is not None:
            page = page._replace(changes_at=at + ends * SECOND)
        put(*everybody(page))
    assert minutes(tmp_path) == tuple(5 * each for each in found)


def test_what_was_not_reached_is_neither_visit_nor_minute(put, tmp_path):
    put(*everybody(REFUSED))
    for record in everybody(PAGE):
        put(record, failed(record, NOON + SECOND))
    counts = report(tmp_path, Selection(), UTC, NOON).total.counts
    assert (counts.visits, counts.refusals, counts.low, counts.high) == (0, 5, 0, 0)


def test_fewer_than_five_people_are_not_reported(put, tmp_path):
    put(*everybody(PAGE, 4))
    made = report(tmp_path, Selection(), UTC, NOON)
    assert (made.total, made.breakdowns, made.in_breaks) == (None, (), None)


def test_hours_are_those_of_the_zone_also_when_its_clocks_change(put, tmp_path):
    before = NOON.replace(month=10, day=24)
    put(*everybody(PAGE._replace(at=before)), *everybody(PAGE._replace(at=before + timedelta(2))))
    made = report(tmp_path, Selection(), ZoneInfo("Europe/London"), NOON)
    (hours,) = (one for one in made.breakdowns if one.name == "hour")
    assert {row.name: row.counts.visits for row in hours.rows} == {"13": 5, "12": 5}


def test_a_stretch_of_time_and_groups_can_be_chosen(put, tmp_path):
    put(*everybody(PAGE), *everybody(PAGE._replace(at=NOON + timedelta(1), platform="x", teams=())))
    for selection in (
        Selection(since=NOON + SECOND),
        Selection(platforms=("x",)),
        Selection(until=NOON + SECOND),
        Selection(teams=("finance",)),
    ):
        assert report(tmp_path, selection, UTC, NOON).total.counts.visits == 5
    assert report(tmp_path, Selection(contexts=("grace",)), UTC, NOON).total is None


def test_what_is_no_record_is_counted_and_passed_over(put, tmp_path):
    put(*everybody(PAGE))
    (path,) = tmp_path.glob("*.jsonl")
    with path.open("ab") as file:
        file.write(b"rubbish\n[]\n" + b"[" * 60_000 + b"\n" + b"x" * 200_000 + b'\n{"event":5}\n')
    made = report(tmp_path, Selection(), UTC, NOON)
    assert (made.total.counts.visits, made.unreadable) == (5, 5)


def test_a_folder_without_records(tmp_path):
    assert report(tmp_path, Selection(), UTC, NOON).total is None


def test_single_people_are_not_reported_on(tmp_path):
    with pytest.raises(ValueError, match="single people"):
        report(tmp_path, Selection(people=("a",)), UTC, NOON)


def test_what_was_deleted_after_its_time_is_nothing_unreadable(put, tmp_path):
    put(*everybody(PAGE))
    (path,) = tmp_path.glob("*.jsonl")
    stone = write_tombstone(Tombstone("0" * 32, bytes(32), 99))
    path.write_bytes(path.read_bytes() + stone + b"\n")

    made = report(tmp_path, Selection(), UTC, NOON)
    assert (made.total.counts.visits, made.unreadable) == (5, 0)


def test_a_minute_on_two_platforms_is_one_of_each_and_one_of_all(put, tmp_path):
    at = NOON.replace(second=0, microsecond=0)
    for platform, seconds in (("x", 0), ("facebook", 10), ("x", 20), ("tiktok", 60)):
        put(*everybody(PAGE._replace(at=at + seconds * SECOND, platform=platform)))
    made = report(tmp_path, Selection(), UTC, NOON)
    (platforms,) = (one for one in made.breakdowns if one.name == "platform")
    assert [(row.name, row.counts.low, row.counts.high) for row in platforms.rows] == [
        ("facebook", 5, 5),
        ("tiktok", 5, 5 * REACH),
        ("x", 5, 5),
    ]
    assert (made.total.counts.low, made.total.counts.high) == (10, 5 + 5 * REACH)


def test_of_one_team_within_another_no_difference_is_about_one_person(put, tmp_path):
    both = PAGE._replace(teams=("finance", "hall"))
    put(*everybody(both), PAGE._replace(person="p9", teams=("hall",), decision="d-9"))
    made = report(tmp_path, Selection(), UTC, NOON)
    (teams,) = (one for one in made.breakdowns if one.name == "team")
    assert [(row.name, row.people) for row in teams.rows] == [("hall", 6)]
    assert (teams.rest, teams.small) == (None, 1)


def hour(visits, *, many=True, action=Action.VISIT_ALLOWED, **changes):
    """Count in an hour what people do who are not written down."""
    told = []
    counts = Counts(told.append)
    for number in range(visits):
        person = f"p{number % 5 if many else 0}"
        counts.add(PAGE._replace(person=person, action=action, **changes))
    counts.close(NOON)
    return told[0]


def test_what_was_only_counted_is_told_apart_and_as_a_lower_bound(put, tmp_path):
    refused = {"action": Action.VISIT_BLOCKED, "context": Context.OUTSIDE_BREAK}
    put(
        *everybody(PAGE),
        hour(41),
        hour(9),
        hour(7, **refused),
        hour(1000, many=False),
        hour(5, platform="x", context=Context.OWN_PAGE),
    )
    made = report(tmp_path, Selection(), UTC, NOON)
    assert made.nameless == (
        ("facebook", "break", 50, 0),
        ("facebook", "outside-break", 0, 7),
        ("x", "own-page", 5, 0),
    )
    assert (made.few, made.total.counts.visits, made.unreadable) == (1, 5, 0)
    only_x = report(tmp_path, Selection(platforms=("x",)), UTC, NOON)
    assert only_x.nameless == (("x", "own-page", 5, 0),)
    of_team = report(tmp_path, Selection(teams=("finance",)), UTC, NOON)
    assert (of_team.nameless, of_team.few) == ((), 0)
    late = report(tmp_path, Selection(since=NOON + SECOND), UTC, NOON)
    assert (late.nameless, late.total) == ((), None)


def test_totals_of_report_export_and_log_agree(put, tmp_path):
    put(*some(5))
    made = report(tmp_path, Selection(), UTC, NOON).total
    people = {f"p{number}" for number in range(9)}
    exported = [subject_of(tmp_path, Selection(people=(name,)), NOON, None) for name in people]
    of_subjects = Counter()
    for one in exported:
        of_subjects.update(counts(one.records))
    nobodys = [
        line
        for line in follow(tmp_path, last=-1)
        if line["user"]["name"] is None and line["event"]["action"].startswith("visit-")
    ]
    of_subjects.update(counts(nobodys))
    logged = Counter(line["event"]["action"] for line in follow(tmp_path, last=-1))
    logged = {name: count for name, count in logged.items() if name.startswith("visit-")}
    assert of_subjects == logged
    refusals = made.counts.refusals + made.counts.other
    assert refusals == logged["visit-blocked"]
    counted = sum(one.get("counted", False) for one in seen(tmp_path))
    assert made.counts.visits == counted - logged["visit-failed"]


def seen(directory):
    lines = follow(directory, last=-1)
    return [line["breaktime"].get("visit", {}) for line in lines]


def test_lines_that_somebody_has_spoilt_stop_no_report(put, tmp_path):
    put(*everybody(PAGE))
    (path,) = tmp_path.glob("*.jsonl")
    line = path.read_bytes().splitlines()[0]
    spoilt = [
        line.replace(b'"@timestamp":"2', b'"@timestamp":"x'),
        *(line.replace(b'["finance"]', teams) for teams in (b"5", b"null", b'"x"', b'{"a":[]}')),
        line.replace(b'["finance"]', b"[" * 2000 + b"]" * 2000),
    ]
    path.write_bytes(b"".join(each + b"\n" for each in [*path.read_bytes().splitlines(), *spoilt]))
    made = report(tmp_path, Selection(), UTC, NOON)
    assert made.total.counts.visits + made.unreadable == 5 + len(spoilt)
