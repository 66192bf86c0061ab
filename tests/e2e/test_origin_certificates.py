"""Who opens a connection has to check the certificate that the client cannot see any more."""

import pytest

from support.clients import curl

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def _lunch(gateway):
    gateway.clock("12:30:00")
    yield
    gateway.clock("09:00:00")


@pytest.mark.parametrize("kind", ["expired", "self-made", "another"])
def test_a_site_with_a_wrong_certificate_is_told_nothing(gateway, origin, kind):
    reply = curl(gateway, f"https://{kind}.facebook.com/private")

    assert reply.status == 502
    assert origin.seen.hellos == [f"{kind}.facebook.com"]
    assert origin.seen.requests == []


def test_a_site_with_a_right_one_is_asked(gateway, origin):
    assert curl(gateway, "https://right.facebook.com/").status == 200
    assert origin.seen.hosts == ["right.facebook.com"]
