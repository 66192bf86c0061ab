"""Whoever sets the clock back does not get a break twice, and it is written down."""

import pytest

from support.clients import curl
from support.gateway import running

pytestmark = pytest.mark.e2e

FACEBOOK = "https://www.facebook.com/"


def test_a_break_that_has_ended_does_not_begin_again(origin, tmp_path):
    with running(tmp_path, origin, module="support.forward_gateway") as gateway:
        gateway.clock("12:30:00")
        assert curl(gateway, FACEBOOK).status == 200
        gateway.clock("14:30:00")
        assert curl(gateway, FACEBOOK).status == 403

        gateway.clock("12:30:00")
        gateway.await_told("seconds=-72")

        steps = (gateway.await_line("clock-stepped", count) for count in range(1, 9))
        assert any("was set back by 72" in step["message"] for step in steps)
        assert curl(gateway, FACEBOOK).status == 403
        stamps = [each["@timestamp"] for each in gateway.lines()]
        assert stamps == sorted(stamps)
