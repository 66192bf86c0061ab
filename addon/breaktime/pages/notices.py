"""
Answers that need no refusal: a fault of ours, the request to sign in, and what nobody may have.

All are complete before the first request comes, in every language of the organisation. The fault
page is what is sent when all else has failed, so nothing is left in it that could fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from breaktime.pages.documents import block_policy, render_notice
from breaktime.pages.page import HTML, TEXT, Page, PageKind, make_page
from breaktime.pages.refusal import PageSettings
from breaktime.pages.texts import LANGUAGES, Texts, choose_language

_LONGEST_REALM = 1000


@dataclass(frozen=True, slots=True)
class Notices:
    """
    The answers of one organisation, by the language that stands first in them.

    Fields:
        faults: when something of ours broke.
        sign_ins: the page below a request to sign in.
        unreachable: where a site that is open does not answer.
        malformed: for a request whose address cannot be read in one way only.
        port: for a request for a port that people may not reach through the gateway.
        headers: of every answer in HTML.
    """

    faults: Mapping[str, Page]
    sign_ins: Mapping[str, bytes]
    unreachable: Page
    malformed: Page
    port: Page
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, settings: PageSettings) -> Self:
        """Make the answers of an organisation."""
        texts, design = tuple(settings.texts.values()), settings.design
        by_first = {
            first.language: (first, *(one for one in texts if one is not first)) for first in texts
        }
        headers = (
            ("Content-Security-Policy", block_policy(settings)),
            ("X-Frame-Options", "DENY"),
            ("Content-Language", ", ".join(by_first)),
        )
        return cls(
            {
                first: make_page(
                    503,
                    PageKind.FAULT,
                    render_notice(each, "fault", design),
                    content_type=HTML,
                    more=(*headers, ("Retry-After", "60")),
                )
                for first, each in by_first.items()
            },
            {first: render_notice(each, "sign_in", design) for first, each in by_first.items()},
            make_page(
                502,
                PageKind.FAULT,
                render_notice(texts, "unreachable", design),
                content_type=HTML,
                more=headers,
            ),
            _line(400, texts, "malformed"),
            _line(403, texts, "port"),
            headers,
        )

    def fault(self, accept_language: str = "") -> Page:
        """Return the answer for a fault of ours."""
        return self.faults[self._first(accept_language)]

    def challenge(
        self, realm: str, schemes: tuple[str, ...] = ("Basic",), accept_language: str = ""
    ) -> Page:
        """
        Return the answer that asks a client to sign in.

        Args:
            realm: what the browser names in its question, most often the organisation. Characters
                that a header cannot carry become question marks.
            schemes: how they may sign in: `Negotiate`, `Basic`. Browsers take the first they know.
            accept_language: what the client says of its languages.
        """
        plain = "".join(one if " " <= one <= "~" else "?" for one in realm[:_LONGEST_REALM])
        quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
        basic = f'Basic realm="{quoted}", charset="UTF-8"'
        asked = [("Proxy-Authenticate", basic if one == "Basic" else one) for one in schemes]
        body = self.sign_ins[self._first(accept_language)]
        more = (*asked, *self.headers)
        return make_page(407, PageKind.SIGN_IN, body, content_type=HTML, more=more)

    def _first(self, accept_language: str) -> str:
        return choose_language(accept_language, self.sign_ins)


def _line(status: int, texts: tuple[Texts, ...], name: str) -> Page:
    body = "".join(f"{one.answers[name]}\n" for one in texts).encode()
    return make_page(status, PageKind.NOTICE, body, content_type=TEXT)


LAST_RESORT = Notices.of(PageSettings(languages=LANGUAGES))
"""What is sent where not even the notices of the organisation can be used."""
