"""Several providers as one: asked in the order of the file, the first that knows decides."""

import inspect
from collections.abc import Iterable

from breaktime.identity.provider import Claim, Provider, Sighting


async def identify(providers: Iterable[Provider], sighting: Sighting) -> Claim | None:
    """
    Return the claim of the first provider that knows the person, or None.

    Gives way to other work only where a provider has to: a person whose credentials are
    remembered is known without one turn of the event loop.

    Raises:
        BusyError: a provider cannot check. Those behind it are not asked: they might take the
            person for another.
    """
    for provider in providers:
        answer = provider.identify(sighting)
        claim = await answer if inspect.isawaitable(answer) else answer
        if claim is not None:
            return claim
    return None


def should_challenge(providers: Iterable[Provider], claim: Claim | None) -> bool:
    """Tell whether asking the client for credentials may make an unknown person known."""
    return claim is None and any(provider.can_challenge for provider in providers)
