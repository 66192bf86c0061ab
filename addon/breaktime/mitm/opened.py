"""What was let through and may still be on somebody's screen: for minutes, for so many clients."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from breaktime.core.decide import Decision, Reason
from breaktime.core.parts import opened_by
from breaktime.core.platforms import Match
from breaktime.core.request import Opened
from breaktime.mitm.question import Question

STAY = timedelta(minutes=10)
"""How long a document counts as open after it was let through, or has fetched something."""

CLIENTS = 10_000
"""How many clients are remembered; those that were let to nothing for longest are forgotten."""

DOCUMENTS = 32
"""How many documents of one client are remembered, likewise."""

_BY_THEMSELVES = frozenset({
    Reason.OWN_PAGE, Reason.OWN_PAGE_HELPER, Reason.BUSINESS_CASE, Reason.BUSINESS_CASE_HELPER,
    Reason.EMBED, Reason.LOGIN,
})  # fmt: skip
"""Why a document is open without a break. What a break has opened ends with the break."""

type _Client = tuple[str | None, str | None]


class OpenDocuments:
    """
    Remembers which documents a client was let to, so that what they are made of can follow.

    It decides nothing: whether a page is an own page, or of a business case, is asked anew with
    each request.
    """

    def __init__(self) -> None:
        """Begin with nothing open."""
        self._clients: dict[_Client, dict[Opened, datetime]] = {}

    def recall(self, ask: Question) -> Question:
        """Return the question with the documents that the same client was let to lately."""
        if ask.seen.request.source.name is None:
            return ask
        known = self._clients.get(_client(ask), {})
        opened = frozenset(_still_open(known, ask.at))
        return ask.changed(opened=opened) if opened != ask.seen.request.opened else ask

    def remember(self, ask: Question, decision: Decision) -> None:
        """Note what was let through."""
        if decision.reason not in _BY_THEMSELVES or not (
            decision.platform and decision.role and decision.name
        ):
            return
        match = Match(decision.platform, decision.role, decision.name)
        opened = opened_by(ask.state.policy.catalogue, ask.seen.request, match)
        if opened is None:
            return
        client = _client(ask)
        known = self._clients.pop(client, {})
        known.pop(opened, None)
        known[opened] = ask.at
        while len(known) > DOCUMENTS:
            del known[next(iter(known))]
        self._clients[client] = known
        while len(self._clients) > CLIENTS:
            del self._clients[next(iter(self._clients))]


def _still_open(known: dict[Opened, datetime], at: datetime) -> Iterator[Opened]:
    return (opened for opened, then in known.items() if abs(at - then) < STAY)


def _client(ask: Question) -> _Client:
    return ask.seen.request.person, ask.seen.request.client
