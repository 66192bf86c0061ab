"""The log as people read it: in order, across days, harmless to a terminal."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breaktime.audit import Recorder, Unreadable, follow, render_line
from breaktime.audit.ecs import Origin
from breaktime.audit.file import DayFiles
from breaktime.audit.line import Lines
from breaktime.audit.reading import LONGEST
from records import BLOCKED, LOADED, NOON, RECORDS, VISIT

LINES = Lines(Origin("gw-a", "1.0.0"))


def line(number):
    return b'{"n":%d}\n' % number


def shown(found):
    return [each.count if isinstance(each, Unreadable) else f"n{each['n']}" for each in found]


@pytest.fixture
def days(tmp_path):
    def days(**content):
        for day, text in content.items():
            (tmp_path / f"audit-gw-a-2026-01-0{day[-1]}.jsonl").write_bytes(text)
        return tmp_path

    return days


TWO_DAYS = {"day1": line(1) + line(2) + line(3), "day2": line(4) + line(5)}

# fmt: off
ROWS = [
    ("nothing of what is there",   0,   []),
    ("the last one",               1,   ["n5"]),
    ("one file",                   2,   ["n4", "n5"]),
    ("more than one file",         3,   ["n3", "n4", "n5"]),
    ("exactly all",                5,   ["n1", "n2", "n3", "n4", "n5"]),
    ("more than there are",        9,   ["n1", "n2", "n3", "n4", "n5"]),
    ("all",                        -1,  ["n1", "n2", "n3", "n4", "n5"]),
]
# fmt: on


@pytest.mark.parametrize(("last", "found"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_the_last_lines(days, last, found):
    assert shown(follow(days(**TWO_DAYS), last=last)) == found


def test_no_log_yet(tmp_path):
    assert list(follow(tmp_path)) == []
    (tmp_path / "audit-a-2026-01-01.jsonl").touch()
    assert list(follow(tmp_path)) == []


def test_no_directory(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(follow(tmp_path / "nowhere"))


def test_many_lines(days):
    """More than is read at once, in both directions."""
    directory = days(day1=b"".join(map(line, range(20_000))))

    assert shown(follow(directory, last=15_000)) == [f"n{n}" for n in range(5000, 20_000)]


def test_strange_lines_are_counted(days):
    """Nothing that is in a file ends the reading."""
    strange = [b"", b"\xff\xfe", b"[1]", b"7", b"{", b"[" * 60_000, b"x" * 3 * LONGEST, b"\0" * 9]
    directory = days(day1=line(1) + b"\n".join(strange) + b"\n" + line(2), day2=line(3))

    found = list(follow(directory, last=-1))

    assert shown(found) == ["n1", *range(1, len(strange) + 1), "n2", "n3"]
    assert found[1] == Unreadable("audit-gw-a-2026-01-01.jsonl", 1)


def test_half_a_line_waits(days, tmp_path):
    """It is read when it is whole, however long it is, and does not hold up another file."""
    directory = days(day1=line(1) + b'{"n":', day2=b"x" * 2 * LONGEST)
    steps = [
        lambda: days(day1=line(1) + b'{"n":2}\n'),
        lambda: days(day2=b"x" * 3 * LONGEST + b"\n" + line(3)),
    ]

    def wait():
        if not steps:
            return False
        steps.pop(0)()
        return True

    assert shown(follow(directory, last=-1, wait=wait)) == ["n1", "n2", 1, "n3"]


def test_it_goes_on_through_the_days(days, tmp_path):
    """New lines, a new file, a file that was cut, one that is gone, a clock that was set back."""
    steps = [
        lambda: days(day1=line(1) + line(2)),
        lambda: days(day2=line(3)),
        lambda: days(day1=line(1) + line(2) + line(4)),
        (tmp_path / "audit-gw-a-2026-01-02.jsonl").unlink,
        lambda: days(day1=line(5)),
        lambda: days(day2=line(6)),
        lambda: None,
    ]

    def wait():
        if not steps:
            return False
        steps.pop(0)()
        return True

    found = shown(follow(days(day1=line(1)), last=1, wait=wait))

    assert found[:5] == ["n1", "n2", "n3", "n4", "n5"]


def test_a_file_that_is_purged_meanwhile(days, tmp_path):
    """Between listing and opening."""
    found = follow(days(**TWO_DAYS), last=-1)
    next(found)
    (tmp_path / "audit-gw-a-2026-01-02.jsonl").unlink()

    assert shown(found) == ["n2", "n3"]


def test_it_reads_what_the_recorder_writes(tmp_path):
    store = DayFiles(tmp_path, "gw-a")
    recorder = Recorder(store, "gw-a")
    recorder.put(VISIT)
    (record,) = follow(tmp_path)
    recorder.close()

    assert record["breaktime"]["decision"]["id"] == VISIT.decision


def read(record):
    return json.loads(LINES.line(record, 7, "id"))


AT = "2026-11-23T12:07:41.318204Z"
WATCHED = "facebook  www.facebook.com/watch?v=1+2"
CURSOR = {"event": {"action": "\x1b[2J\u202e\U0001f600\udc80"}, "message": "a \\\n\x7f"}
TWO = {"user": {"name": "ada  allow"}, "breaktime": {"verdict": "block"}}
SHAPES = {"@timestamp": {}, "event": 7, "message": ["x"]}
NOBODY = {"breaktime": {"verdict": "block"}}

# fmt: off
SHOWN = [
    ("a visit",                  read(VISIT),
     f"{AT}  r.hughes  allow  {WATCHED}  break_fixed  break  d-7k3mq9x2vd"),
    ("a refusal",                read(BLOCKED),
     f"{AT}  r.hughes  block  {WATCHED}  outside_breaks  break  d-7k3mq9x2vd"),
    ("no request",               read(LOADED),
     f"{AT}  config-loaded  Configuration loaded"),
    ("an empty object",          {},                     "-  -"),
    ("other shapes",             SHAPES,                 "-  -"),
    ("nobody and nowhere",       NOBODY,                 "-  -  block  -  -  -  -  -"),
    ("what moves a cursor",      CURSOR,
     r"-  \x1b[2J\u202e\U0001f600\udc80  a \\\x0a\x7f"),
    ("what looks like two",      TWO,
     r"-  ada\x20\x20allow  block  -  -  -  -  -"),
    ("numbers",                  {"@timestamp": 7, "message": 1.5}, "7  -  1.5"),
    ("a text without end",       {"message": "x" * 10_000}, "-  -  " + "x" * 600),
]
# fmt: on


@pytest.mark.parametrize(("record", "text"), [r[1:] for r in SHOWN], ids=[r[0] for r in SHOWN])
def test_render_line(record, text):
    assert render_line(record) == text


@given(RECORDS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_record_can_be_shown(record):
    assert re.fullmatch(r"[\x20-\x7e]+", render_line(read(record)))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "id", "v"]), inner),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(["@timestamp", "user", "breaktime", "event", "url", "message"]), JSON
    )
)
@settings(deadline=None)
def test_whatever_is_in_the_log_can_be_shown(record):
    assert re.fullmatch(r"[\x20-\x7e]+", render_line(record))


def test_the_time_is_that_of_the_record():
    assert render_line(read(VISIT)).startswith(NOON.isoformat()[:26] + "Z")
