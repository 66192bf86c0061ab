"""Pages to read: what the site says in its own words, the notice, and accessibility."""

import asyncio
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from breaktime.portal.ask import Ask, Handler, Html, Outcome
from breaktime.portal.cases import helpers
from breaktime.portal.notice import notice_of

LONGEST = 256 * 1024
"""The longest document that is shown, in bytes."""


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """Return a reader of plain CommonMark: no HTML, and no links that run code."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def paper(name: str) -> Handler:
    """Return what shows one of the documents of the site."""

    async def show(ask: Ask) -> Outcome:
        text = await asyncio.to_thread(_read, ask.page.documents, name, ask.texts.language)
        if text is None:
            return Html("message.html", _missing(ask), status=404)
        body = Markup(_markdown().render(text))  # noqa: S704  made with HTML off
        return Html("paper.html", {"title": ask.say[f"nav_{name}"], "body": body})

    return show


async def accessibility(ask: Ask) -> Outcome:
    """Say how these pages can be used, and whom to tell if they cannot."""
    said = [text.format(help=helpers(ask)) for text in ask.say["accessibility_text"]]
    return Html("message.html", {"title": ask.say["accessibility_title"], "paragraphs": said})


async def notice(ask: Ask) -> Outcome:
    """Say what is recorded, why and who sees it, as it is in force."""
    made = notice_of(ask.policy, ask.current.settings, ask.texts)
    return Html("notice.html", {"notice": made})


def there(folder: Path | None, name: str, language: str) -> bool:
    """Tell whether the site has a document."""
    return _file(folder, name, language) is not None


def _missing(ask: Ask) -> dict[str, object]:
    return {"title": ask.say["missing_title"], "paragraphs": [ask.say["missing_text"]]}


def _file(folder: Path | None, name: str, language: str) -> Path | None:
    if folder is None:
        return None
    files = (folder / f"{name}.{language}.md", folder / f"{name}.md")
    return next((file for file in files if file.is_file()), None)


def _read(folder: Path | None, name: str, language: str) -> str | None:
    file = _file(folder, name, language)
    if file is None:
        return None
    with file.open("rb") as opened:
        return opened.read(LONGEST).decode("utf-8", "replace")
