"""Standard output as a sink."""

import os
from datetime import date

import pytest

from breaktime.audit import StdoutConfig, stdout


@pytest.fixture
def sink(monkeypatch):
    return StdoutConfig(kind="stdout").open("gw-a")


def test_a_line_in_parts(sink, monkeypatch):
    """What does not go out at once goes out after it."""
    out = bytearray()

    def write(fd, data):
        out.extend(data[:3])
        return len(data[:3])

    monkeypatch.setattr(stdout.os, "write", write)
    sink.write(b"12345678\n", date(2026, 1, 1))
    monkeypatch.undo()

    assert out == b"12345678\n"


def test_a_full_device_is_told_of(sink, monkeypatch):
    device = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(stdout, "STDOUT", device)
    try:
        with pytest.raises(OSError, match="No space"):
            sink.write(b"x\n", date(2026, 1, 1))
    finally:
        os.close(device)
