"""Refusals as short as a table needs them, for tests of the pages."""

from html.parser import HTMLParser

from breaktime.core.decide import Reason
from breaktime.core.visit import Fetch
from breaktime.pages import Asked, Contact, PageSettings, Refusal
from calendars import LONDON, utc

SETTINGS = PageSettings(
    Contact("HR Advice", "01632 960001", "hr@exampleshire.example", "Mon-Fri 08:30-17:00"),
    "https://intranet.exampleshire.example/social-media-policy",
    "https://intranet.exampleshire.example/social-media-faq",
)

NAVIGATION = Asked("GET", Fetch("document", "navigate", "none", user=True), "text/html")


def refusal(reason=Reason.OUTSIDE_BREAKS, **changes):
    """R. Hughes is refused Facebook at 10:20 on a Monday, and has a break at 12:00."""
    values = {
        "decision": "0193a1b2-7c44-7d10-9a77-2f60c1a4be55",
        "reason": reason,
        "at": utc("2026-11-23 10:20"),
        "organisation": "Exampleshire Council",
        "zone": LONDON,
        "platform": "Facebook",
        "opens_at": utc("2026-11-23 12:00"),
        "rule": "break:lunch",
        "person": "r.hughes",
    }
    return Refusal(**{**values, **changes})


def header(page, name):
    """Return the value of a header that must not be there twice; None without it."""
    values = [value for key, value in page.headers if key.lower() == name.lower()]
    assert len(values) < 2
    return values[0] if values else None


class Reader(HTMLParser):
    """Read a page as a browser does: its elements, and its text without the style sheet."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr", "base"})

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.open = [], [], "", []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value) for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data

    def links(self):
        return [value for name, value in self.attributes if name == "href"]
