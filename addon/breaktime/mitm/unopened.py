"""What may pass unopened by the configuration that is in force: asked at the door, and inside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from breaktime.core.about import is_address
from breaktime.core.decide import PASSED
from breaktime.core.flexible import NOTHING_TAKEN, Usage
from breaktime.core.names import normal_name
from breaktime.core.request import Request
from breaktime.core.unopened import Unopened, unopened
from breaktime.door import Identity
from breaktime.mitm.clock import Clock
from breaktime.mitm.policing import is_portal
from breaktime.mitm.state import InForce, State

_OPENED = Unopened(PASSED)


class Answer(NamedTuple):
    """
    What became of a question.

    Fields:
        found: the answer.
        request, usage, state, at: what was asked, of what, and when.
    """

    found: Unopened
    request: Request
    usage: Usage
    state: InForce
    at: datetime


@dataclass(frozen=True, slots=True)
class Unopening:
    """
    Asks whether connections pass unopened.

    Fields:
        state: what is in force.
        clock: reads the instant.
        usage: says what the ledger knows of a person.
    """

    state: State
    clock: Clock
    usage: Callable[[str], Awaitable[Usage]]

    @property
    def is_asked(self) -> bool:
        """Whether by what is in force anything controlled passes unopened at any time."""
        gateway = self.state.now.settings.gateway
        return not gateway.opens_in_breaks or any(each.passes for each in gateway.pinned)

    async def ask(
        self, names: tuple[str, ...], client: str, identity: Identity | None
    ) -> Answer | None:
        """
        Ask about a connection.

        Args:
            names: all that is known of the destination, in any spelling.
            client: IP address of the client.
            identity: whose it is, None where nobody was asked.

        Returns:
            None where it need not be asked: it is opened.
        """
        if identity is None or identity.person is None:
            return None
        if not self.is_asked:
            return None
        normal = tuple(name for name in map(normal_name, names) if name is not None)
        if len(normal) < len(names):
            return None
        request = Request(
            names=normal,
            person=identity.person,
            groups=identity.groups,
            known_by=identity.known_by,
            client=client,
        )
        usage = await self._usage_of(request)
        state, at = self.state.now, self.clock()
        return Answer(self.judge(request, at, usage), request, usage, state, at)

    def judge(self, request: Request, at: datetime, usage: Usage) -> Unopened:
        """Judge a connection by what is in force now."""
        state = self.state.now
        if is_portal(state, request.names):
            return _OPENED
        found = unopened(state.policy, request, at, usage=usage)
        hosts = [name for name in request.names if not is_address(name)]
        opens = state.settings.gateway.opens(found.decision.platform, hosts)
        return found._replace(passes=found.passes and not opens)

    async def _usage_of(self, request: Request) -> Usage:
        """Ask the ledger, where the person has breaks to start."""
        policy = self.state.now.policy
        profile = policy.standing(request.person, request.groups, request.client).profile
        if request.person is None or profile is None or not profile.flexible:
            return NOTHING_TAKEN
        return await self.usage(request.person)
