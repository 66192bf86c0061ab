"""What the tests of the verbs share."""

import pytest

from support import command


@pytest.fixture(scope="session")
def config(tmp_path_factory):
    """A configuration of which nothing is written, so that all tests can share it."""
    return command.configuration(tmp_path_factory.mktemp("config"))
