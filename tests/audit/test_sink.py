"""What every sink promises: one suite, asked of each."""

import os
from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from breaktime.audit import SINKS, stdout

DAY = date(2026, 11, 23)
LINES = [b'{"event":{"sequence":%d}}\n' % number for number in (1, 2, 3)]


@pytest.fixture(params=SINKS)
def kind(request):
    return request.param


@pytest.fixture
def config(kind, tmp_path, monkeypatch):
    """Configuration of a sink, and a function that reads what it kept."""
    if kind == "stdout":
        monkeypatch.setattr(stdout, "STDOUT", os.open(tmp_path / "out", os.O_CREAT | os.O_WRONLY))
        yield SINKS[kind](kind=kind), (tmp_path / "out").read_bytes
        os.close(stdout.STDOUT)
    else:
        path = tmp_path / "log" / "audit-gw-a-2026-11-23.jsonl"
        yield SINKS[kind](kind=kind, directory=tmp_path / "log"), path.read_bytes


def test_lines_are_kept_as_they_come(config):
    """There when `write` returns, in order, byte for byte."""
    fields, read = config
    sink = fields.open("gw-a")
    try:
        assert sink.last_sequence == 0
        for number, line in enumerate(LINES, 1):
            sink.write(line, DAY)
            assert read() == b"".join(LINES[:number])
    finally:
        sink.close()
    assert read() == b"".join(LINES)


def test_an_unknown_key_is_refused(config):
    fields, _ = config
    model = type(fields)

    with pytest.raises(ValidationError, match="colour"):
        TypeAdapter(model).validate_python({**fields.model_dump(), "colour": "red"})


def test_closing_twice_does_no_harm(config):
    sink = config[0].open("gw-a")
    sink.write(LINES[0], DAY)

    sink.close()
    sink.close()
