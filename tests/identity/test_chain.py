"""Several providers are asked, and all that they go by has to agree."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.signin import Strength
from breaktime.identity import (
    BusyError,
    Claim,
    Doubt,
    Finding,
    Sighting,
    Source,
    challenges,
    identify,
)

ADA = Claim("ada", "first")
BOB = Claim("bob", "second")


class Fixed:
    kind = "fixed"
    warnings = ()

    def __init__(self, answer, source=Source.CREDENTIALS, *, later=False, challenge=""):
        self.answer = answer
        self.source = source
        self.later = later
        self.challenge = challenge
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
SIGNED = Sighting("192.0.2.1", "Basic x")
SHOWN = Sighting("192.0.2.1", certificate=b"der")
BY_ADDRESS, BY_HEADER, BY_CERTIFICATE = Source.ADDRESS, Source.HEADER, Source.CERTIFICATE

ROWS = [
    ("nobody to ask", SEEN, [], None, ()),
    ("nobody knows", SEEN, [Fixed(None), Fixed(None, later=True)], None, ()),
    ("the first decides", SEEN, [Fixed(ADA), Fixed(BOB)], ADA, ()),
    ("the second where the first does not know", SEEN, [Fixed(None), Fixed(BOB)], BOB, ()),
    ("one that takes time is waited for", SEEN, [Fixed(ADA, later=True), Fixed(BOB)], ADA, ()),
    ("two that agree", SIGNED, [Fixed(ADA), Fixed(ADA, BY_ADDRESS)], ADA, ()),
    ("two that do not", SIGNED, [Fixed(ADA), Fixed(BOB, BY_ADDRESS)], None, (Doubt.DISAGREE,)),
    (
        "refused, at a known computer",
        SIGNED,
        [Fixed(None), Fixed(BOB, BY_ADDRESS)],
        None,
        (Doubt.REFUSED,),
    ),
    ("credentials nobody looks at, at a known computer", SIGNED, [Fixed(BOB, BY_ADDRESS)], BOB, ()),
    ("credentials nobody looks at", SIGNED, [Fixed(None, BY_ADDRESS)], None, (Doubt.REFUSED,)),
    (
        "a certificate of nobody",
        SHOWN,
        [Fixed(None, BY_CERTIFICATE), Fixed(ADA)],
        None,
        (Doubt.CERTIFICATE,),
    ),
    (
        "a header of a stranger counts for nothing",
        SEEN,
        [Fixed(Doubt.UNTRUSTED_HEADER, BY_HEADER), Fixed(ADA, BY_ADDRESS)],
        ADA,
        (Doubt.UNTRUSTED_HEADER,),
    ),
    ("the front has the address", SEEN, [Fixed(ADA, BY_HEADER), Fixed(BOB, BY_ADDRESS)], ADA, ()),
    (
        "the front names nobody",
        SEEN,
        [Fixed(Doubt.HEADER_MISSING, BY_HEADER), Fixed(BOB, BY_ADDRESS)],
        None,
        (Doubt.HEADER_MISSING,),
    ),
    (
        "the front lets passwords through",
        SIGNED,
        [Fixed(Doubt.HEADER_MISSING, BY_HEADER), Fixed(ADA)],
        ADA,
        (Doubt.HEADER_MISSING,),
    ),
    (
        "the front cannot be read",
        SIGNED,
        [Fixed(Doubt.HEADER, BY_HEADER), Fixed(ADA)],
        None,
        (Doubt.HEADER,),
    ),
]


@pytest.mark.parametrize(
    ("sighting", "providers", "claim", "doubts"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_identify(sighting, providers, claim, doubts):
    found = asyncio.run(identify(providers, sighting))

    assert (found.claim, found.doubts) == (claim, doubts)


ANSWERS = st.sampled_from([None, ADA, BOB, Doubt.HEADER, Doubt.UNTRUSTED_HEADER])
PROVIDERS = st.lists(st.builds(Fixed, ANSWERS, st.sampled_from(Source)), max_size=6)


@given(PROVIDERS, st.sampled_from([SEEN, SIGNED, SHOWN]))
def test_nobody_is_ever_guessed(providers, sighting):
    """Who is known is whom every source knows that knows anybody; the address of a front aside."""
    found = asyncio.run(identify(providers, sighting))
    first = {}
    for each in providers:
        if isinstance(each.answer, Claim):
            first.setdefault(each.source, each.answer.person)
    if found.fronted:
        first.pop(Source.ADDRESS, None)

    if found.claim is not None:
        assert set(first.values()) == {found.claim.person}
    elif len(set(first.values())) == 1:
        assert set(found.doubts) - {Doubt.UNTRUSTED_HEADER}
    assert (len(set(first.values())) > 1) is (Doubt.DISAGREE in found.doubts)


def test_who_signed_in_before_is_one_claim_among_others():
    later = Sighting("192.0.2.1", signed_in=Claim("ada", "negotiate", (), Strength.KERBEROS))

    assert asyncio.run(identify([Fixed(None)], later)).claim.person == "ada"
    assert asyncio.run(identify([Fixed(None), Fixed(BOB, BY_ADDRESS)], later)).claim is None


def test_nobody_is_asked_after_the_first_that_knows():
    second = Fixed(BOB)

    asyncio.run(identify([Fixed(ADA), second], SEEN))

    assert second.asked == 0


def test_an_answer_at_once_does_not_give_way():
    """A coroutine that never waits ends at its first step."""
    with pytest.raises(StopIteration) as end:
        identify([Fixed(None), Fixed(ADA)], SEEN).send(None)

    assert end.value.value.claim == ADA


def test_challenges():
    """Only an unknown person is asked, and only where the answer could help."""
    basic, ticket = Fixed(None, challenge="Basic"), Fixed(None, challenge="Negotiate")

    assert challenges([Fixed(None), ticket, basic, basic], Finding(None)) == ("Negotiate", "Basic")
    assert challenges([Fixed(None)], Finding(None)) == ()
    assert challenges([basic], Finding(ADA)) == ()
    assert challenges([basic], Finding(None, (Doubt.DISAGREE,))) == ()
    assert challenges([basic], Finding(None, (Doubt.REFUSED,))) == ("Basic",)
    assert challenges([], Finding(None)) == ()


def test_whoever_cannot_be_checked_is_not_taken_for_another():
    class Busy(Fixed):
        def identify(self, sighting):
            raise BusyError

    behind = Fixed(BOB)
    with pytest.raises(BusyError):
        asyncio.run(identify([Busy(None), behind], SEEN))
    assert behind.asked == 0


def test_of_those_that_agree_the_surest_is_written_down():
    weak = Claim("ada", "addresses", strength=Strength.ADDRESS)
    sure = Claim("ada", "negotiate", strength=Strength.KERBEROS)

    found = asyncio.run(identify([Fixed(weak, BY_ADDRESS), Fixed(sure)], SIGNED))

    assert found.claim == sure
