"""What every sink promises: one suite, asked of each."""

import os
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from breaktime.audit.formats import FORMATS
from breaktime.audit.sinks import SINKS, SinkConfig, journal, stdout
from entries import entry_of
from records import LOADED, VISIT
from support.journald import Journald
from support.rsyslog import Rsyslog

ENTRIES = [
    entry_of(VISIT, 1),
    entry_of(LOADED._replace(message="Line 1\nLine 2 \x1b[2J \u202e"), 2),
    entry_of(VISIT._replace(path="/" + "x" * 6000), 3),
]

READ = TypeAdapter(SinkConfig).validate_python


@pytest.fixture(params=SINKS)
def kind(request):
    return request.param


@pytest.fixture
def place(kind, tmp_path, monkeypatch):
    """Configuration of a sink, and a function that reads so many texts that it took."""
    if kind == "stdout":
        path = tmp_path / "out"
        monkeypatch.setattr(stdout, "STDOUT", os.open(path, os.O_CREAT | os.O_WRONLY))
        yield {"kind": kind}, lambda _: path.read_text("ascii").splitlines()
        os.close(stdout.STDOUT)
    elif kind == "journal":
        with Journald() as journald:
            monkeypatch.setattr(journal, "SOCKET", journald.socket)
            yield (
                {"kind": kind},
                lambda count: [e["MESSAGE"] for e in journald.entries(count, "breaktime-audit")],
            )
    else:
        with Rsyslog(tmp_path) as server:
            yield (
                {"kind": kind, "to": server.address, "tls": False},
                lambda count: server.taken(count, "said"),
            )


def test_records_come_as_they_are_and_in_order(place):
    """Hostile ones, and one of the longest; in every form, by one sink."""
    config, taken = place
    expected = []
    for number, (name, form) in enumerate(FORMATS.items(), 1):
        sink = READ({**config, "format": name}).open(Path("/"))
        sink.send(ENTRIES)
        sink.close()
        expected += map(form, ENTRIES)
        assert taken(3 * number) == expected


def test_an_unknown_key_is_refused(kind):
    fields = {"kind": kind, "to": "siem:514"} if kind == "syslog" else {"kind": kind}
    assert READ(fields).kind == kind
    with pytest.raises(ValidationError, match="colour"):
        READ({**fields, "colour": "red"})
    with pytest.raises(ValidationError, match="ecs"):
        READ({**fields, "format": "xml"})


def test_the_table_of_kinds_is_what_the_configuration_takes():
    for name, config in SINKS.items():
        fields = {"kind": name, "to": "siem:514"} if name == "syslog" else {"kind": name}
        assert type(READ(fields)) is config
        assert READ(fields).format == "ecs"
