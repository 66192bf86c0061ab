"""A page that is kept with blanks says what one says that is made anew."""

from dataclasses import replace
from itertools import product

import pytest

from breaktime.pages import blanks
from breaktime.pages.blanks import block_page
from breaktime.pages.design import BLOCK, Design
from breaktime.pages.documents import render_block
from breaktime.pages.texts import TEXTS
from calendars import utc
from refused import SETTINGS, refusal

PORTAL = replace(SETTINGS, portal="https://breaks.exampleshire.example", languages=("en", "cy"))
BOTH = (TEXTS["en"], TEXTS["cy"])
PEOPLE = (("a.jones", "d-1"), ("<b>&", "d-2"), (None, None))


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    monkeypatch.setattr(blanks, "_kept", {})
    return blanks._kept


@pytest.mark.parametrize("scripted", [False, True])
@pytest.mark.parametrize("opens", ["2026-11-23 14:00", "2026-11-23 12:07:30", None])
def test_it_says_the_same_at_any_time_and_to_anybody(opens, scripted, kept):
    opening = None if opens is None else utc(opens)
    for minute, second, (person, decision) in product((5, 6, 7), (0, 1, 29, 30, 31, 59), PEOPLE):
        each = refusal(
            at=utc(f"2026-11-23 12:{minute:02}:{second:02}"),
            opens_at=opening,
            person=person,
            decision=decision,
        )
        page = block_page(each, PORTAL, BOTH, told_to_a_script=scripted)
        assert page == render_block(each, PORTAL, BOTH, told_to_a_script=scripted)


def test_a_minute_has_one_page_for_all(kept):
    for second, person in product(range(60), ("a.jones", "b.king")):
        at = utc(f"2026-11-23 10:20:{second:02}")
        block_page(refusal(at=at, person=person), PORTAL, BOTH)

    assert len(kept) == 1


def test_pages_are_not_kept_without_end(kept, monkeypatch):
    monkeypatch.setattr(blanks, "KEPT", 3)

    for minute in range(10):
        block_page(refusal(at=utc(f"2026-11-23 10:0{minute}")), PORTAL, BOTH)

    assert len(kept) == 3


def test_a_template_of_a_sites_own_sees_the_name_itself(kept):
    template = "{% for p in parts %}{{ p.person|upper }} {{ decision|length }}{% endfor %}"
    settings = replace(PORTAL, design=Design(templates={BLOCK: template}))

    page = block_page(refusal(person="a.jones", decision="d-1"), settings, BOTH[:1])

    assert page == b"A.JONES 3"
    assert not kept
