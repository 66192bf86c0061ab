"""Each page of the portal in each language, as somebody has read it and found it good."""

import os
from pathlib import Path

import pytest

from support.portal import ADA, BEN, HELP, MEG, Portal

GOLDEN = Path(__file__).parent / "golden"
PAGES = {
    "today": ("/", ADA),
    "today-case": ("/", "l.law"),
    "today-paused": ("/", "s.topped"),
    "today-exempt": ("/", "union.rep"),
    "records": ("/records", BEN),
    "cases": ("/cases", ADA),
    "cases-nobody-decides": ("/cases", HELP),
    "requests": ("/requests", MEG),
    "helpdesk": ("/helpdesk", HELP),
    "notice": ("/notice", ADA),
    "accessibility": ("/accessibility", ADA),
    "missing": ("/nowhere", ADA),
    "refused": ("/requests", BEN),
    "unknown": ("/", None),
}
FORMS = {
    "helpdesk-look": ("/helpdesk/look", HELP, {"person": ADA}),
    "cases-wrong": ("/cases/request", ADA, {"platform": "x", "purpose": "", "until": "2026-12-01"}),
    "stop-wrong": ("/break/stop", BEN, {}),
}


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A portal on which somebody has a break and waits for an answer."""
    portal = Portal(tmp_path_factory.mktemp("portal"))
    portal.post("/break/start", **{"break": "break:own"})
    wanted = {"platform": "x", "purpose": "To answer residents.", "until": "2026-12-01"}
    portal.post("/cases/request", **wanted)
    yield portal
    portal.close()


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("name", [*PAGES, *FORMS])
def test_a_page_of_the_portal_is_what_it_was(busy, name, language):
    if name in PAGES:
        reply = busy.get(f"{PAGES[name][0]}?lang={language}", PAGES[name][1])
    else:
        address, who, fields = FORMS[name]
        reply = busy.post(address, who, **fields, lang=language)
    same(f"{name}-{language}.html", main_of(reply.text))


def main_of(page):
    """Return what differs from page to page; numbers and tokens that are made by chance are not."""
    text = page[page.index("<main") : page.index("</main>")]
    return "\n".join(line for line in text.splitlines() if not made_by_chance(line)) + "\n"


def made_by_chance(line):
    return 'name="request"' in line or 'name="token"' in line


def same(name, text):
    path = GOLDEN / name
    if os.environ.get("BREAKTIME_GOLDEN") == "write":
        path.write_bytes(text.encode())
    assert text == path.read_text("utf-8")
