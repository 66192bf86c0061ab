"""`breaktime log`: read and followed, harmless to a terminal, and ended quietly."""

import csv
import json
import os
import pty
import signal
from datetime import UTC, datetime, timedelta

import pytest

from breaktime.audit import DayFiles, Recorder
from breaktime.core.decide import Context
from breaktime.core.record import Record
from records import BLOCKED, LOADED, NOON, VISIT
from support import command
from support.command import breaktime, configuration, end, objects

HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b\x7f\u202e\udcff\r\nx"
LINES = 50


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "audit"


@pytest.fixture
def recorder(directory):
    recorder = Recorder(DayFiles(directory, "gateway"), "gateway")
    yield recorder
    recorder.close()


def put(recorder, *people, at=NOON):
    for person in people:
        recorder.put(VISIT._replace(person=person, at=at))


def people(output):
    """Return the person of each line, which is the second column."""
    return [line.split("  ")[1] for line in output.decode("ascii").splitlines()]


def test_the_last_records_are_shown_in_order(recorder, directory):
    put(recorder, *(f"p{number}" for number in range(30)))
    done = breaktime("log", directory)
    assert (done.returncode, done.stderr) == (0, b"")
    assert people(done.stdout) == [f"p{number}" for number in range(10, 30)]
    assert people(breaktime("log", directory, "--last", "2").stdout) == ["p28", "p29"]
    assert people(breaktime("log", directory, "-n0").stdout) == []
    assert len(people(breaktime("log", directory, "--last", "-1").stdout)) == 30


def test_a_line_says_who_what_when_and_why(recorder, directory):
    put(recorder, "r.hughes")
    line = breaktime("log", directory).stdout.decode()
    assert line.startswith("2026-11-23T12:07:41.318204Z  r.hughes  allow  facebook  www.facebook")
    assert "  break_fixed  break  d-7k3mq9x2vd\n" in line


def test_as_json_it_is_the_records_as_they_were_written(recorder, directory):
    put(recorder, "a", "b")
    (file,) = directory.glob("*.jsonl")
    done = breaktime("log", directory, "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert objects(done.stdout) == objects(file.read_bytes())


def test_the_directory_is_read_from_the_configuration(tmp_path, recorder, directory):
    put(recorder, "a")
    done = breaktime("log", "--config", configuration(tmp_path))
    assert done.stdout == breaktime("log", directory).stdout != b""


def hostile_lines():
    """Yield lines that no writer of ours would write: every value of every key commands."""
    texts = [name for name in Record._fields if isinstance(getattr(VISIT, name), str)]
    flat = {
        "@timestamp": HOSTILE,
        "message": HOSTILE,
        "event": {"action": HOSTILE, "reason": HOSTILE},
        "user": {"name": HOSTILE},
        "url": {"domain": HOSTILE, "path": HOSTILE, "query": HOSTILE},
        "breaktime": {
            "verdict": HOSTILE, "platform": HOSTILE, "context": HOSTILE,
            "decision": {"id": HOSTILE},
        },
        **dict.fromkeys(texts, HOSTILE),
        HOSTILE: [HOSTILE],
    }  # fmt: skip
    yield json.dumps(flat)
    yield json.dumps({**flat, "breaktime": {"verdict": None}})
    yield json.dumps(flat, ensure_ascii=False).replace("\udcff", "")


@pytest.mark.parametrize(("form", "rows"), [("text", 3), ("json", 3), ("csv", 4)])
def test_no_record_can_command_a_terminal(directory, form, rows):
    directory.mkdir()
    lines = "".join(f"{line}\n" for line in hostile_lines())
    file = directory / "audit-gateway-2026-11-23.jsonl"
    file.write_bytes(lines.encode() + b"\x1b[2J\n\xff\x9b\n")
    odd = directory / "audit-\x1b[2J-2026-11-24.jsonl"
    odd.write_bytes(b"\x1b[2J\n")
    done = breaktime("log", directory, "--format", form)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == rows
    assert len(done.stderr.splitlines()) == 3
    for output in (done.stdout, done.stderr):
        assert all(0x20 <= byte <= 0x7E or byte == 0x0A for byte in output)


def test_what_is_no_record_is_named_on_stderr(recorder, directory):
    put(recorder, "a")
    (file,) = directory.glob("*.jsonl")
    with file.open("ab") as more:
        more.write(b"rubbish\n[]\n" + b"[" * 60_000 + b"\n" + b"x" * 200_000 + b"\n")
    put(recorder, "b")
    done = breaktime("log", directory)
    assert (done.returncode, people(done.stdout)) == (0, ["a", "b", "integrity-broken"])
    assert done.stderr.decode() == f"'{file.name}': a line is no record\n" * 4


def test_half_a_line_is_no_line_yet(recorder, directory):
    put(recorder, "a", "b")
    (file,) = directory.glob("*.jsonl")
    file.write_bytes(file.read_bytes()[:-10])
    done = breaktime("log", directory)
    assert (done.returncode, people(done.stdout), done.stderr) == (0, ["a"], b"")


def test_a_directory_without_records_is_an_empty_log(tmp_path):
    (tmp_path / "audit-gateway-2026-11-23.jsonl").touch()
    (tmp_path / "notes.txt").write_text("hello\n")
    done = breaktime("log", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


USAGE = {
    "nothing": ([], "give either DIRECTORY or --config FILE"),
    "both": (["DIRECTORY", "-c", "CONFIG"], "give either DIRECTORY or --config FILE"),
    "no directory": (["/none"], "there is no directory /none"),
    "a file": (["CONFIG"], "there is no directory"),
    "no time": (["DIRECTORY", "--since", "noon"], "--since: `noon` is neither a day nor a time"),
    "no number": (["DIRECTORY", "-n", "many"], "'many' is not a valid integer"),
}


@pytest.mark.parametrize(("arguments", "sentence"), USAGE.values(), ids=USAGE)
def test_a_command_line_that_is_not_understood_is_status_2(tmp_path, config, arguments, sentence):
    names = {"DIRECTORY": tmp_path, "CONFIG": config}
    done = breaktime("log", *(names.get(word, word) for word in arguments))
    assert (done.returncode, done.stdout) == (2, b"")
    assert sentence in done.stderr.decode()


def test_problems_of_the_configuration_are_status_1(tmp_path):
    done = breaktime("log", "-c", tmp_path / "none.yaml")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.endswith(b"none.yaml: does not exist\n1 problem\n")


def test_a_log_that_this_account_may_not_read(recorder, directory):
    put(recorder, "a")
    (file,) = directory.glob("*.jsonl")
    file.chmod(0)
    done = breaktime("log", directory, before=command.ordinary())
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == f"the log in {directory} cannot be read: permission denied\n"


MIXED = [
    VISIT._replace(person="a", at=NOON),
    BLOCKED._replace(person="a", teams=("planning", "finance"), at=NOON + timedelta(hours=1)),
    VISIT._replace(person="b", platform="x", teams=(), at=NOON + timedelta(days=1)),
    BLOCKED._replace(person="b", context=Context.OUTSIDE_BREAK, at=NOON + timedelta(days=2)),
    LOADED._replace(at=NOON + timedelta(days=3)),
]
# fmt: off
CHOSEN = [
    ("a person",          ["--person", "a"],                              [0, 1]),
    ("two people",        ["--person", "a", "--person", "b"],             [0, 1, 2, 3]),
    ("a team",            ["--team", "planning"],                         [1]),
    ("any of two teams",  ["--team", "planning", "--team", "finance"],    [0, 1, 3]),
    ("a platform",        ["--platform", "x"],                            [2]),
    ("a verdict",         ["--verdict", "block"],                         [1, 3]),
    ("a context",         ["--context", "outside-break"],                 [3]),
    ("all must hold",     ["--verdict", "block", "--person", "a"],        [1]),
    ("from a day on",     ["--since", "2026-11-24"],                      [2, 3, 4]),
    ("up to a day",       ["--until", "2026-11-24"],                      [0, 1, 2]),
    ("one day",           ["--since", "2026-11-23", "--until", "2026-11-23"], [0, 1]),
    ("from a time on",    ["--since", "2026-11-23T13:00", "--until", "2026-11-23"], [1]),
    ("with an offset",    ["--until", "2026-11-23T14:07:41.318204+02:00"], []),
    ("the last of them",  ["--verdict", "block", "-n1"],                  [3]),
    ("none of them",      ["--verdict", "block", "-n0"],                  []),
    ("nobody",            ["--person", "nobody"],                         []),
]
# fmt: on


@pytest.mark.parametrize(("options", "found"), [r[1:] for r in CHOSEN], ids=[r[0] for r in CHOSEN])
def test_records_can_be_chosen(recorder, directory, options, found):
    for record in MIXED:
        recorder.put(record)
    done = breaktime("log", directory, "--format", "json", *options)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [line["event"]["sequence"] - 1 for line in objects(done.stdout)] == found


def test_days_are_those_of_the_organisation(tmp_path, recorder):
    text = command.CONFIG.replace("Europe/London", "Asia/Tokyo")
    put(recorder, "evening", at=datetime(2026, 11, 23, 14, 59, tzinfo=UTC))
    put(recorder, "night", at=datetime(2026, 11, 23, 15, 1, tzinfo=UTC))
    done = breaktime("log", "-c", configuration(tmp_path, text), "--since", "2026-11-24")
    assert people(done.stdout) == ["night"]


def test_as_a_table_no_cell_is_a_formula(recorder, directory):
    put(recorder, "=1+2", "+x", "-x", "@x", "\t=x", 'a","b', "plain")
    done = breaktime("log", directory, "--format", "csv", "--platform", "facebook")
    heading, *rows = csv.reader(done.stdout.decode("ascii").splitlines())
    assert [row[heading.index("person")] for row in rows] == [
        "'=1+2", "'+x", "'-x", "'@x", "'\\x09=x", 'a","b', "plain",
    ]  # fmt: skip
    assert not any(cell[:1] in set("=+-@\t\r") for row in rows for cell in row if cell)


def test_who_reads_a_log_that_is_written_is_noted_first(recorder, directory):
    put(recorder, "a")
    for team in ("finance", "planning"):
        assert breaktime("log", directory, "--team", team).returncode == 0
    notes = objects((directory / "readings" / "readings.jsonl").read_bytes())
    assert [note["event"]["sequence"] for note in notes] == [1, 2]
    assert [note["breaktime"]["note"] for note in notes] == ["team finance", "team planning"]
    assert {note["event"]["action"] for note in notes} == {"log-read"}
    assert all(note["breaktime"]["by"] for note in notes)


def test_what_cannot_be_noted_is_not_shown(recorder, directory):
    put(recorder, "a")
    (directory / "readings").write_text("in the way")
    done = breaktime("log", directory)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"cannot be noted" in done.stderr


def test_a_copy_of_the_log_can_be_read_without_a_note(recorder, directory, tmp_path):
    put(recorder, "a")
    (file,) = directory.glob("*.jsonl")
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / file.name).write_bytes(file.read_bytes())
    assert people(breaktime("log", copy).stdout) == ["a"]
    assert [path.name for path in copy.iterdir()] == [file.name]


@pytest.fixture
def following_some(recorder, directory):
    """A process that follows the records of one person and has shown one."""
    put(recorder, "other", "first", "other")
    process = command.start("log", directory, "--follow", "--person", "first")
    try:
        assert people(process.stdout.readline()) == ["first"]
        yield process
    finally:
        end(process)


def test_those_that_were_chosen_are_followed(following_some, recorder):
    put(recorder, "other", at=NOON + timedelta(days=1))
    put(recorder, "first", at=NOON + timedelta(days=2))
    line = following_some.stdout.readline()
    assert people(line) == ["first"]
    assert line.startswith(b"2026-11-25")


@pytest.fixture
def following(recorder, directory):
    """A process that follows the log and has shown one record."""
    put(recorder, "first")
    process = command.start("log", directory, "--follow")
    try:
        assert people(process.stdout.readline()) == ["first"]
        yield process
    finally:
        end(process)


def test_what_is_recorded_later_is_shown_and_the_next_day_too(following, recorder):
    for number in range(3):
        put(recorder, f"p{number}", at=NOON + timedelta(days=number))
        assert people(following.stdout.readline()) == [f"p{number}"]


def test_a_line_is_shown_once_it_is_whole(following, directory):
    (file,) = directory.glob("*.jsonl")
    line = file.read_bytes()
    with file.open("ab", buffering=0) as more:
        more.write(line[:100])
        more.write(line[100:])
    assert people(following.stdout.readline()) == ["first"]


def test_ctrl_c_ends_it_quietly(following):
    following.send_signal(signal.SIGINT)
    stdout, stderr = following.communicate(timeout=command.TIMEOUT)
    assert (following.returncode, stdout, stderr) == (0, b"", b"")


def test_it_ends_when_nobody_reads_although_nothing_is_recorded(following):
    following.stdout.close()
    assert following.wait(command.TIMEOUT) == 0
    assert following.stderr.read() == b""


def test_it_goes_on_while_it_writes_to_a_file(recorder, directory, tmp_path):
    put(recorder, "first")
    with (tmp_path / "out").open("wb") as out:
        process = command.start("log", directory, "-f", stdout=out)
    try:
        for count in range(1, 4):
            await_lines(tmp_path / "out", count, process)
            put(recorder, "more")
    finally:
        end(process)


def await_lines(path, count, process):
    """Wait until another process has written so many lines."""
    for _ in range(2400):
        if len(path.read_bytes().splitlines()) >= count:
            return
        try:
            process.wait(0.05)
        except command.subprocess.TimeoutExpired:
            continue
        raise AssertionError("it has ended")
    raise AssertionError("no line came")


def test_it_goes_on_while_it_writes_to_a_terminal(recorder, directory):
    put(recorder, "first")
    ours, theirs = pty.openpty()
    process = command.start("log", directory, "-f", stdout=theirs)
    os.close(theirs)
    try:
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            for name in ("first", "second", "third"):
                if name != "first":
                    put(recorder, name)
                shown = b""
                while not shown.endswith(b"\n"):
                    shown += terminal.read(4096)
                assert people(shown) == [name]
        assert process.wait(command.TIMEOUT) == 0  # the terminal has gone
    finally:
        end(process)


@pytest.mark.parametrize("form", ["text", "json"])
def test_who_has_read_enough_may_leave(recorder, directory, form):
    put(recorder, *(f"p{number}" for number in range(LINES)))
    process = command.start("log", directory, "--last", "-1", "--format", form)
    try:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(command.TIMEOUT) == 0
        assert process.stderr.read() == b""
    finally:
        end(process)
