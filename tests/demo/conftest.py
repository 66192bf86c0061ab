"""What the tests of the demo share."""

import pytest

import support.mitmproxy_quietly  # noqa: F401  once, before anybody else imports it
from breaktime.demo import stage as stages
from support import command


@pytest.fixture(scope="session", autouse=True)
def checkout():
    """Let the gateway, which is a process of its own, be that of this checkout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", command.environment()["PYTHONPATH"])
        yield


@pytest.fixture(scope="module")
def stage(checkout):
    """A running gateway with its internet."""
    with stages.stage() as running:
        yield running
