"""Templates and languages: from what a page shows to the bytes that are sent."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import structlog
from jinja2 import DictLoader, Environment, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from breaktime.pages.design import OURS, Design
from breaktime.pages.documents import SHARED_STYLE
from breaktime.pages.texts import choose_language
from breaktime.portal import papers
from breaktime.portal.ask import Ask, Html
from breaktime.portal.tokens import issue

_HERE = files(__package__)

log = structlog.get_logger("breaktime.portal")


def _read(name: str) -> str:
    return _HERE.joinpath(name).read_text("utf-8").strip()


STYLE = f"{SHARED_STYLE}\n{_read('portal.css')}"
SCRIPT = _read("countdown.js")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_OWN = {
    one.name: one.read_text("utf-8")
    for one in _HERE.joinpath("templates").iterdir()
    if one.name.endswith(".html")
}


@lru_cache(maxsize=4)
def _environment(design: Design) -> Environment:
    """Return the templates; those of a site take the place of ours, and may not run anything."""
    kind = SandboxedEnvironment if design.templates else Environment
    return kind(
        loader=DictLoader({**_OWN, **design.templates}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=4)
def _style(design: Design) -> Markup:
    return Markup(f"{STYLE}\n{design.style}".rstrip())  # noqa: S704  checked at load


@lru_cache(maxsize=4)
def policy_for(design: Design) -> str:
    """Return the Content-Security-Policy: nothing but our own style and our own clock."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(_style(design))}'; "
        f"script-src 'sha256-{_hash(SCRIPT)}'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def language_of(chosen: str, accept: str, known: Iterable[str]) -> str:
    """Return the language of a page: the one that was chosen, or what the browser likes best."""
    known = tuple(known)
    return chosen if chosen in known else choose_language(accept, known)


def render(ask: Ask, page: Html, path: str, done: str) -> bytes:
    """
    Render a page.

    Args:
        ask: who asks, and in which language.
        page: what it shows.
        path: where it stands, for the links to other languages.
        done: what was done before, a key of the sentences; others say nothing.
    """
    values = {
        **frame(ask, path),
        "wrong": page.wrong,
        "done": ask.say.get(f"done_{done}", "") if done else "",
        **page.values,
    }
    design = ask.page.design
    try:
        text = _environment(design).get_template(page.template).render(values)
    except Exception as fault:
        if not design.templates:
            raise
        # What it shows was checked at load, and what it does with that cannot be.
        log.exception("a template of the site failed", template=page.template, error=repr(fault))
        text = _environment(OURS).get_template(page.template).render(values)
    return text.encode(errors="replace")


def frame(ask: Ask, path: str) -> Mapping[str, Any]:
    """Return what every page shows around its own part."""
    lang = f"?lang={ask.texts.language}" if ask.chosen else ""
    texts = ask.current.pages.texts
    others = [one for one in texts if one != ask.texts.language]
    return {
        "t": ask.say,
        "page": ask.texts.page,
        "language": ask.texts.language,
        "organisation": ask.policy.organisation,
        "person": ask.person,
        "signed_in": ask.say["signed_in"].format(person=ask.person) if ask.person else "",
        "style": _style(ask.page.design),
        "script": Markup(SCRIPT),  # noqa: S704  the same
        "lang": lang,
        "here": path,
        "others": [{"id": one, "name": texts[one].portal["language"]} for one in others],
        "observed": ask.say["observed"] if ask.current.settings.observed else "",
        "links": list(_links(ask)),
        "contact": ask.current.pages.contact,
        "token": issue(ask.house.key, ask.person, ask.at) if ask.person else "",
    }


def _links(ask: Ask) -> Iterator[tuple[str, str]]:
    """Give the pages that somebody may see."""
    say, page = ask.say, ask.page
    if ask.person:
        yield "/", say["nav_today"]
        yield "/records", say["nav_records"]
        yield "/cases", say["nav_cases"]
        if page.manages(ask.person):
            yield "/requests", say["nav_requests"]
        if ask.person in page.helpdesk:
            yield "/helpdesk", say["nav_helpdesk"]
    for name in ("policy", "questions", "advice"):
        if papers.there(page.documents, name, ask.texts.language):
            yield f"/{name}", say[f"nav_{name}"]
    yield "/notice", say["nav_notice"]
    yield "/accessibility", say["nav_accessibility"]
