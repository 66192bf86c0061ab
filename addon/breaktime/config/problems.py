"""
Problems: what an administrator reads when a configuration cannot be used.

House style: lower-case, no full stop, input in backticks, what is wrong before what to write,
nothing about how breaktime is made. A problem is the fault of a file and can be mended in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

_LONGEST_QUOTE: Final = 60
_UNSEEN: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """
    One thing to mend, or with a warning: one thing to look at again.

    Fields:
        file: name of the file as the administrator gave it.
        line: counted from 1; 0 where the file as a whole is meant.
        column: counted from 1, in characters.
        where: keys that lead there, with dots; empty where the text cannot be read at all.
        what: what is wrong.
        hint: what to write instead, or empty.
    """

    file: str
    line: int
    column: int
    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the line that is printed: `file:line:column: where: what; hint`."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        parts = [part for part in (place, self.where, self.what) if part]
        line = ": ".join(parts) + (f"; {self.hint}" if self.hint else "")
        # A key or the name of a file may hold anything, also what would steer a terminal.
        return "".join(each if each.isprintable() else _UNSEEN for each in line)


class ConfigError(Exception):
    """A configuration that cannot be used, with everything that has to be mended."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems by file and line, each once."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return one line for each problem and the line that counts them."""
        return report(self.problems)


def report(problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> str:
    """Return what `check` prints: a line for each problem and warning, and how many there are."""
    lines = [str(problem) for problem in problems]
    lines += [f"warning: {warning}" for warning in warnings]
    total = counted(len(problems), "problem")
    if warnings:
        total += f", {counted(len(warnings), 'warning')}"
    return "\n".join([*lines, total])


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it needs one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def quoted(found: object) -> str:
    """Return input as messages show it: in backticks, on one line, not too long."""
    if found is None or found == "":
        return "nothing"
    if isinstance(found, bool):
        return f"`{str(found).lower()}`"
    if isinstance(found, dict):
        return "keys with values"
    if isinstance(found, list | tuple):
        return "a list"
    text = " ".join(str(found).split()).replace("`", "'")
    if len(text) > _LONGEST_QUOTE:
        text = text[: _LONGEST_QUOTE - 3] + "..."
    return f"`{text}`"


def one_of(choices: Iterable[object]) -> str:
    """Return choices as a sentence lists them: `a`, `b` or `c`."""
    names = [quoted(choice) for choice in choices]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that was most likely meant, or None."""
    spellings: dict[str, str] = {}
    for each in known:
        spellings.setdefault(_plain(each), each)
    close = get_close_matches(_plain(name), spellings, n=1, cutoff=cutoff)
    return spellings[close[0]] if close else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the hint for a name that refers to nothing: the nearest known one, or nothing."""
    near = nearest(name, known)
    return "" if near is None else f"did you mean `{near}`"


def _plain(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")
