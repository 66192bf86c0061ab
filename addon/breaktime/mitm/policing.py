"""What the front door asks: relay it unopened, ask who it is, or inspect it."""

from collections.abc import Awaitable

import structlog

from breaktime.core.about import is_address
from breaktime.core.copies import Shown
from breaktime.core.names import normal_name
from breaktime.door import Conn, Identity, Ruling
from breaktime.identity import BusyError, Claim, should_challenge
from breaktime.mitm.signin import SignIn
from breaktime.mitm.state import InForce, State
from breaktime.pages import Page, challenge

log = structlog.get_logger("breaktime.door")


class Police:
    """
    The policy, as far as a connection can be judged before anything of it is opened.

    What is none of our business is relayed; so are exempt people and places, since neither their
    visits nor their words are for us. The rest is inspected: whether a page may be seen depends
    on its path, and a refused page needs an answer that the browser shows.
    """

    def __init__(self, state: State, sign_in: SignIn) -> None:
        """Take what is in force, and who asks people who they are."""
        self._state = state
        self._sign_in = sign_in

    def judge(self, names: tuple[str, ...], client: str, identity: Identity | None) -> Ruling:
        """Say what is to be done with a connection that goes by these names."""
        policy = self._state.now.policy
        if not concerns(self._state.now, names):
            return Ruling.RELAY
        person = None if identity is None else identity.person
        groups = identity.groups if identity is not None else ()
        if policy.standing(person, groups, client).exempt is not None:
            return Ruling.RELAY
        return Ruling.IDENTIFY if identity is None else Ruling.INSPECT

    def concerns(self, names: tuple[str, ...]) -> bool:
        """Tell whether any of these names, of any spelling, is controlled now."""
        normal = tuple(name for name in map(normal_name, names) if name is not None)
        return len(normal) < len(names) or concerns(self._state.now, normal)

    def identify(self, client: str, credentials: str | None) -> Awaitable[Identity]:
        """Ask the identity providers, in the order of the configuration, who this is."""
        return self._identify(client, credentials)

    async def _identify(self, client: str, credentials: str | None) -> Identity:
        state = self._state.now
        claim: Claim | None = None
        busy: BusyError | None = None
        try:
            claim = await self._sign_in.ask(state, client, credentials)
        except BusyError as found:
            busy = found
        if self._state.now.people != state.people:  # meanwhile; nobody asks the old tables again
            return await self._identify(client, credentials)
        if busy is not None:
            raise TimeoutError from busy  # which the door answers with 503, and not with a fault
        if claim is None:
            return Identity(None, challenge=should_challenge(state.providers, claim))
        return Identity(claim.person, groups=claim.groups)

    def challenge(self) -> bytes:
        """Return the whole 407 answer that asks for credentials."""
        return as_http(challenge(self._state.now.policy.organisation))

    def refused(self, conn: Conn, reason: str) -> None:
        """Note for the operator that a connection was turned away; no name is written."""
        log.info("connection refused", reason=reason, connection=conn.id)


def concerns(state: InForce, names: tuple[str, ...]) -> bool:
    """
    Tell whether any of the names makes a connection controlled, or hides whose page it shows.

    An address under a name of `never_control` does not: it is the name that was promised peace,
    and the name is checked against the certificate when a connection is opened.
    """
    catalogue = state.policy.catalogue
    hosts = [name for name in names if not is_address(name)]
    if any(catalogue.find(Shown(name))[0] or catalogue.has_to_open(name) for name in hosts):
        return True
    if hosts and all(catalogue.is_never(name) for name in hosts):
        return False
    return any(catalogue.match(name) is not None for name in names if is_address(name))


def as_http(page: Page, reason: str = "Proxy Authentication Required") -> bytes:
    """Return a page as the bytes of an HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {page.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in page.headers]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
    return head + page.body
