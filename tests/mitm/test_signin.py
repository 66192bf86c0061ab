"""Who could not be checked is told so, and is not written down as a stranger."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from breaktime.core.record import Action
from breaktime.door import Caller
from breaktime.identity import BusyError, Claim, Source
from breaktime.mitm.policing import Police
from breaktime.mitm.signin import SignIn
from support.answered import Answered

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADA = Claim("ada", "basic")


class Provider:
    """Answers what it is told to, after the test has had its turn."""

    source = Source.CREDENTIALS
    challenge = "Basic"

    def __init__(self, answer, meanwhile=lambda: None):
        self.answer = answer
        self.meanwhile = meanwhile

    def identify(self, sighting):
        return self._later()

    async def _later(self):
        self.meanwhile()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def records():
    return []


@pytest.fixture
def sign_in(records):
    def put(record):
        records.append(record)
        return Answered(recorder.writable)

    recorder = SimpleNamespace(writable=True, put=put)
    return SignIn(recorder, lambda: NOON)


def in_force(provider, people="old"):
    policy = SimpleNamespace(fingerprint="f", directory=SimpleNamespace(groups={}))
    return SimpleNamespace(providers=(provider,), people=people, policy=policy, directory=None)


def identified(sign_in, state):
    return asyncio.run(Police(state, sign_in)._identify(Caller("10.0.0.1", "Basic x")))


def test_credentials_that_nobody_knows_are_recorded(sign_in, records):
    found = identified(sign_in, SimpleNamespace(now=in_force(Provider(None))))

    assert (found.person, found.challenge) == (None, True)
    assert [record.action for record in records] == [Action.IDENTITY_FAILED]


def test_credentials_are_recorded_once_unless_the_record_is_lost(sign_in, records):
    state = SimpleNamespace(now=in_force(Provider(None)))
    sign_in._recorder.writable = False
    identified(sign_in, state)
    sign_in._recorder.writable = True
    for _ in range(3):
        identified(sign_in, state)

    assert len(records) == 2


def test_credentials_that_could_not_be_checked_are_not(sign_in, records):
    with pytest.raises(TimeoutError):
        identified(sign_in, SimpleNamespace(now=in_force(Provider(BusyError()))))

    assert records == []


@pytest.mark.parametrize("answer", [Claim("bob", "basic"), BusyError()])
def test_whoever_signs_in_during_a_reload_is_looked_for_in_the_new_tables(sign_in, answer):
    state = SimpleNamespace()

    def reload():
        state.now = in_force(Provider(ADA), people="new")

    state.now = in_force(Provider(answer, reload))

    assert identified(sign_in, state).person == "ada"
