"""Are zones known by their names, the same on every machine?"""

from datetime import UTC, datetime

import pytest

from breaktime.config import zones


def test_every_zone_can_be_had():
    assert len(zones.names()) > 400
    for name in zones.names():
        assert zones.zone(name).key == name


def test_a_zone_is_one_object_however_often_it_is_asked_for():
    assert zones.zone("Europe/London") is zones.zone("Europe/London")


def test_a_zone_knows_when_its_clocks_change():
    summer = datetime(2026, 7, 6, 11, tzinfo=UTC).astimezone(zones.zone("Europe/London"))
    assert summer.hour == 12


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("London", "did you mean `Europe/London`"),
        ("new york", "did you mean `America/New_York`"),
        ("Europe/Lundon", "did you mean `Europe/London`"),
        ("europe/london", "did you mean `Europe/London`"),
        ("local", "write it as `Europe/London`"),
        ("GMT+1", "write it as `Europe/London`"),
        ("../../etc/passwd", "write it as `Europe/London`"),
    ],
)
def test_a_zone_that_nobody_knows(written, hint):
    with pytest.raises(ValueError, match="is not a time zone") as caught:
        zones.zone(written)
    assert str(caught.value) == f"`{written}` is not a time zone; {hint}"


def test_the_release_of_the_zone_data_is_known():
    assert zones.VERSION[0].isdigit()
