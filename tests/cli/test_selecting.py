"""Days and times as the verbs that read the log take them, and who reads."""

import os
import pwd
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
import pytest

from breaktime.cli.selecting import instant, reader

LONDON = ZoneInfo("Europe/London")


# fmt: off
ROWS = [
    ("2026-07-01",             False, datetime(2026, 6, 30, 23, tzinfo=UTC)),
    ("2026-07-01",             True,  datetime(2026, 7, 1, 23, tzinfo=UTC)),
    ("2026-10-25",             True,  datetime(2026, 10, 26, 0, tzinfo=UTC)),
    ("2026-07-01T12:00",       True,  datetime(2026, 7, 1, 11, tzinfo=UTC)),
    ("2026-07-01T12:00Z",      False, datetime(2026, 7, 1, 12, tzinfo=UTC)),
    ("2026-07-01T12:00+02:00", False, datetime(2026, 7, 1, 10, tzinfo=UTC)),
]
# fmt: on


@pytest.mark.parametrize(("text", "end", "found"), ROWS)
def test_a_day_or_a_time_of_the_organisation(text, end, found):
    assert instant(text, "--since", LONDON, end=end) == found


@pytest.mark.parametrize("text", ["", "noon", "2026-13-01", "0001-01-01", "9999-12-31T00:00", "1"])
def test_anything_else_is_told_of(text):
    with pytest.raises(click.UsageError, match=r"--since: .* is neither a day nor a time"):
        instant(text, "--since", LONDON)


def test_whoever_reads_has_a_name():
    assert instant(None, "--since", LONDON) is None
    assert reader() in {each.pw_name for each in pwd.getpwall()} | {f"uid {os.getuid()}"}
