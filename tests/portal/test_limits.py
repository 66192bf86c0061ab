"""Is somebody who asks too often told so, and nobody else?"""

from datetime import timedelta

from breaktime.portal.limits import REMEMBERED, Limit
from support.portal import NOON

SECOND = timedelta(seconds=1)


def test_so_many_at_once_and_then_one_at_a_time():
    limit = Limit(3, 10 * SECOND)

    assert [limit.takes("ada", NOON) for _ in range(4)] == [True, True, True, False]
    assert limit.takes("bob", NOON)
    assert not limit.takes("ada", NOON + 9 * SECOND)
    assert limit.takes("ada", NOON + 21 * SECOND)
    assert limit.takes("ada", NOON + 22 * SECOND)
    assert not limit.takes("ada", NOON + 22 * SECOND)


def test_a_clock_that_goes_back_gives_nothing():
    limit = Limit(1, SECOND)
    limit.takes("ada", NOON)
    assert not limit.takes("ada", NOON - timedelta(hours=1))


def test_it_forgets_who_asked_longest_ago():
    limit = Limit(1, timedelta(days=1))
    for number in range(REMEMBERED + 1):
        limit.takes(number, NOON)
    assert limit.takes(0, NOON)
    assert not limit.takes(REMEMBERED, NOON)
