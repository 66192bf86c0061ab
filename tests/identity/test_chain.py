"""Several providers are asked in order, and the first that knows the person decides."""

import asyncio

import pytest

from breaktime.identity import BusyError, Claim, Sighting, identify, should_challenge

ADA = Claim("ada", "first")
BOB = Claim("bob", "second")


class Fixed:
    kind = "fixed"
    challenge = ""
    warnings = ()

    def __init__(self, answer, *, later=False, can_challenge=False):
        self.answer = answer
        self.later = later
        self.can_challenge = can_challenge
        self.asked = 0

    def identify(self, sighting):
        self.asked += 1
        return self._later() if self.later else self.answer

    async def _later(self):
        await asyncio.sleep(0)
        return self.answer

    def close(self):
        pass


SEEN = Sighting("192.0.2.1")

# fmt: off
ROWS = [
    ("nobody to ask",                   [],                                           None),
    ("nobody knows",                    [Fixed(None), Fixed(None, later=True)],       None),
    ("the first decides",               [Fixed(ADA), Fixed(BOB)],                     ADA),
    ("the second where the first does not know", [Fixed(None), Fixed(BOB)],           BOB),
    ("one that takes time is waited for", [Fixed(ADA, later=True), Fixed(BOB)],       ADA),
]
# fmt: on


@pytest.mark.parametrize(("providers", "claim"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_identify(providers, claim):
    assert asyncio.run(identify(providers, SEEN)) == claim


def test_nobody_is_asked_after_the_first_that_knows():
    second = Fixed(BOB)

    asyncio.run(identify([Fixed(ADA), second], SEEN))

    assert second.asked == 0


def test_an_answer_at_once_does_not_give_way():
    """A coroutine that never waits ends at its first step."""
    with pytest.raises(StopIteration) as end:
        identify([Fixed(None), Fixed(ADA)], SEEN).send(None)

    assert end.value.value == ADA


def test_should_challenge():
    """Only an unknown person is asked, and only where the answer could help."""
    can = Fixed(None, can_challenge=True)

    assert should_challenge([Fixed(None), can], None)
    assert not should_challenge([Fixed(None)], None)
    assert not should_challenge([can], ADA)
    assert not should_challenge([], None)


def test_whoever_cannot_be_checked_is_not_taken_for_another():
    class Busy(Fixed):
        def identify(self, sighting):
            raise BusyError

    behind = Fixed(BOB)
    with pytest.raises(BusyError):
        asyncio.run(identify([Busy(None), behind], SEEN))
    assert behind.asked == 0
