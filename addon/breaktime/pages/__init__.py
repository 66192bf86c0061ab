"""
What a refused person or program gets: values in, an answer out.

    answer(refusal, asked, settings)   for every kind of refused request
    challenge(realm)                   for a client that has to sign in
    fault_page()                       when something of ours broke
    malformed_page(), port_page()      when a request is refused whoever sends it

Nothing here reads a clock, and nothing a client has sent is shown, but for the name under which
the gateway knows a person.
"""

from breaktime.pages.answers import answer
from breaktime.pages.asked import Asked
from breaktime.pages.notices import challenge, fault_page, malformed_page, port_page
from breaktime.pages.page import Page, PageKind
from breaktime.pages.refusal import Contact, PageSettings, Refusal

__all__ = [
    "Asked",
    "Contact",
    "Page",
    "PageKind",
    "PageSettings",
    "Refusal",
    "answer",
    "challenge",
    "fault_page",
    "malformed_page",
    "port_page",
]
