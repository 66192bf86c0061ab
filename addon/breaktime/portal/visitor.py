"""Who is asking."""

from dataclasses import dataclass

VISITOR = "breaktime.visitor"
"""Key in the state of an ASGI scope. Whoever calls the portal sets it; no client can."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """
    Who is asking, as it is known of the connection to the proxy.

    Fields:
        person: canonical id, None where nobody is known.
        groups: directory groups of the person.
        client: address of their computer, which tells the place.
    """

    person: str | None
    groups: tuple[str, ...] = ()
    client: str | None = None
