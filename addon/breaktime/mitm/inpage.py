"""
Pages that change their address without a navigation, as applications of one page do.

The browser tells the whole address of a page to its own host. Where a page fetches something under
an address at which nobody has seen the person yet, the page has changed.

It is better to miss one than to write down one that never was. So a tab that was open before the
gateway knew the person says nothing, an address counts once, and programs, frames and pages that
were refused are known and not counted.
"""

from dataclasses import replace

from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.core.paths import sanitise_path
from breaktime.core.visit import FRAMES, NOWHERE, VISITS, Evidence, Fetch, Source
from breaktime.mitm.question import Question

PEOPLE = 10_000
"""How many people are remembered; those that did nothing for longest are forgotten."""

ADDRESSES = 256
"""How many addresses of one person are remembered, likewise."""

IN_ALL = 200_000
"""How many addresses of all people, likewise; each takes some hundred bytes."""

_PROGRAMS = (".js", ".mjs", ".wasm")
"""What a worker calls the page that it comes from: itself."""

_PARTS = frozenset({Reason.EMBED, Reason.LOGIN})
_UNSAID = Fetch()

type _Address = tuple[str, str, tuple[tuple[str, str], ...]]


class InPage:
    """Remembers at which addresses people were seen, and tells when a page has a new one."""

    def __init__(self) -> None:
        """Begin with nobody seen anywhere."""
        self._people: dict[str, dict[_Address, bool]] = {}
        self._held = 0

    def moved(self, ask: Question, decision: Decision) -> Question | None:
        """
        Note where somebody is, and return the question about the page that has changed.

        Args:
            ask: the request that tells of it.
            decision: the answer to it.

        Returns:
            A question about the page itself; None where no page has changed.
        """
        request = ask.seen.request
        fetch, source = request.fetch, request.source
        if request.evidence in VISITS or request.evidence is Evidence.INFERRED:
            here = Source(ask.seen.domain, request.path, request.parameters)
            self._note(ask, here, decision, gone_to=True)
            return None
        if fetch.dest in FRAMES:
            framed = Source(ask.seen.domain, request.path, request.parameters)
            self._note(ask, framed, decision, gone_to=False)
            return None
        if request.evidence is not Evidence.IN_PAGE or fetch.site != "same-origin":
            return None
        if source.name != ask.seen.domain or source.path.endswith(_PROGRAMS):
            return None
        if not self._note(ask, source, decision, gone_to=False):
            return None
        if decision.verdict is not Verdict.ALLOW or decision.reason in _PARTS:
            return None
        return _about(ask, source)

    def _note(self, ask: Question, page: Source, decision: Decision, *, gone_to: bool) -> bool:
        """Remember an address; tell whether it is new where the person has gone to a page."""
        request = ask.seen.request
        who = f"person:{request.person}" if request.person else f"client:{request.client}"
        known = self._people.pop(who, {})
        self._people[who] = known
        before = len(known)
        address = _address(ask, page, decision)
        new = address not in known and any(
            gone and host == address[0] for (host, _, _), gone in known.items()
        )
        known[address] = known.pop(address, False) or gone_to
        while len(known) > ADDRESSES:
            del known[next(iter(known))]
        self._held += len(known) - before
        while len(self._people) > PEOPLE or (self._held > IN_ALL and len(self._people) > 1):
            self._held -= len(self._people.pop(next(iter(self._people))))
        return new


def _address(ask: Question, page: Source, decision: Decision) -> _Address:
    """Reduce a page to what tells it from another; most of a query does not."""
    platform = ask.state.policy.catalogue.platforms.get(decision.platform or "")
    named = {} if platform is None else platform.page_parameters(page.path, page.parameters)
    path, _ = sanitise_path(page.path)
    return page.name or "", path.rstrip("/"), tuple(sorted(named.items()))


def _about(ask: Question, page: Source) -> Question:
    path, removed = sanitise_path(page.path)
    if page.query and "query" not in removed:
        removed = ("query", *removed)
    request = replace(
        ask.seen.request,
        path=page.path,
        parameters=page.parameters,
        repeated=(),
        method="",
        fetch=_UNSAID,
        source=NOWHERE,
        evidence=Evidence.IN_PAGE_NAVIGATION,
    )
    return replace(ask, seen=replace(ask.seen, request=request, path=path, removed=removed))
