"""One origin and one gateway for each file of tests."""

import pytest

from support.gateway import running
from support.office import open_office
from support.origin import CountingOrigin


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    with CountingOrigin(tmp_path_factory.mktemp("origin")) as origin:
        yield origin


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    with running(tmp_path_factory.mktemp("gateway"), origin) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """One gateway with a portal and one browser, for all tests of what people see and do."""
    with open_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(autouse=True)
def _nothing_seen_yet(origin):
    origin.reset()
