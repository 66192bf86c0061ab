"""Importing: the names of a list as the text of a platform file that somebody reviews."""

import json
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from breaktime.catalogue.lists import Found
from breaktime.config.platform_file import Category
from breaktime.config.problems import Problem, counted
from breaktime.core.what import Catalogue

MAX_NAMES: Final = 50_000
"""A platform with more names than this is a list of something else."""


class Head(NamedTuple):
    """
    What a list does not say about the platform.

    Fields:
        id: stem of the file, kebab-case.
        name: as people write it.
        category: what people do there.
        source: what the list is called.
    """

    id: str
    name: str
    category: Category
    source: str


class Imported(NamedTuple):
    """
    A list as a platform file.

    Fields:
        text: of the platform file; empty if no name is left.
        names: how many names it lists.
        problems: lines that were not taken, by file and line.
    """

    text: str
    names: int
    problems: tuple[Problem, ...]


def imported(found: Found, head: Head, known: Catalogue) -> Imported:
    """
    Write a platform file; a name that another platform has is left to it.

    Args:
        found: what the list says.
        head: what it does not say.
        known: the platforms that there are.
    """
    problems = list(found.problems)
    names: set[str] = set()
    for name, at in found.names.items():
        match = known.match(name)
        if match is not None and match.platform != head.id:
            what = f"`{name}` belongs to `{match.platform}` already"
            problems.append(Problem(*at, 1, "", what))
        else:
            names.add(name)
    kept = sorted(name for name in names if not _is_below(name, names))
    exceptions = []
    for name, at in found.exceptions.items():
        if _is_below(name, names):
            exceptions.append(name)
        else:
            what = f"the exception `{name}` lies below no name of the list"
            problems.append(Problem(*at, 1, "", what))
    problems.sort()
    if len(kept) > MAX_NAMES:
        what = f"the list has {len(kept)} names; a platform may have {MAX_NAMES}"
        return Imported("", 0, (Problem(head.source, 0, 0, "", what), *problems))
    text = _text(head, kept, sorted(exceptions)) if kept else ""
    return Imported(text, len(kept), tuple(problems))


def _is_below(name: str, names: AbstractSet[str]) -> bool:
    above = name.partition(".")[2]
    while above and above not in names:
        above = above.partition(".")[2]
    return above != ""


def _text(head: Head, names: list[str], exceptions: list[str]) -> str:
    lines = [
        f"# Imported from {_on_one_line(head.source)}: {counted(len(names), 'name')}.",
        "# Nobody has reviewed it yet. Each name covers everything below it: which of them do",
        "# other work too, and which are `api`, `cdn`, `short`, `login`, `embed` or `pixel`?",
        f"# Save it as {head.id}.yaml in a folder that `controlled.rules` names.",
        f"name: {json.dumps(head.name, ensure_ascii=False)}",
        f"category: {head.category}",
        "domains:",
        "  web:",
        *(f"    - {name}" for name in names),
    ]
    if exceptions:
        lines += ["except:", *(f"  - {name}" for name in exceptions)]
    return "\n".join([*lines, "sources: [imported]", ""])


def _on_one_line(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)
