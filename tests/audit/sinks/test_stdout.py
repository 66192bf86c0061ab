"""Standard output as a sink."""

import os

import pytest

from breaktime.audit.sinks import stdout
from breaktime.audit.sinks.stdout import StdoutConfig
from entries import entry_of
from records import LOADED


@pytest.fixture
def sink(tmp_path):
    return StdoutConfig(kind="stdout").open(tmp_path)


def test_a_line_in_parts(sink, monkeypatch):
    """What does not go out at once goes out after it."""
    out = bytearray()

    def write(fd, data):
        out.extend(data[:3])
        return len(data[:3])

    monkeypatch.setattr(stdout.os, "write", write)
    entry = entry_of(LOADED)
    sink.send([entry])
    monkeypatch.undo()

    assert out == entry.line + b"\n"


def test_a_full_device_is_told_of(sink, monkeypatch):
    device = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(stdout, "STDOUT", device)
    try:
        with pytest.raises(OSError, match="No space"):
            sink.send([entry_of(LOADED)])
    finally:
        os.close(device)
    sink.close()
