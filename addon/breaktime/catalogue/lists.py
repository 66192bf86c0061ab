"""
Lists: the lines of a list of names, in the four forms that such lists have.

    hosts file    0.0.0.0 chat.example www.chat.example    # a comment
    domain list   chat.example
    v2fly         domain:chat.example  full:www.chat.example  include:other  chat.example @cn
    AdGuard       ||chat.example^      @@||work.chat.example^      ! a comment

A name of a platform file covers everything below it; so does a line of the last three forms, and a
line of a hosts file is taken as if it did. A line that says more than a name (a pattern, a
condition, a path) is refused: half of it would be another rule than the list's author wrote.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from breaktime.config.broad import why_broad
from breaktime.config.problems import Problem, quoted
from breaktime.core.names import normal_name

MAX_LINES: Final = 500_000
MAX_INCLUDED: Final = 50

_SINKS: Final = frozenset({"0.0.0.0", "127.0.0.1", "127.0.1.1", "::", "::1", "0", "fe80::1%lo0"})  # noqa: S104  read, not bound
_OWN: Final = frozenset(
    {
        "localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost",
        "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters",
        "ip6-allhosts", "0.0.0.0",  # noqa: S104  read, not bound
    }
)  # fmt: skip
"""What a hosts file says about the machine itself."""
_ADGUARD: Final = re.compile(r"(@@)?\|\|([^\^/$*|]+)\^?")
_HEADER: Final = re.compile(r"\[Adblock[^\]]*\]", re.IGNORECASE)
_LIST_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9!._-]{0,80}")
_ATTRIBUTE: Final = re.compile(r"[@&][\w!-]+")
_NO_NAMES: Final = {
    "regexp": "a regular expression",
    "keyword": "a part of a name, which many innocent names have",
}

type Opener = Callable[[str], str]
"""Gives the text of a list that lies beside; raises OSError or ValueError."""


class Place(NamedTuple):
    """Where something stands: file as messages show it, and line counted from 1."""

    file: str
    line: int


@dataclass(eq=False)
class Found:
    """
    What a list says.

    Fields:
        names: name -> where it stands, in the order of the list.
        exceptions: names that the list takes out again, in the same way.
        problems: lines that cannot be taken, and why.
    """

    names: dict[str, Place] = field(default_factory=dict)
    exceptions: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_list(text: str, shown: str, opener: Opener) -> Found:
    """
    Read a list, and the lists that it includes.

    Args:
        text: the whole list.
        shown: what messages call its file.
        opener: gives the text of an included list by its name.
    """
    reader = _Reader(opener)
    reader.take(text, shown)
    return reader.found


class _Reader:
    def __init__(self, opener: Opener) -> None:
        self.found = Found()
        self._opener = opener
        self._included: set[str] = set()
        self._lines = 0

    def take(self, text: str, shown: str) -> None:
        for number, line in enumerate(text.splitlines(), 1):
            self._lines += 1
            if self._lines > MAX_LINES:
                self._refuse(
                    Place(shown, number), f"a list may have {MAX_LINES} lines; the rest is left"
                )
                return
            self._line(line.strip(), Place(shown, number))

    def _line(self, line: str, at: Place) -> None:
        if not line or line[0] in "#!" or _HEADER.fullmatch(line):
            return
        if line.startswith(("||", "@@", "|", "/")) or "##" in line or "#@#" in line:
            self._adguard(line, at)
            return
        words = line.partition("#")[0].split()
        if not words:
            return
        kind, colon, rest = words[0].partition(":")
        if words[0] in _SINKS:
            for name in words[1:]:
                if name not in _OWN:
                    self._name(name, at)
        elif colon and kind in {"full", "domain", "include", *_NO_NAMES}:
            self._v2fly(kind, rest, at)
        elif len(words) == 1 or all(_ATTRIBUTE.fullmatch(word) for word in words[1:]):
            self._name(words[0], at)
        else:
            self._refuse(at, f"{quoted(line)} is no line of a list that is understood here")

    def _adguard(self, line: str, at: Place) -> None:
        fits = _ADGUARD.fullmatch(line)
        if fits is None:
            why = "has a condition, a path or a pattern: only `||name^` is taken"
            self._refuse(at, f"{quoted(line)} {why}")
        else:
            self._name(fits[2], at, exception=bool(fits[1]))

    def _v2fly(self, kind: str, rest: str, at: Place) -> None:
        if kind in _NO_NAMES:
            self._refuse(at, f"`{kind}:` is {_NO_NAMES[kind]}; write the names out")
        elif kind == "include":
            self._include(rest, at)
        else:
            self._name(rest, at)

    def _include(self, name: str, at: Place) -> None:
        if name in self._included:
            return
        if not _LIST_NAME.fullmatch(name) or len(self._included) >= MAX_INCLUDED:
            what = f"{quoted(name)} cannot be included"
            self._refuse(at, f"{what}: a list beside this one, and at most {MAX_INCLUDED}")
            return
        self._included.add(name)
        try:
            text = self._opener(name)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            self._refuse(at, f"the included list {quoted(name)} cannot be read: {why}")
            return
        self.take(text, f"{at.file.rpartition('/')[0]}/{name}".removeprefix("/"))

    def _name(self, written: str, at: Place, *, exception: bool = False) -> None:
        plain = written.removeprefix("*").removeprefix(".")
        name = normal_name(plain)
        if name is None or "." not in name or ":" in name or name.replace(".", "").isdigit():
            self._refuse(at, f"{quoted(written)} is no name of a site")
            return
        broad = why_broad(name)
        if broad and not exception:
            self._refuse(at, f"{quoted(name)} must not be listed: {broad}")
            return
        (self.found.exceptions if exception else self.found.names).setdefault(name, at)

    def _refuse(self, at: Place, what: str) -> None:
        self.found.problems.append(Problem(*at, 1, "", what))
