"""Is what the schema says what is written, and is what is written what ECS knows?"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from breaktime import audit
from breaktime.audit.ecs import ALWAYS, CODES, ECS_VERSION, FAULTS, SOMETIMES, Origin, to_ecs
from breaktime.audit.line import render
from breaktime.audit.schema import LINE, as_text, json_schema
from breaktime.audit.tombstone import Tombstone, write_tombstone
from records import BLOCKED, LOADED, RECORDS, VISIT
from sealed import Log

ROOT = Path(__file__).parents[2]
CHECKED_IN = Path(audit.__file__).with_name("schema.json")
SINCE_1 = Path(__file__).with_name("schema-1.txt")
ECS = Path(__file__).with_name("ecs-9.4.0.txt")
STONE = write_tombstone(Tombstone("0" * 32, b"\1" * 32, 7))
ID = "019abc53-7c1e-7b44-9f3e-5d0c8a2e37ff"
VALIDATOR = jsonschema_rs.validator_for(json_schema())


def written(record):
    origin = Origin("gw-a", "1.0.0")
    return render(to_ecs(record, sequence=48211, event_id=ID, origin=origin))[:-1]


def flat(value, prefix=""):
    found = {}
    for key, each in value.items():
        found |= flat(each, f"{prefix}{key}.") if isinstance(each, dict) else {prefix + key: each}
    return found


def holds(line):
    LINE.validate_json(line)
    VALIDATOR.validate(json.loads(line))


def test_the_schema_that_is_checked_in_is_current():
    """`make schema` makes it so."""
    assert CHECKED_IN.read_text("utf-8") == as_text()


def test_the_schema_is_printed_and_nothing_else():
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "breaktime.audit.schema"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "addon")},
        text=True,
    )
    assert ran.stdout == as_text()
    assert not ran.stderr


def test_the_schema_is_one():
    jsonschema_rs.meta.validate(json_schema())


@pytest.mark.parametrize("record", [VISIT, LOADED, BLOCKED], ids=["full", "empty", "blocked"])
def test_each_kind_of_record_holds(record):
    holds(written(record))


@given(RECORDS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_record_holds_also_where_it_was_cut(record):
    holds(written(record))


def test_checkpoints_and_tombstones_hold(tmp_path):
    log = Log(tmp_path)
    log.write(3, 0)

    lines = log.path.read_bytes().splitlines()
    assert sum(b'"seal":{' in line for line in lines) >= 2
    for line in (*lines, STONE):
        holds(line)


def _spoilt():
    """Lines with one thing in them that no line has."""
    line = json.loads(written(VISIT))

    def changed(path, value):
        new = json.loads(json.dumps(line))
        part = new
        *way, last = path.split("/")
        for step in way:
            part = part[step]
        part[last] = value
        return new

    yield "a cookie", changed("http/request/cookies", "x")
    yield "a header", changed("http/request/headers", {"referer": "x"})
    yield "a fragment", changed("url/fragment", "x")
    yield "a user agent", changed("user_agent", {"original": "x"})
    yield "a title", changed("breaktime/title", "x")
    yield "an action of nobody", changed("event/action", "visit-enjoyed")
    yield "a reason of nobody", changed("event/reason", "because")
    yield "a context of nobody", changed("breaktime/context", "lunch")
    yield "a verdict of nobody", changed("breaktime/verdict", "maybe")
    yield "a grade of nobody", changed("breaktime/visit/evidence", "certain")
    yield "a code of nobody", changed("event/code", "BT9999I")
    yield "a time without a zone", changed("@timestamp", "2026-11-23T12:07:41.318204")
    yield "a number as text", changed("event/sequence", "48211")


@pytest.mark.parametrize("line", [pytest.param(line, id=name) for name, line in _spoilt()])
def test_what_no_line_may_have_is_refused_by_both(line):
    assert not VALIDATOR.is_valid(line)
    with pytest.raises(ValidationError):
        LINE.validate_json(json.dumps(line))


def test_what_need_not_be_there_is_never_null():
    line = json.loads(written(LOADED))
    line["breaktime"]["platform"] = None

    assert not VALIDATOR.is_valid(line)


# What the Elastic Common Schema says of each name


def ecs():
    lines = ECS.read_text("utf-8").splitlines()
    return dict(line.split(" ") for line in lines if not line.startswith("#"))


KINDS = {"text": str, "number": int, "truth": bool}
MANY = {"user.group.name"}
"""ECS says of `user` that its fields may have several entries."""


def test_the_pinned_list_is_of_the_version_that_lines_claim():
    assert ECS.name == f"ecs-{ECS_VERSION}.txt"
    assert set(ecs().values()) <= {"text", "number", "truth", "text[]", "object"}


def test_every_name_is_one_of_ecs_or_ours():
    known = ecs()
    names = {name for name in ALWAYS | SOMETIMES if not name.startswith("breaktime.")}

    assert names <= set(known)


@pytest.mark.parametrize(
    "line",
    [*map(written, (VISIT, LOADED, BLOCKED))],
    ids=["full", "empty", "blocked"],
)
def test_every_value_is_of_the_kind_that_ecs_says(line):
    known = ecs()
    for name, value in flat(json.loads(line)).items():
        if name.startswith("breaktime.") or value is None:
            continue
        kind = KINDS[known[name].removesuffix("[]")]
        many = known[name].endswith("[]") or name in MANY
        assert isinstance(value, list) is many, name
        assert all(type(each) is kind for each in (value if many else [value])), name


# Inside one version fields and words are only added


def words(schema):
    """Every field and every word that a line may have."""
    found = set()
    for part, said in schema["$defs"].items():
        found |= {f"{part}.{name}" for name in said.get("properties", {})}
        found |= {f"{part}={word}" for word in said.get("enum", ())}
        for name, kind in said.get("properties", {}).items():
            text = json.dumps(kind)
            for enum in re.findall(r'"enum": (\[[^\]]*\])', text):
                found |= {f"{part}.{name}={word}" for word in json.loads(enum)}
    return found


def needed(schema):
    """Every field that a line has to have."""
    parts = schema["$defs"].items()
    return {f"{part}!{name}" for part, said in parts for name in said.get("required", ())}


def test_nothing_of_version_1_was_taken_away():
    """
    What is new is added to the file by hand; what is in it stays.

    `breaktime.v` becomes 2, and there is a file for it, where something has to go.
    """
    schema = json_schema()
    due = set(SINCE_1.read_text("utf-8").split("\n")) - {""}

    now = words(schema) | needed(schema)
    assert sorted(due - now) == []
    assert sorted(now - due) == []


def test_all_codes_are_in_it():
    codes = {each.code for each in (*CODES.values(), *FAULTS.values())}

    assert codes == {
        word.partition("=")[2] for word in words(json_schema()) if "Event.code=" in word
    }
