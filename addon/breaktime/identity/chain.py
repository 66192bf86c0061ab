"""
Several providers as one.

Laws of this file:

1. Of those that go by the same thing, the first that knows decides, in the order of the file.
2. Those that go by different things have to agree; where they do not, nobody is known.
3. What was offered and refused is not made up for by something weaker: whoever sends a ticket
   that is not theirs is not taken for the person whose computer it is.
4. Of those that agree, the surest is the one that is written down.
5. Behind a proxy in front, the address is that of the proxy and tells nothing.
"""

import inspect
from collections.abc import Sequence
from typing import NamedTuple

from breaktime.core.signin import Strength
from breaktime.identity.provider import Answer, Claim, Doubt, Provider, Sighting, Source


class Finding(NamedTuple):
    """
    What all providers together say.

    Fields:
        claim: who it is, or None.
        doubts: why not, or what was tried besides; for the record.
        fronted: it came through a proxy in front, whose connections are not one person's.
    """

    claim: Claim | None
    doubts: tuple[Doubt, ...] = ()
    fronted: bool = False


NOBODY = Finding(None)
"""What is found where nobody was asked."""

_HARMLESS = frozenset({Doubt.UNTRUSTED_HEADER, Doubt.HEADER_MISSING})
"""Doubts that say nothing about who it is: what such a header says is not looked at."""


async def identify(providers: Sequence[Provider], sighting: Sighting) -> Finding:
    """
    Find out who it is.

    Gives way to other work only where a provider has to: a person whose credentials are
    remembered is known without one turn of the event loop.

    Raises:
        BusyError: a provider cannot check. Those behind it are not asked: they might take the
            person for another.
    """
    claims: dict[Source, Claim] = {}
    doubts: list[Doubt] = []
    if sighting.signed_in is not None and sighting.credentials is None:
        claims[Source.CREDENTIALS] = sighting.signed_in
    for provider in providers:
        if provider.source in claims:
            continue
        answer = provider.identify(sighting)
        found: Answer = await answer if inspect.isawaitable(answer) else answer
        if isinstance(found, Claim):
            claims[provider.source] = found
        elif found is not None:
            doubts.append(found)
    fronted = Source.HEADER in claims or any(each in _OF_THE_FRONT for each in doubts)
    if fronted:
        claims.pop(Source.ADDRESS, None)
        doubts = [each for each in doubts if each is not Doubt.UNTRUSTED_HEADER]
    doubts += _refused(providers, sighting, claims)
    if len({claim.person for claim in claims.values()}) > 1:
        doubts.append(Doubt.DISAGREE)
    known = bool(claims) and all(doubt in _HARMLESS for doubt in doubts)
    return Finding(
        min(claims.values(), key=_doubtfulness) if known else None, tuple(doubts), fronted
    )


def _doubtfulness(claim: Claim) -> int:
    """Rank a claim: of those that agree, the surest is written down."""
    return _STRENGTHS.index(claim.strength)


_STRENGTHS = tuple(Strength)

_OF_THE_FRONT = frozenset({Doubt.HEADER, Doubt.HEADER_MISSING})


def _refused(
    providers: Sequence[Provider], sighting: Sighting, claims: dict[Source, Claim]
) -> list[Doubt]:
    """Name what was offered, and taken by none of those who look at it."""
    looked_at = {provider.source for provider in providers} - claims.keys()
    found: list[Doubt] = []
    if sighting.credentials is not None and (not claims or Source.CREDENTIALS in looked_at):
        found.append(Doubt.REFUSED)
    if sighting.certificate is not None and Source.CERTIFICATE in looked_at:
        found.append(Doubt.CERTIFICATE)
    return found


def challenges(providers: Sequence[Provider], finding: Finding) -> tuple[str, ...]:
    """
    Return the schemes by which asking the client may make an unknown person known.

    Where two claims disagree, none: the client has said all it can.
    """
    if finding.claim is not None or Doubt.DISAGREE in finding.doubts:
        return ()
    return tuple(dict.fromkeys(each.challenge for each in providers if each.challenge))
