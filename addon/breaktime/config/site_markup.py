"""
Site, markup: what no template and no style sheet may hold, whoever wrote it.

A page of ours asks for nothing from anywhere, runs nothing, moves nothing, and works as text alone.
Its policy makes browsers refuse whatever else there is; here it is said before anybody sees a
page with a hole in it.
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Final

from breaktime.config.problems import Problem, quoted

_INSERTED: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_FILLED: Final = "\ue000"
"""Stands for a character of what is filled in."""

_OURS: Final = {"script": "{{ script }}", "style": "{{ style }}"}
_LOADS: Final = {
    *("applet", "audio", "base", "embed", "frame", "frameset", "iframe", "image", "img", "link"),
    *("object", "picture", "source", "track", "use", "video"),
}
_MOVES: Final = frozenset(
    {"animate", "animatemotion", "animatetransform", "blink", "marquee", "set"}
)
_FORMS: Final = frozenset({"button", "form", "input", "select", "textarea"})
_ADDRESSES: Final = frozenset({"action", "formaction", "href", "xlink:href"})
_LOADING: Final = frozenset(
    {"background", "data", "dynsrc", "manifest", "ping", "poster", "profile", "src", "srcset"}
)
_MAY_LEAD: Final = ("https://", "http://", "mailto:", "tel:", "#")

_CSS: Final = MappingProxyType(
    {
        r"@import": "would be fetched from somewhere",
        r"(?:url|src|image|image-set|-webkit-image-set)\s*\(": "would be fetched from somewhere",
        r"@font-face": "would be fetched from somewhere",
        r"</": "would end the style sheet",
        r"<!--|-->": "has no place in a style sheet",
        r"\\": "hides what is meant; write the character itself",
        r"(?:^|[\s;{-])(?:animation|transition)[\w-]*\s*:|@keyframes": "would move",
        r"expression\s*\(|behaviou?r\s*:|-moz-binding": "would run",
    }
)


def of_style(name: str, text: str) -> Iterator[Problem]:
    """Give what is wrong with a style sheet."""
    for pattern, what in _CSS.items():
        for found in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE):
            lead = len(found.group()) - len(found.group().lstrip(" \t\n;{-"))
            line, column = _place(text, found.start() + lead)
            hint = "a page is one document that asks for nothing" if "fetched" in what else ""
            shown = quoted(found.group().strip(" \t\n;{"))
            yield Problem(name, line, column, "", f"{shown} {what}", hint)


def of_template(name: str, text: str, *, forms: bool) -> Iterator[Problem]:
    """
    Give what is wrong with the HTML of a template.

    Args:
        name: what messages call it.
        text: with everything that is to be filled in.
        forms: it is a page of the portal, where forms are sent to addresses of ours.
    """
    walk = _Walk(text, forms=forms)
    walk.feed(_INSERTED.sub(_blank, text))
    walk.close()
    for line, column, what, hint in walk.found:
        yield Problem(name, line, column, "", what, hint)


def in_page(page: str) -> list[str]:
    """Say what is wrong with the HTML of a page that was filled in."""
    walk = _Walk(page, forms=False, filled=True)
    walk.feed(page)
    walk.close()
    return [what for _, _, what, _ in walk.found]


def _blank(inserted: re.Match[str]) -> str:
    """Return as much of nothing: all else stands where it stood."""
    filled = inserted.group().startswith("{{")
    return re.sub(r"[^\n]", _FILLED if filled else " ", inserted.group())


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


class _Walk(HTMLParser):
    """Goes through the tags of a document."""

    def __init__(self, text: str, *, forms: bool, filled: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = text.split("\n")
        self._forms = forms
        self._filled = filled
        self.found: list[tuple[int, int, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        self._element(tag)
        for name, value in attrs:
            self._attribute(tag, name, value or "", dict(attrs))

    def _element(self, tag: str) -> None:
        if tag in _OURS and not self._filled:
            here = "\n".join(self._lines[self.getpos()[0] - 1 :])[self.getpos()[1] :]
            if not here.startswith(f"<{tag}>{_OURS[tag]}</{tag}>") or not (
                tag == "style" or self._forms
            ):
                self._style_or_script(tag)
        elif tag == "script":
            self._style_or_script(tag)
        elif tag in _LOADS:
            self._note(f"`<{tag}>` would fetch something", "a page asks for nothing; leave it out")
        elif tag in _MOVES:
            self._note(f"`<{tag}>` would move", "leave it out")
        elif tag in _FORMS and not self._forms:
            self._note(f"`<{tag}>` cannot be used on the block page", "link to the portal instead")

    def _style_or_script(self, tag: str) -> None:
        if tag == "style":
            hint = "write `<style>{{ style }}</style>`, and your rules in `site.css`"
            self._note("browsers would leave out these rules", hint)
        else:
            self._note("no script runs on these pages", "leave it out")

    def _attribute(self, tag: str, name: str, value: str, others: Mapping[str, str | None]) -> None:
        value = "".join(value.split())
        if name.startswith("on"):
            self._note(f"`{name}` would run a script", "leave it out")
        elif name == "style":
            self._note("browsers would leave out `style`", "write rules into `site.css`")
        elif name == "http-equiv":
            self._note("`http-equiv` cannot be used on these pages", "leave it out")
        elif name in _LOADING and tag not in _LOADS:
            self._note(f"`{name}` would fetch something", "leave it out")
        elif name in {"action", "formaction"} and not value.startswith(("/", _FILLED)):
            self._note(
                f"{quoted(value)} is no address of ours", "forms are sent to the portal only"
            )
        elif name in _ADDRESSES and value and not self._may_lead(value):
            hint = "write an address with `https://`"
            self._note(f"{quoted(value)} leads nowhere from these pages", hint)
        if name == "target" and "noopener" not in (others.get("rel") or ""):
            self._note("`target` would let the other page reach this one", 'add `rel="noopener"`')

    def _may_lead(self, address: str) -> bool:
        ours = self._forms and address.startswith("/") and not address.startswith("//")
        return ours or address.lower().startswith((*_MAY_LEAD, _FILLED))

    def _note(self, what: str, hint: str) -> None:
        line, column = self.getpos()
        self.found.append((line, column + 1, what, hint))
