"""The one clock of the gateway."""

from datetime import UTC, timedelta

from breaktime.mitm.clock import system_clock


def test_the_system_clock_gives_instants_in_utc_that_do_not_go_back():
    first, second = system_clock(), system_clock()

    assert first.tzinfo is UTC
    assert first.utcoffset() == timedelta(0)
    assert first <= second
