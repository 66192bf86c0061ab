"""
Notice: what staff are told, made from what is in force and from nothing else.

A changed configuration changes the notice; what it says about records is what the gateway does.
"""

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from breaktime.config import Settings
from breaktime.core.detail import Detail
from breaktime.core.policy import Policy
from breaktime.pages.clock import say_length
from breaktime.pages.texts import Texts


class Part(NamedTuple):
    """
    One part of the notice.

    Fields:
        heading: what it is about.
        text: paragraphs.
        points: the points of a list below them.
    """

    heading: str
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


class Notice(NamedTuple):
    """A notice: its title, its parts, and what it was made from."""

    title: str
    parts: tuple[Part, ...]
    made: str


def notice_of(policy: Policy, settings: Settings, texts: Texts) -> Notice:
    """
    Return the notice for staff.

    Args:
        policy: what decides.
        settings: everything else that is in force.
        texts: the language.
    """
    say = texts.notice
    title = say["title"].format(organisation=policy.organisation)
    return Notice(title, tuple(_parts(policy, settings, texts)), say["made"])


def _parts(policy: Policy, settings: Settings, texts: Texts) -> Iterator[Part]:
    say, page = texts.notice, settings.page
    names = {
        "help": texts.helpers[1] if page.help is None else page.help.name,
        "Help": texts.helpers[0] if page.help is None else page.help.name,
    }
    sites = sorted((one.name for one in policy.catalogue.platforms.values()), key=str.casefold)
    yield Part(say["about"], (say["about_text"], say["sites"].format(sites=", ".join(sites))))
    if settings.observed:
        yield Part(say["observed"], (say["observed_text"],))
    yield Part(say["recorded"], (), tuple(_recorded(policy, settings, texts)))
    if settings.records.concerns is not None:
        yield Part(say["closer"], (say["closer_text"],))
    left_alone = _exempt(policy)
    exempt = (say["exempt"].format(who=left_alone),) if left_alone else ()
    yield Part(say["not_recorded"], exempt, tuple(say["not_recorded_list"]))
    policy_line = (say["policy"].format(address=page.policy),) if page.policy else ()
    opens = settings.gateway.opens_in_breaks
    why = say["why_text" if opens else "why_unopened_text"]
    yield Part(say["why"], (why, *policy_line))
    yield Part(say["who"], (), tuple(_readers(settings, texts)))
    lengths = keep_lengths(settings, texts)
    points = tuple(point.format(**lengths) for point in say["long_list"])
    yield Part(say["long"], (say["long_text"],), points)
    grace = say_length(texts.clock, settings.ending.grace)
    if grace:
        yield Part(say["ends"], (say["ends_text"].format(grace=grace),))
    fails = "fails_block" if settings.records.block_if_unwritable else "fails_allow"
    yield Part(say["fails"], (say[fails],))
    yield Part(say["questions"], (say["questions_text"].format(**names), *_contact(settings)))


def _recorded(policy: Policy, settings: Settings, texts: Texts) -> Iterator[str]:
    """Say what is recorded: as much as is configured, and no less."""
    say, looking = texts.notice, settings.records.looking
    names = "clear" if settings.records.names else "pseudonym"
    opens = settings.gateway.opens_in_breaks
    yield from say["recorded_list" if opens else "recorded_unopened_list"]
    yield say["recorded_names"][names]
    for key, how in looking.details._asdict().items():
        what = "break_opened" if key == "break_" and not opens else key
        yield say["detail"].format(what=say["detail_of"][what], how=say["detail_is"][how])
    if looking.details.break_ in {Detail.SITE, Detail.PAGE}:
        yield say["recorded_session"]
    apps = _passing_apps(policy, settings) if opens else ""
    if apps:
        yield say["recorded_apps"].format(names=apps)
    yield say["unknown"]


def keep_lengths(settings: Settings, texts: Texts) -> dict[str, str]:
    """Say how long records of each kind are kept, by the name of the kind."""
    keep = settings.records.keep._asdict()
    return {kind: say_length(texts.clock, length) for kind, length in keep.items()}


def _exempt(policy: Policy) -> str:
    """Name teams and places that are left alone; single people are not named to everybody."""
    named = {one.subject.id for one in policy.exemptions if one.subject.kind != "person"}
    return ", ".join(sorted(named))


def _passing_apps(policy: Policy, settings: Settings) -> str:
    """Name the applications that pass unopened in breaks."""
    known = policy.catalogue.platforms
    passing = [each for each in settings.gateway.pinned if each.passes]
    sites = {known[one].name for each in passing for one in each.platforms if one in known}
    return ", ".join(sorted(sites.union(*(each.names for each in passing)), key=str.casefold))


def _readers(settings: Settings, texts: Texts) -> Iterator[str]:
    say, page = texts.notice, settings.page
    if page.portal is None:
        yield say["who_you_ask"]
    else:
        yield say["who_you"].format(address=f"https://{page.portal}/records")
    yield say["who_staff"]
    if page.portal is not None and page.managers:
        yield say["who_managers"].format(teams=", ".join(sorted(page.managers)))
    if page.portal is not None and page.helpdesk:
        yield say["who_helpdesk"]


def _contact(settings: Settings) -> Iterator[str]:
    asked = settings.page.help
    if asked is not None:
        line = ", ".join(one for one in (asked.phone, asked.email, asked.hours) if one)
        if line:
            yield line


def as_text(notice: Notice) -> str:
    """Write a notice for a terminal or a mail."""
    lines = [notice.title, "=" * len(notice.title)]
    for part in notice.parts:
        lines += ["", part.heading, "-" * len(part.heading), *part.text]
        lines += [f"* {one}" for one in part.points]
    return "\n".join([*lines, "", notice.made, ""])


def as_markdown(notice: Notice) -> str:
    """Write a notice as Markdown; what a configuration says stays plain text."""
    lines = [f"# {_plain(notice.title)}"]
    for part in notice.parts:
        lines += ["", f"## {_plain(part.heading)}"]
        for one in part.text:
            lines += ["", _plain(one)]
        lines += ["", *(f"- {_plain(one)}" for one in part.points)] if part.points else []
    return "\n".join([*lines, "", f"*{_plain(notice.made)}*", ""])


def as_html(notice: Notice, language: str) -> str:
    """Write a notice as a page that needs nothing besides."""
    body = [f"<h1>{escape(notice.title)}</h1>"]
    for part in notice.parts:
        body.append(f"<h2>{escape(part.heading)}</h2>")
        body += [f"<p>{escape(one)}</p>" for one in part.text]
        if part.points:
            points = "".join(f"<li>{escape(one)}</li>" for one in part.points)
            body.append(f"<ul>{points}</ul>")
    body.append(f"<p><small>{escape(notice.made)}</small></p>")
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(notice.title)}</title></head>\n<body><main>\n"
        + "\n".join(body)
        + "\n</main></body>\n</html>\n"
    )


def _plain(text: str) -> str:
    """Keep Markdown from reading anything into a name of the configuration."""
    return "".join(f"\\{one}" if one in "\\`*_[]<>#|&" else one for one in text)
