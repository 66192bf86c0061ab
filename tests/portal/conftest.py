from datetime import timedelta

import pytest

from support.portal import Portal


@pytest.fixture
def portal(tmp_path):
    portal = Portal(tmp_path)
    yield portal
    portal.close()


@pytest.fixture(scope="module")
def one_for_all(tmp_path_factory):
    portal = Portal(tmp_path_factory.mktemp("portal"))
    yield portal
    portal.close()


@pytest.fixture
def shared(one_for_all):
    """A portal for tests that change nothing; a while later, so that nobody asks too often."""
    one_for_all.now += timedelta(minutes=2)
    return one_for_all
