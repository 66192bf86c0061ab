"""Does the log say of one person what is theirs, and nothing of anybody else?"""

from datetime import date, timedelta

import pytest

from breaktime.audit import DayFiles, Recorder, days_of, own_records
from records import LOADED, NOON, VISIT

DAY = timedelta(days=1)


@pytest.fixture
def log(tmp_path):
    recorder = Recorder(DayFiles(tmp_path, "gateway"), "gateway")

    def write(*records):
        for record in records:
            assert recorder.put(record)
        return tmp_path

    yield write
    recorder.close()


def paths(folder, person="r.hughes", since=NOON - DAY, until=NOON + DAY):
    return [line["url"]["path"] for line in own_records(folder, person, since, until)]


def test_their_own_in_order(log):
    mine = [VISIT._replace(path=f"/{number}") for number in range(3)]
    assert paths(log(mine[0], LOADED, VISIT._replace(person="ada"), *mine[1:])) == [
        "/0",
        "/1",
        "/2",
    ]


def test_a_name_in_another_field_is_nobodys_record(log):
    theirs = VISIT._replace(person="ada", by="r.hughes", note='"r.hughes"', place="r.hughes")
    assert paths(log(theirs)) == []


def test_part_of_a_name_is_another_name(log):
    assert paths(log(VISIT._replace(person="r.hughes2"), VISIT._replace(person="R.Hughes"))) == []


@pytest.mark.parametrize("person", ['a"b', "a\\b", "ä.böß", "\u202ex", "a\nb"])
def test_any_name_is_found_again(log, person):
    assert paths(log(VISIT._replace(person=person)), person) == ["/watch"]


def test_the_stretch_of_time_has_its_end_not_included(log):
    folder = log(VISIT)
    assert paths(folder, since=NOON, until=NOON + DAY) == ["/watch"]
    assert paths(folder, since=NOON - DAY, until=NOON) == []


def test_what_is_no_record_is_passed_over(log):
    folder = log(VISIT)
    (file,) = folder.glob("audit-*.jsonl")
    with file.open("a") as more:
        more.write('{"user": {"name": "r.hughes"}\n["r.hughes"]\n{"user": {"name": "r.hughes"}}\n')
        more.write('{"user": "r.hughes", "@timestamp": "x"}\n')
        more.write('{"user": {"name": "r.hughes"}, "@timestamp": "2026-11-23T12:00:00"}\n')
    assert paths(folder) == ["/watch"]


def test_which_days_there_are(log):
    folder = log(VISIT, VISIT._replace(at=NOON + DAY))
    assert days_of(folder) == (date(2026, 11, 23), date(2026, 11, 24))
