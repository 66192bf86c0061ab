"""
What a refused person or program gets: values in, an answer out.

    answer(refusal, asked, settings)   for every kind of refused request
    Notices.challenge(realm)           for a client that has to sign in
    Notices.fault()                    when something of ours broke
    Notices.malformed, Notices.port    when a request is refused whoever sends it

Nothing here reads a clock, and nothing a client has sent is shown, but for the name under which
the gateway knows a person.
"""

from breaktime.pages.answers import answer
from breaktime.pages.asked import Asked
from breaktime.pages.notices import LAST_RESORT, Notices
from breaktime.pages.page import Page, PageKind
from breaktime.pages.refusal import Contact, PageSettings, Refusal

__all__ = [
    "LAST_RESORT",
    "Asked",
    "Contact",
    "Notices",
    "Page",
    "PageKind",
    "PageSettings",
    "Refusal",
    "answer",
]
