"""How far a sink has come: whole or as it was."""

import stat

import pytest

from breaktime.audit.sinks import cursor as module
from breaktime.audit.sinks.cursor import Cursor, CursorFile

AT = Cursor(48211, "audit-gw-a-2026-11-23.jsonl", 4096)


@pytest.fixture
def file(tmp_path):
    return CursorFile.of(tmp_path, "audit-gw-a-", "syslog+tls:siem.example.org:6514")


def path_of(tmp_path):
    (path,) = (tmp_path / "sinks").glob("[!.]*")
    return path


def test_what_was_kept_is_read(file, tmp_path):
    assert file.read() is None
    file.keep(Cursor(1))
    file.keep(AT)

    assert file.read() == AT
    assert stat.S_IMODE(path_of(tmp_path).stat().st_mode) & 0o077 == 0


def test_each_sink_and_each_stream_has_its_own(tmp_path):
    names = ["syslog:a:1", "syslog:a/1", "syslog+tls:a:1", "../../etc", "x" * 300, "\x1b[2J"]
    for stream in ("audit-gw-a-", "audit-gw-b-"):
        for number, name in enumerate(names, 1):
            CursorFile.of(tmp_path, stream, name).keep(Cursor(number))
    assert len(list((tmp_path / "sinks").iterdir())) == 12
    assert CursorFile.of(tmp_path, "audit-gw-b-", "../../etc").read() == Cursor(4)


SPOILT = [
    *(b"", b"{", b"7", b"[]", b"null", b"[1,2,3]", b"\xff", b'["a","b",1]', b'[1,"b",-1]'),
    *(b'[true,"b",1]', b'[1,"b",1,1]', b'[1,"b",true]'),
]


@pytest.mark.parametrize("content", SPOILT)
def test_what_is_not_whole_is_none(file, tmp_path, content):
    file.keep(AT)
    path_of(tmp_path).write_bytes(content)
    assert file.read() is None


def test_a_disk_that_does_not_keep_it_keeps_the_one_before(file, tmp_path, monkeypatch):
    file.keep(AT)

    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.keep(Cursor(48212))
    assert file.read() == AT
    assert len(list((tmp_path / "sinks").iterdir())) == 1
