"""Passwords that the directory checks: asked once, remembered, and busy where it is."""

import asyncio
import base64
import inspect

import pytest

from breaktime.core.signin import Strength
from breaktime.identity import (
    BusyError,
    Claim,
    DirectoryPasswordConfig,
    Sighting,
    Surroundings,
)
from breaktime.identity.directory_settings import Address, DirectorySettings

SETTINGS = DirectorySettings((Address("dc", 636, tls=True),), (), "cn=x", "secret", "ou=people")


class Knows:
    """Stands for a directory; a real one answers in test_directory.py."""

    settings = SETTINGS

    def __init__(self):
        self.asked = []
        self.busy = False

    def knows(self, person, password):
        self.asked.append((person, password))
        if self.busy:
            raise BusyError
        return password == "open"


@pytest.fixture
def directory():
    return Knows()


@pytest.fixture
def provider(directory, tmp_path):
    around = Surroundings(tmp_path, directory=directory)
    provider = DirectoryPasswordConfig(kind="directory").open(around)
    yield provider
    provider.close()


def ask(provider, pair):
    header = "Basic " + base64.b64encode(pair.encode()).decode()

    async def wait():
        answer = provider.identify(Sighting("10.0.0.1", header))
        return await answer if inspect.isawaitable(answer) else answer

    return asyncio.run(wait())


def test_who_is_known_is_remembered(provider, directory):
    for _ in range(2):
        claim = ask(provider, "A.Jones:open")
        assert claim == Claim("a.jones", "directory", strength=Strength.DIRECTORY)
    assert directory.asked == [("a.jones", "open")]


def test_who_is_not_known_is_nobody(provider):
    assert ask(provider, "a.jones:wrong") is None


def test_a_directory_that_does_not_answer_makes_nobody_unknown(provider, directory):
    directory.busy = True
    with pytest.raises(BusyError):
        ask(provider, "a.jones:open")

    directory.busy = False
    assert ask(provider, "a.jones:open") is not None  # and that was not remembered


def test_without_a_directory_one_is_told_what_to_write(tmp_path):
    with pytest.raises(ValueError, match="write the section `directory`"):
        DirectoryPasswordConfig(kind="directory").open(Surroundings(tmp_path))
