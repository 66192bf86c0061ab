"""
Site, trial: the block page is filled in before it is used, for each thing it may have to say.

What has to be on it for everybody who is refused: which site, why, when it opens next or what to
do, the name of the rule, what is recorded, whom to ask, and the number to give them.
"""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Final
from zoneinfo import ZoneInfo

from breaktime.config.problems import Problem
from breaktime.config.site_markup import in_page
from breaktime.core.decide import Reason
from breaktime.pages.answers import answer
from breaktime.pages.asked import Asked
from breaktime.pages.design import BLOCK, Design
from breaktime.pages.documents import fill_block, trial_values
from breaktime.pages.refusal import Contact, PageSettings, Refusal
from breaktime.pages.texts import BLOCKING

MOST_BYTES: Final = 14 * 1024
"""What a new connection may send before the first answer comes back: the page is there at once."""

_NOW: Final = datetime(2026, 12, 23, 10, 20, tzinfo=UTC)
_NEEDED: Final[Mapping[str, str]] = {
    "title": "the name of the site: `{{ p.title }}`",
    "why": "the reason: `{{ p.why }}`",
    "when": "when it opens: `{{ p.opens.when }}`",
    "left": "how long that is: `{{ p.opens.left }}`",
    "next": "what to do where no time is known: `{{ p.next }}`",
    "rule": "the name of the rule: `{{ p.rule }}`",
    "record": "what is recorded: `{{ p.record }}`",
    "person": "as whom the network knows them: `{{ p.person }}`",
    "unsent": "that a form was not sent: `{{ p.unsent }}`",
    "help": "whom to ask: each `{{ line.text }}` of `p.contact`",
    "decision": "the number of the decision: `{{ decision }}`",
}
_LINKS: Final[Mapping[str, str]] = {
    "/": "the way to start a break: `{{ portal }}/`",
    "/cases": "the way to ask for a business case: `{{ portal }}/cases`",
    "/records": "the way to the own records: `{{ portal }}/records`",
}
_PORTAL: Final = "https://breaks.example.org"
_LONG: Final = PageSettings(
    Contact(
        "HR Advice and Support", "01632 960001", "hr.advice@example.org", "Mon-Fri 08:30-17:00"
    ),
    "https://intranet.example.org/policies/social-media-policy",
    "https://intranet.example.org/policies/social-media-questions",
    _PORTAL,
)


def of_block(design: Design, languages: Sequence[str], shown: str) -> list[Problem]:
    """
    Return what is wrong with the block page of a site.

    Args:
        design: what the site has made its own.
        languages: of the organisation, the first one first.
        shown: what messages call the template.
    """
    name = shown if BLOCK in design.templates else shown.removesuffix(BLOCK)
    settings = PageSettings(
        _LONG.contact, _LONG.policy, _LONG.questions, _LONG.portal, tuple(languages), design
    )
    try:
        found = [*_missing(settings), *_markup(settings), *_size(settings)]
    except Exception as fault:  # noqa: BLE001  whatever a template of a site can do wrong
        return [Problem(name, _line_of(fault), 1, "", f"cannot be filled in: {fault}", "")]
    return [Problem(name, 1, 1, "", what, hint) for what, hint in dict.fromkeys(found)]


def _missing(settings: PageSettings) -> Iterator[tuple[str, str]]:
    """Fill it in with marks, and look for each where people read."""
    said, links = "", set[str]()
    for opens in (True, False):
        values, marks = trial_values(settings, opens=opens)
        read = _Read()
        read.feed(fill_block(settings.design, values).decode())
        read.close()
        said += read.text
        links |= read.links
    for part, what in _NEEDED.items():
        if marks[part] not in said:
            yield "does not say " + what, ""
    for path, what in _LINKS.items():
        if not any(one.partition("?")[0] == f"{_PORTAL}{path}" for one in links):
            yield "does not lead to " + what, ""


def _refusals() -> Iterator[Refusal]:
    for reason in BLOCKING:
        opens = None if reason in _NO_TIME else _NOW + timedelta(hours=25, minutes=41)
        yield Refusal(
            decision="0193a1b2-7c44-7d10-9a77-2f60c1a4be55",
            reason=reason,
            at=_NOW,
            organisation="Exampleshire County Council",
            zone=ZoneInfo("Europe/London"),
            platform="Stack Exchange",
            opens_at=opens,
            rule="break:lunch-of-the-contact-centre",
            person="margaret.featherstonehaugh",
            copy=True,
            sitting=timedelta(minutes=45),
            start_by=_NOW + timedelta(hours=2),
        )


_NO_TIME: Final = frozenset({Reason.BREAK_AVAILABLE_NOT_STARTED, Reason.IDENTITY_UNKNOWN})


def _pages(settings: PageSettings) -> Iterator[bytes]:
    for refusal in _refusals():
        for method in ("GET", "POST"):
            yield answer(refusal, Asked(method, accept="text/html"), settings).body


def _markup(settings: PageSettings) -> Iterator[tuple[str, str]]:
    for page in _pages(settings):
        for what in in_page(page.decode()):
            yield what, "look at what the page is filled in with"


def _size(settings: PageSettings) -> Iterator[tuple[str, str]]:
    size = max(map(len, _pages(settings)))
    if size > MOST_BYTES:
        what = f"the page has {size} bytes and may have {MOST_BYTES}"
        yield what, "make template, rules or sentences shorter, or list fewer languages"


def _line_of(fault: BaseException) -> int:
    """Return the line of the template that could not be filled in."""
    frames = traceback.extract_tb(fault.__traceback__)
    lines = [one.lineno for one in frames if one.filename == "<template>"]
    return (lines or [1])[-1] or 1


class _Read(HTMLParser):
    """Reads what a person reads, and where links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: set[str] = set()
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where links lead, and what is not shown."""
        self._unseen += tag in {"style", "title", "script", "template"}
        self.links |= {value or "" for name, value in attrs if (tag, name) == ("a", "href")}

    def handle_endtag(self, tag: str) -> None:
        """Go on after what is not shown."""
        self._unseen -= tag in {"style", "title", "script", "template"}

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._unseen:
            self.text += data
