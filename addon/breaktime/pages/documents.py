"""
The documents that people read: from a refusal to HTML, and to one line of plain text.

What UTF-8 cannot carry (a name that came in as broken bytes) becomes a question mark.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from breaktime.core.decide import Reason
from breaktime.core.flexible import LEAST
from breaktime.pages.clock import say_left, say_length, say_now, say_when
from breaktime.pages.design import BLOCK, OURS, Design
from breaktime.pages.page import content_security_policy
from breaktime.pages.refusal import Contact, PageSettings, Refusal
from breaktime.pages.texts import Sentences, Texts

_NOBODY = Contact()
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*", re.ASCII)


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8").strip()


def _styled(name: str) -> str:
    """Read a style sheet without the white space that only its authors need."""
    return re.sub(r"\s*\n\s*", "\n", _read(name))


_OWN = {name: _read(name) for name in (BLOCK, "frame.html", "notice.html")}
SHARED_STYLE = _styled("shared.css")
"""What the block page and the pages of the portal have in common."""

STYLE = f"{SHARED_STYLE}\n{_styled('block.css')}"
_FRAME_STYLE = _styled("frame.css")

FRAME_POLICY = content_security_policy(_FRAME_STYLE, frames="*")


@dataclass(frozen=True, slots=True)
class _Shape:
    """The templates of a design, ready to be filled in, and the policy for what they give."""

    block: Template
    frame: Template
    notice: Template
    style: Markup
    policy: str


@lru_cache(maxsize=4)
def shape(design: Design) -> _Shape:
    """
    Prepare the templates of a design.

    Raises:
        TemplateSyntaxError: one of them is none.
    """
    own = {name: design.templates.get(name, text) for name, text in _OWN.items()}
    # Whoever writes the templates of a site may not run the gateway.
    kind = SandboxedEnvironment if design.templates else Environment
    environment = kind(
        loader=DictLoader(own),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = f"{STYLE}\n{design.style}".rstrip()
    return _Shape(
        environment.get_template(BLOCK),
        environment.get_template("frame.html"),
        environment.get_template("notice.html"),
        Markup(style),  # noqa: S704  checked at load: it cannot end its element
        content_security_policy(style, frames="'none'"),
    )


def block_policy(settings: PageSettings) -> str:
    """Return the Content-Security-Policy of the block page."""
    return shape(settings.design).policy


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a list: a text that may have a label before it and an address behind it."""

    text: str
    address: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Opening:
    """When it opens: for programs, as a date and time, and as the time left."""

    stamp: str
    heading: str
    when: str
    left: str


def render_block(
    refusal: Refusal,
    settings: PageSettings,
    texts: tuple[Texts, ...],
    *,
    unsent: bool = False,
    told_to_a_script: bool = False,
) -> bytes:
    """
    Render the page of a refused person.

    Args:
        refusal: what was refused, to whom and why.
        settings: what every page of the organisation shows.
        texts: sentences of the person's language, and of the organisation's others after it.
        unsent: the person sent a form, whose content is lost.
        told_to_a_script: the site's own program will read the page: it is told neither who the
            person is, nor why, nor when their breaks are.
    """
    if told_to_a_script:
        refusal = replace(refusal, person=None, opens_at=None, rule=None, start_by=None)
    values = {
        "organisation": refusal.organisation,
        "portal": settings.portal if _is_web(settings.portal) else "",
        "decision": refusal.decision,
        "parts": [
            _part(
                refusal,
                settings,
                each,
                each.told_to_a_script if told_to_a_script else _sentences(refusal, each),
                unsent=unsent,
            )
            for each in texts
        ],
    }
    return fill_block(settings.design, values)


def fill_block(design: Design, values: Mapping[str, object]) -> bytes:
    """Fill in the template of the block page."""
    ready = shape(design)
    return ready.block.render(style=ready.style, **values).encode(errors="replace")


def trial_values(
    settings: PageSettings, *, opens: bool
) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """
    Return values to try a template of the block page with, and the marks that stand in them.

    Args:
        settings: what every page shows.
        opens: it is known when it opens; else a break can be started.
    """
    refusal = Refusal(
        None,
        Reason.BREAK_AVAILABLE_NOT_STARTED,
        datetime(2026, 1, 2, tzinfo=UTC),
        "",
        ZoneInfo("UTC"),
    )
    names = ("title", "why", "next", "rule", "record", "person", "unsent")
    marks = {name: f"mark-of-{name}" for name in (*names, "when", "left", "help", "decision")}
    texts = next(iter(settings.texts.values()))
    sentences = texts.reasons[refusal.reason]
    part = {
        **_part(refusal, settings, texts, sentences, unsent=True),
        **{name: marks[name] for name in names},
        "opens": _Opening("", "", marks["when"], marks["left"]) if opens else None,
        "contact": [_Line(marks["help"])],
        "can_start": not opens,
    }
    values = {"organisation": "", "portal": settings.portal, "decision": marks["decision"]}
    return {**values, "parts": [part]}, marks


def _part(
    refusal: Refusal, settings: PageSettings, texts: Texts, sentences: Sentences, *, unsent: bool
) -> Mapping[str, object]:
    """Return what the page says in one language."""
    page = texts.page
    names = _names(refusal, texts, settings.contact)
    made = say_now(texts.clock, refusal.zone, refusal.at)
    return {
        "language": texts.language,
        "lang": f"?lang={texts.language}",
        "language_name": texts.portal["language"],
        "page": page,
        "title": sentences.title.format_map(names),
        "why": sentences.why.format_map(names),
        "of_copy": page["copy"].format_map(names) if refusal.copy else "",
        "unsent": page["unsent"] if unsent else "",
        "opens": _opening(refusal, texts),
        "next": _next(refusal, settings, texts, sentences).format_map(names),
        "can_start": _can_start(refusal, settings),
        "rule": _named_rule(refusal.rule or "", texts),
        "work_text": page["work_text"].format_map(names),
        "links": _links(settings, page),
        "record": sentences.record.format_map(names),
        "person": refusal.person,
        "contact": _contact(settings.contact, page),
        "made": page["made"].format(made=made),
        "zone": page["zone"].format(zone=refusal.zone.key.replace("_", " ")),
    }


def render_notice(texts: tuple[Texts, ...], name: str, design: Design = OURS) -> bytes:
    """
    Render a page that depends on nothing that anybody has asked for.

    Args:
        texts: sentences of the languages, in the order in which the page has them.
        name: which page: a key of `Texts.answers`.
        design: whose colours it has.
    """
    ready = shape(design)
    return ready.notice.render(
        style=ready.style,
        parts=[
            {
                "language": each.language,
                "name": each.portal["language"],
                "what_to_do": each.page["what_to_do"],
                **each.answers[name],
            }
            for each in texts
        ],
    ).encode()


def render_frame(refusal: Refusal, texts: Texts) -> bytes:
    """Render one sentence for a frame, which may be part of the site's own page."""
    return (
        shape(OURS)
        .frame.render(
            language=texts.language,
            style=Markup(_FRAME_STYLE),  # noqa: S704  our own file, no value in it
            sentence=texts.page["frame"].format_map(_names(refusal, texts)),
        )
        .encode(errors="replace")
    )


def render_placeholder(refusal: Refusal, texts: Texts) -> bytes:
    """Render what stands in a frame of another site; it says nothing about the person."""
    return (
        shape(OURS)
        .frame.render(
            language=texts.language,
            style=Markup(_FRAME_STYLE),  # noqa: S704  our own file, no value in it
            sentence=texts.page["placeholder"].format_map(_names(refusal, texts)),
        )
        .encode(errors="replace")
    )


def render_line(refusal: Refusal, texts: Texts) -> bytes:
    """Say in one line of plain text what is refused, and when it opens."""
    opens = ""
    if refusal.opens_at is not None:
        when = say_when(texts.clock, refusal.zone, refusal.at, refusal.opens_at)
        left = say_left(texts.clock, refusal.at, refusal.opens_at)
        sentence = "short_may_start" if refusal.startable else "short_opens"
        opens = texts.page[sentence].format(when=when, left=left)
    title = _sentences(refusal, texts).title.format_map(_names(refusal, texts))
    line = texts.page["short"].format(title=title, opens=opens).rstrip()
    if refusal.decision is not None:
        line += f" {texts.page['reference']}: {refusal.decision}"
    return f"{line}\n".encode(errors="replace")


def _sentences(refusal: Refusal, texts: Texts) -> Sentences:
    """Return the sentences of the reason; a reason that refuses nobody is a fault of ours."""
    return texts.reasons.get(refusal.reason) or texts.reasons[Reason.FILTER_ERROR]


def _names(refusal: Refusal, texts: Texts, contact: Contact = _NOBODY) -> dict[str, str]:
    return {
        "Site": refusal.platform or texts.this_site[0],
        "site": refusal.platform or texts.this_site[1],
        "Help": contact.name or texts.helpers[0],
        "help": contact.name or texts.helpers[1],
        "organisation": refusal.organisation,
        "minutes": say_length(texts.clock, refusal.sitting or LEAST),
        "start_by": say_when(texts.clock, refusal.zone, refusal.at, refusal.start_by or refusal.at),
    }


def _named_rule(rule: str, texts: Texts) -> str:
    """Name a rule, if it has a name that people know: `break:everyone[1]` has a place only."""
    kind, _, name = rule.partition(":")
    sentence = texts.rules.get(kind, "")
    return "" if not name or name.isdigit() or name.endswith("]") else sentence.format(rule=name)


def _can_start(refusal: Refusal, settings: PageSettings) -> bool:
    """Tell whether the person can start a break now, and by themselves."""
    startable = refusal.reason is Reason.BREAK_AVAILABLE_NOT_STARTED
    return _is_web(settings.portal) and startable and refusal.person is not None


def _next(refusal: Refusal, settings: PageSettings, texts: Texts, sentences: Sentences) -> str:
    return texts.page["start_text"] if _can_start(refusal, settings) else sentences.next


def _opening(refusal: Refusal, texts: Texts) -> _Opening | None:
    if refusal.opens_at is None:
        return None
    when = say_when(texts.clock, refusal.zone, refusal.at, refusal.opens_at)
    left = say_left(texts.clock, refusal.at, refusal.opens_at)
    return _Opening(
        heading=texts.page["may_start" if refusal.startable else "opens"],
        stamp=f"{refusal.opens_at:%Y-%m-%dT%H:%M:%SZ}",
        when=_capital(when),
        left=f"{_capital(left)}.",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _links(settings: PageSettings, page: Mapping[str, str]) -> list[_Line]:
    rows = ((settings.policy, page["policy"]), (settings.questions, page["questions"]))
    return [_Line(text, address) for address, text in rows if _is_web(address)]


def _is_web(address: str) -> bool:
    """Keep `javascript:` and the like out of links, whatever a configuration says."""
    return address.lower().startswith(("https://", "http://"))


def _contact(contact: Contact, page: Mapping[str, str]) -> list[_Line]:
    digits = re.sub(r"[^\d+]", "", contact.phone, flags=re.ASCII)
    email = quote(contact.email, safe="@+") if _EMAIL.fullmatch(contact.email) else ""
    lines = [
        _Line(contact.name),
        _Line(contact.phone, f"tel:{digits}" if digits else "", page["phone"]),
        _Line(contact.email, f"mailto:{email}" if email else "", page["email"]),
        _Line(contact.hours),
    ]
    return [line for line in lines if line.text]
