"""The stage: started whole, and nothing of it left."""

import os
import signal
import socket
import tempfile
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from breaktime.demo import stage as stages
from breaktime.demo.gateway import file_clock
from breaktime.demo.stage import DemoError, EndedError

pytestmark = pytest.mark.e2e


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """An empty folder for everything that is temporary."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def listens(proxy):
    try:
        socket.create_connection(proxy, 60).close()
    except ConnectionRefusedError:
        return False
    return True


def test_the_gateway_listens_and_nothing_is_left_afterwards(temporary):
    with stages.stage() as running:
        assert listens(running.proxy)
        assert running.folder.parent == temporary
        assert running.records() == []
        assert running.trust.read_text().count("BEGIN CERTIFICATE") == 2
    assert not listens(running.proxy)
    assert not list(temporary.iterdir())


def test_the_clock_can_be_set(stage):
    stage.set_clock(time(15, 30))
    assert file_clock(stage.clock)() == datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


def test_a_fault_inside_leaves_nothing_either(temporary):
    with pytest.raises(RuntimeError), stages.stage() as running:
        raise RuntimeError
    assert not listens(running.proxy)
    assert not list(temporary.iterdir())


def test_sigterm_ends_it_all(temporary):
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(EndedError), stages.stage() as running:
        os.kill(os.getpid(), signal.SIGTERM)
    assert not listens(running.proxy)
    assert not list(temporary.iterdir())
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_port_that_is_taken_is_said_before_anything_starts(temporary):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"^port {port} is taken; choose another"):
            stages.stage(port).__enter__()
    assert not list(temporary.iterdir())


def test_an_address_that_this_machine_lacks_is_said(temporary, monkeypatch):
    monkeypatch.setitem(stages.PEOPLE, "far.away", "192.0.2.1")
    with pytest.raises(DemoError, match=r"192\.0\.2\.1, which this machine does not have"):
        stages.stage().__enter__()
    assert not list(temporary.iterdir())


def test_a_gateway_that_does_not_start_leaves_nothing(temporary, monkeypatch, capfd):
    monkeypatch.setattr(Path, "write_text", lambda self, *_, **__: self.touch() or 0)
    with pytest.raises(DemoError, match="did not start; its own words stand above"):
        stages.stage().__enter__()
    assert "config.yaml:1:1: must be keys with values" in capfd.readouterr().err
    assert not list(temporary.iterdir())
