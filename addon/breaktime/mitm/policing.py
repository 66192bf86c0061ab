"""What the front door asks: relay it unopened, ask who it is, or inspect it."""

from collections import Counter
from collections.abc import Awaitable
from enum import Flag, auto
from typing import TYPE_CHECKING

import structlog

from breaktime.core.about import is_address
from breaktime.core.copies import Shown
from breaktime.core.names import normal_name
from breaktime.door import Caller, Conn, Identity, Reason, Ruling
from breaktime.door.room import CROWDED
from breaktime.identity import BusyError, Doubt, Finding, challenges
from breaktime.mitm.signin import SignIn
from breaktime.mitm.state import InForce, State
from breaktime.pages import Page

if TYPE_CHECKING:
    from breaktime.mitm.passing import Passing

KEPT = 4096
"""How many sets of names the door remembers the look of; most are asked for again and again."""

log = structlog.get_logger("breaktime.door")


class Look(Flag):
    """
    What names say by themselves, whoever asks.

    Members:
        PORTAL: one of them is that of the portal.
        CONTROLLED: one of them makes a connection controlled.
    """

    PORTAL = auto()
    CONTROLLED = auto()


_INNOCENT = Look(0)


class Police:
    """
    The policy, as far as a connection can be judged before anything of it is opened.

    What is none of our business is relayed; so are exempt people and places, since neither their
    visits nor their words are for us. The rest is inspected: whether a page may be seen depends
    on its path, and a refused page needs an answer that the browser shows.
    """

    def __init__(
        self,
        state: State,
        sign_in: SignIn,
        passing: "Passing | None" = None,
        refusals: Counter[str] | None = None,
    ) -> None:
        """
        Begin to judge.

        Args:
            state: what is in force.
            sign_in: asks people who they are.
            passing: lets connections pass unopened in breaks; without it, none does.
            refusals: where connections that are turned away are counted, by reason.
        """
        self._state = state
        self._sign_in = sign_in
        self._looks: dict[tuple[str, ...], Look] = {}
        self._looked_in = state.now
        self._passing = passing
        self.refusals: Counter[str] = Counter() if refusals is None else refusals

    def judge(self, names: tuple[str, ...], client: str, identity: Identity | None) -> Ruling:
        """Say what is to be done with a connection that goes by these names."""
        look = self.look(names)
        if look is _INNOCENT:  # nearly all; the questions below take longer
            return Ruling.RELAY
        if Look.PORTAL in look:  # also for exempt people: it shows what is theirs
            return Ruling.IDENTIFY if identity is None else Ruling.INSPECT
        if Look.CONTROLLED not in look:
            return Ruling.RELAY
        policy = self._state.now.policy
        person = None if identity is None else identity.person
        groups = identity.groups if identity is not None else ()
        if policy.standing(person, groups, client).exempt is not None:
            return Ruling.RELAY
        return Ruling.IDENTIFY if identity is None else Ruling.INSPECT

    async def may_pass(self, conn: Conn) -> bool:
        """Say whether a connection that is to be inspected may pass unopened for a while."""
        return self._passing is not None and await self._passing.may_pass(conn)

    async def pass_on(self, conn: Conn) -> bool:
        """Say the same of a connection whose address is known, and lease it."""
        return self._passing is not None and await self._passing.pass_on(conn)

    def passed(self, conn: Conn) -> None:
        """Forget the lease of a connection."""
        if self._passing is not None:
            self._passing.leases.release(conn.id)

    def concerns(self, names: tuple[str, ...]) -> bool:
        """Tell whether any of these names, of any spelling, is controlled now."""
        return Look.CONTROLLED in self.look(names)

    def look(self, names: tuple[str, ...]) -> Look:
        """Look at names; what was seen in the configuration in force is remembered."""
        state, looks = self._state.now, self._looks
        if self._looked_in is not state:
            self._looks = looks = {}
            self._looked_in = state
        look = looks.get(names)
        if look is None:
            look = Look.PORTAL if is_portal(state, names) else _INNOCENT
            if concerns(state, names):
                look |= Look.CONTROLLED
            if len(looks) >= KEPT:  # what came first goes first
                del looks[next(iter(looks))]
            looks[names] = look
        return look

    def identify(self, caller: Caller) -> Awaitable[Identity]:
        """Ask the identity providers, in the order of the configuration, who this is."""
        return self._identify(caller)

    async def _identify(self, caller: Caller) -> Identity:
        state = self._state.now
        found: Finding | None = None
        busy: BusyError | None = None
        try:
            found = await self._sign_in.ask(state, caller)
        except BusyError as fault:
            busy = fault
        if self._state.now.people != state.people:  # meanwhile; nobody asks the old tables again
            return await self._identify(caller)
        if found is None:
            raise TimeoutError from busy  # which the door answers with 503, and not with a fault
        claim = found.claim
        if claim is None:
            return Identity(None, challenge=bool(challenges(state.providers, found)))
        return Identity(claim.person, groups=claim.groups, known_by=claim.strength)

    def challenge(self) -> bytes:
        """Return the whole 407 answer that asks for credentials."""
        state = self._state.now
        schemes = challenges(state.providers, Finding(None))
        organisation = state.policy.organisation
        return as_http(state.notices.challenge(organisation, schemes or ("Basic",)))

    def refused(self, conn: Conn, reason: str) -> None:
        """Note for the operator that a connection was turned away; no name is written."""
        self.refusals[reason] += 1
        count = self.refusals[reason]
        # Of a flood, the first are told of, and each time that they have become twice as many.
        if reason not in CROWDED or not count & (count - 1):
            log.info("connection refused", reason=reason, connection=conn.id, count=count)
        if reason == Reason.CERTIFICATE:
            self._sign_in.failed(self._state.now, conn.client, Doubt.CERTIFICATE)


def is_portal(state: InForce, names: tuple[str, ...]) -> bool:
    """Tell whether any of these names is that of the portal, which is never connected to."""
    portal = state.settings.page.portal
    return portal is not None and any(normal_name(name) == portal for name in names)


def concerns(state: InForce, names: tuple[str, ...]) -> bool:
    """
    Tell whether any of the names makes a connection controlled, or hides whose page it shows.

    An address under a name of `never_control` does not: it is the name that was promised peace,
    and the name is checked against the certificate when a connection is opened.

    Args:
        state: what is in force.
        names: in any spelling. One that cannot be read makes it controlled: whoever reads it may
            read a controlled name.
    """
    catalogue = state.policy.catalogue
    normal = [name for name in map(normal_name, names) if name is not None]
    if len(normal) < len(names):
        return True
    hosts = [name for name in normal if not is_address(name)]
    if any(catalogue.find(Shown(name))[0] or catalogue.has_to_open(name) for name in hosts):
        return True
    if hosts and all(catalogue.is_never(name) for name in hosts):
        return False
    return any(catalogue.match(name) is not None for name in normal if is_address(name))


def as_http(page: Page, reason: str = "Proxy Authentication Required") -> bytes:
    """Return a page as the bytes of an HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {page.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in page.headers]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
    return head + page.body
