"""One origin for all of these tests."""

import pytest

from support.origin import CountingOrigin


@pytest.fixture(scope="session")
def origin(tmp_path_factory):
    with CountingOrigin(tmp_path_factory.mktemp("origin")) as origin:
        yield origin
