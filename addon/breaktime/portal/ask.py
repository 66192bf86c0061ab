"""One request as a page sees it, and what a page answers."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from breaktime.config.settings import PageSettings
from breaktime.core.breaks import Profile
from breaktime.core.flexible import UNKNOWN, Usage
from breaktime.core.policy import Policy, Standing
from breaktime.core.record import Action, Record
from breaktime.core.wall import local_text
from breaktime.ledger import CaseRequest, Ledger, LedgerError
from breaktime.pages.texts import Texts
from breaktime.portal.house import Current, House
from breaktime.portal.visitor import Visitor


@dataclass(frozen=True)
class Ask:
    """
    One request of somebody.

    Fields:
        person: canonical id of who is asking; empty on the few pages that need nobody.
        visitor: the same, with groups and address.
        house, current: what the portal stands in, and what is in force.
        at: UTC instant.
        texts: the language.
        chosen: the language was chosen by a link, and stays.
        values: fields of the query or of the form.
    """

    person: str
    visitor: Visitor
    house: House
    current: Current
    at: datetime
    texts: Texts
    chosen: bool
    values: Mapping[str, str]

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.current.policy

    @property
    def page(self) -> PageSettings:
        """The settings of the pages."""
        return self.current.settings.page

    @property
    def say(self) -> Mapping[str, Any]:
        """The sentences of the portal."""
        return self.texts.portal

    @cached_property
    def standing(self) -> Standing:
        """What the policy says about who is asking."""
        visitor = self.visitor
        return self.policy.standing(visitor.person, visitor.groups, visitor.client)

    @cached_property
    def profile(self) -> Profile:
        """Their breaks."""
        return self.standing.profile or Profile(self.standing.zone)

    @property
    def today(self) -> date:
        """The date by their clock."""
        return local_text(self.standing.zone, self.at).date()

    @property
    def teams(self) -> tuple[str, ...]:
        """Their teams."""
        return () if self.standing.person is None else self.standing.person.teams

    async def ledger[T](self, question: Callable[[Ledger], T]) -> T:
        """
        Ask the ledger.

        Raises:
            LedgerError: it cannot be used.
        """
        return await self.house.ledger(question)

    async def usage(self, person: str) -> Usage:
        """Return what somebody has had; `UNKNOWN` where the ledger does not say."""
        try:
            return await self.ledger(lambda ledger: ledger.usage(person, self.at))
        except LedgerError:
            return UNKNOWN

    async def record(self, action: Action, message: str, **facts: Any) -> bool:
        """Write down what was done, by default about who is asking; say whether it is kept."""
        about = {"person": self.person, **facts}
        ruleset = self.policy.fingerprint
        return await self.house.record(Record(self.at, action, message, ruleset, **about))

    async def told(self, request: str) -> None:
        """Note that a request is recorded; where that fails, the next start sees it in the log."""
        with suppress(LedgerError):
            await self.ledger(lambda ledger: ledger.requests.told(request))

    def platform(self, id_: str) -> str:
        """Return the name of a platform as people write it."""
        known = self.policy.catalogue.platforms.get(id_)
        return id_ if known is None else known.name

    def wanted(self, request: CaseRequest) -> str:
        """Return the name of what somebody asks for: a platform, or one page of it."""
        name = self.platform(request.platform)
        page = self.say["one_page"].format(site=name, page=request.page)
        return str(page) if request.page else name


@dataclass(frozen=True, slots=True)
class Html:
    """
    A page.

    Fields:
        template: its file.
        values: what it shows.
        wrong: what is wrong with what was sent; empty where nothing is.
        status: HTTP status.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    wrong: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Go:
    """
    Something is done; the browser goes on to a page of ours.

    Fields:
        path: of that page; one of our own, never what a client names.
        done: what it says; a key of the sentences without `done_`.
    """

    path: str
    done: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Something that is no page: bytes of a media type."""

    body: bytes
    media_type: str


type Outcome = Html | Go | Raw
type Handler = Callable[[Ask], Awaitable[Outcome]]
