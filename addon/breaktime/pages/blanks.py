"""
Block pages with blanks for the person and the record: made once a minute, filled in for each.

At noon everybody is refused the same page. A template of a site's own may do anything with a name,
so what it makes is made anew each time.
"""

import re
from collections.abc import Hashable
from dataclasses import replace

from markupsafe import escape

from breaktime.pages.documents import render_block
from breaktime.pages.refusal import PageSettings, Refusal
from breaktime.pages.texts import Texts

KEPT = 256
"""How many pages are kept; each takes about 7 KB."""

# No text holds them: they are no characters, and never will be.
_ID, _WHO = "\ufdd0\ufdd1", "\ufdd0\ufdd2"
_BLANK = re.compile(f"({_ID}|{_WHO})")

_kept: dict[Hashable, tuple[tuple[Texts, ...], tuple[str, ...]]] = {}
"""Pieces of pages by all that they say; beside them the texts, which the key holds the ids of."""


def block_page(
    refusal: Refusal,
    settings: PageSettings,
    texts: tuple[Texts, ...],
    *,
    unsent: bool = False,
    told_to_a_script: bool = False,
) -> bytes:
    """Give the same page as `render_block`, with the same arguments."""
    if settings.design.templates:
        return render_block(
            refusal, settings, texts, unsent=unsent, told_to_a_script=told_to_a_script
        )
    blank = blank_of(refusal)
    key = (blank, settings, tuple(map(id, texts)), unsent, told_to_a_script)
    if key not in _kept:
        page = render_block(
            blank, settings, texts, unsent=unsent, told_to_a_script=told_to_a_script
        )
        if len(_kept) >= KEPT:  # what came first goes first
            del _kept[next(iter(_kept))]
        _kept[key] = (texts, tuple(_BLANK.split(page.decode())))
    filling = {_ID: refusal.decision, _WHO: refusal.person}
    pieces = (escape(filling[each]) if each in filling else each for each in _kept[key][1])
    return "".join(pieces).encode(errors="replace")


def blank_of(refusal: Refusal) -> Refusal:
    """
    Return what a page says to everybody alike.

    It names no second, and minutes are rounded up: where it opens at a whole minute, it says the
    same all through a minute.
    """
    at, edges = refusal.at, (refusal.opens_at, refusal.start_by)
    if all(edge is None or not (edge.second or edge.microsecond) for edge in edges):
        at = at.replace(second=0, microsecond=0)
    return replace(
        refusal,
        decision=None if refusal.decision is None else _ID,
        person=None if refusal.person is None else _WHO,
        at=at,
    )
