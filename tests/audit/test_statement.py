"""What a witness keeps is found in whatever it keeps it in."""

from breaktime.audit.statement import Statement, read_statements

SEEN = Statement("gateway/1f0c9e1b7a445d0c", 9120, "5a" * 32)
LINE = str(SEEN).encode()


def test_it_is_found_in_any_log():
    lines = [
        LINE,
        b"Nov 23 16:31:00 host breaktime[7]: " + LINE + b"\n",
        b"<109>1 2026-11-23T16:31:00Z - breaktime - seal - " + LINE + b"\r\n",
        b'{"MESSAGE":"' + LINE + b'"}',
    ]
    assert list(read_statements(lines)) == [SEEN] * 4


def test_nothing_else_is():
    lines = [b"", b"\xff\x00", LINE[:-1], LINE.upper(), b"breaktime-seal origin= epoch=1 hash="]
    assert list(read_statements(lines)) == []
