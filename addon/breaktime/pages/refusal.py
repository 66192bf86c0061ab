"""What the pages are told: who was refused what, and whom to ask about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from breaktime.core.decide import Reason
from breaktime.pages.design import OURS, Design
from breaktime.pages.texts import Texts, known_languages


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    One refused request, reduced to what a page may show.

    There is no address and no path: what a client has sent is not repeated to it. The person's
    id is the one exception, because it is how a wrong identity is found out.

    Fields:
        decision: id that is also in the record; None where there is no record of it.
        reason: why.
        at: UTC instant of the decision.
        organisation: its name.
        zone: whose clock the times are shown in: the person's.
        platform: name of the platform as people write it, from the catalogue; None if unknown.
        opens_at: UTC instant at which it opens, None if not foreseeable.
        startable: it does not open by itself then: the person may start a break.
        rule: id of the rule that opens next (``break:lunch``), or where nothing does, of the one
            that blocks (``suspension:HR-1``); None if unknown.
        person: id of who is asking, None where nobody is known.
        copy: it was asked for through a translator, a cache or an archive.
        sitting: for a break that is not started: the longest that it can be.
        start_by: for such a break: UTC instant by which it has to start.
        placeholder: it is a part of another site, and something neutral stands in its place.
    """

    decision: str | None
    reason: Reason
    at: datetime
    organisation: str
    zone: ZoneInfo
    platform: str | None = None
    opens_at: datetime | None = None
    startable: bool = False
    rule: str | None = None
    person: str | None = None
    copy: bool = False
    sitting: timedelta | None = None
    start_by: datetime | None = None
    placeholder: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """
    Whom to ask. Empty fields are not shown.

    Fields:
        name: of the people or the office.
        phone, email: as people write them.
        hours: in words.
    """

    name: str = ""
    phone: str = ""
    email: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """
    What every page of one organisation shows.

    Fields:
        contact: whom to ask.
        policy: address of the rules for staff, http or https; empty: not shown.
        questions: address of questions and answers, likewise.
        portal: address of the portal without a path; empty where there is none.
        languages: of the organisation, the first one first; those there are no texts in count not.
        design: sentences, templates and colours.
    """

    contact: Contact = Contact()
    policy: str = ""
    questions: str = ""
    portal: str = ""
    languages: tuple[str, ...] = ("en",)
    design: Design = OURS

    @property
    def texts(self) -> Mapping[str, Texts]:
        """The sentences by language, in the order of the organisation; at least one."""
        known = known_languages(self.languages, self.design.texts)
        return {one: self.design.texts[one] for one in known}
