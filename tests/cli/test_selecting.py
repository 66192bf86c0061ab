"""Days and times as the verbs that read the log take them, and who reads."""

import os
import pwd
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
import pytest

from breaktime.cli.selecting import Place, instant, reader, selection_of

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


@pytest.mark.parametrize(
    ("since", "until"), [("2026-12-01", "2026-11-30"), ("2026-12-01T12:00", "2026-12-01T12:00")]
)
def test_an_end_before_the_beginning_is_told_of(tmp_path, since, until):
    """Else it would look as if nothing had happened."""
    place = Place(tmp_path, LONDON, None)
    assert selection_of(place, since="2026-12-01", until="2026-12-01").since is not None
    with pytest.raises(click.UsageError, match="--until is not after --since"):
        selection_of(place, since=since, until=until)


def test_whoever_reads_has_a_name():
    assert instant(None, "--since", LONDON) is None
    assert reader() in {each.pw_name for each in pwd.getpwall()} | {f"uid {os.getuid()}"}
