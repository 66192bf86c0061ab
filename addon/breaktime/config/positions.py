"""
Positions: the text of one YAML file as plain data, with line and column of every key and value.

YAML turns an unquoted `12:30` into 750, `no` into false and the second of two equal keys into
the only one. Here everything is text unless it is plainly a number, `true`, `false` or nothing,
and whatever would need an expert to read (anchors, tags, merge keys) is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from yaml import (
    AliasEvent,
    CSafeLoader,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.error import MarkedYAMLError

from breaktime.config.problems import ConfigError, Problem, counted, quoted
from breaktime.config.syntax import explain

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 24
MAX_NODES: Final = 200_000

_INTEGER: Final = re.compile(r"-?[1-9][0-9]{0,17}|0")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_TAB: Final = re.compile(r" *\t(?=[\t ]*[^\s#])")
# YAML 1.1 forbids most control characters, and counts three rare ones as the end of a line,
# which no editor does: the line in a message would be another one than on the screen.
_CONTROL: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff"
)
_LINE: Final = re.compile(r"\r\n|\n|\r")

type Path = tuple[str | int, ...]
"""Keys and list indexes (from 0) that lead from the top of a file to a value."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A position: file as the administrator named it, line and column counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, eq=False)
class Document:
    """
    One file as plain data.

    Fields:
        file: name of the file as the administrator gave it.
        data: dictionaries, lists, text, whole and decimal numbers, booleans and None.
        keys: where each key is written; for an entry of a list, where the entry begins.
        values: where each value begins.
    """

    file: str
    data: object
    keys: Mapping[Path, Spot]
    values: Mapping[Path, Spot]


def shown(path: Path) -> str:
    """Return a path as messages show it; entries of lists are counted from 1."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


def read(source: bytes | str, file: str) -> Document:
    """
    Read the text of one file.

    Args:
        source: the file as it is on disk, or as text.
        file: the name that messages give it.

    Raises:
        ConfigError: with every problem that could be found.
    """
    text = _decoded(source, file)
    _refuse_tabs(text, file)
    reader = _Reader(file)
    try:
        _feed(reader, text)
    except MarkedYAMLError as refusal:
        raise ConfigError([*reader.problems, explain(refusal, text, file)]) from None
    if reader.problems:
        raise ConfigError(reader.problems)
    return Document(file, reader.data, reader.keys, reader.values)


def _refuse_tabs(text: str, file: str) -> None:
    """Refuse tabs that indent, once for the whole file: who uses one has used many."""
    tabs = [
        (number, tab.end())
        for number, line in enumerate(_LINE.split(text), 1)
        if (tab := _TAB.match(line))
    ]
    if tabs:
        more = f", and in {counted(len(tabs) - 1, 'more line')}" if len(tabs) > 1 else ""
        raise ConfigError(
            [Problem(file, *tabs[0], "", f"a tab is used to indent{more}", "use spaces")]
        )


def _decoded(source: bytes | str, file: str) -> str:
    size = len(source)
    if size > MAX_BYTES:
        what = f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB"
        raise ConfigError([Problem(file, 0, 0, "", what, "split it with `include`")])
    text = source if isinstance(source, str) else _utf8(source, file)
    text = text.removeprefix("\ufeff")
    strange = _CONTROL.search(text)
    if strange:
        what = f"a character that cannot be seen stands here (U+{ord(strange.group()):04X})"
        spot = _position(text, strange.start())
        raise ConfigError([Problem(file, *spot, "", what, "remove it")])
    return text


def _utf8(source: bytes, file: str) -> str:
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        problem = Problem(file, 1, 1, "", "the text is stored as UTF-16", "save it as UTF-8")
        raise ConfigError([problem])
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as refusal:
        before = source[: refusal.start].decode("utf-8")
        what = f"the byte 0x{source[refusal.start]:02X} is not UTF-8 text"
        spot = _position(before, len(before))
        raise ConfigError([Problem(file, *spot, "", what, "save the file as UTF-8")]) from None


def _position(text: str, offset: int) -> tuple[int, int]:
    ends = [hit.end() for hit in _LINE.finditer(text, 0, offset)]
    return len(ends) + 1, offset - (ends[-1] if ends else 0) + 1


def _feed(reader: "_Reader", text: str) -> None:
    parser = CSafeLoader(text)
    try:
        documents = 0
        while reader.going and parser.check_event():
            event = parser.get_event()
            assert event is not None
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    reader.refuse(
                        event,
                        "a second document begins here",
                        "remove the line `---` and keep one document in a file",
                    )
                    return
            else:
                reader.take(event)
    finally:
        parser.dispose()


@dataclass(slots=True)
class _Open:
    """
    A mapping or list that has begun and not ended.

    Fields:
        into: what is being filled.
        path: where it is.
        key: of a mapping, the key whose value is awaited.
        skip: it is refused and read only to get past it.
    """

    into: dict[str, object] | list[object]
    path: Path
    key: str | None = None
    skip: bool = False


@dataclass(slots=True)
class _Reader:
    """Puts the events of the parser together, and notes what is refused."""

    file: str
    data: object = None
    problems: list[Problem] = field(default_factory=list)
    keys: dict[Path, Spot] = field(default_factory=dict)
    values: dict[Path, Spot] = field(default_factory=dict)
    going: bool = True
    _stack: list[_Open] = field(default_factory=list)
    _nodes: int = 0

    def refuse(self, event: Event, what: str, hint: str = "", path: Path = ()) -> None:
        """Note a problem where an event of the parser begins."""
        spot = self._spot(event)
        self.problems.append(Problem(spot.file, spot.line, spot.column, shown(path), what, hint))

    def _spot(self, event: Event) -> Spot:
        mark = event.start_mark
        assert mark is not None
        return Spot(self.file, mark.line + 1, mark.column + 1)

    def take(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._stack.pop()
        elif isinstance(event, AliasEvent | ScalarEvent | MappingStartEvent | SequenceStartEvent):
            self._nodes += 1
            if self._nodes > MAX_NODES:
                what = f"the file has more than {MAX_NODES:,} keys and values"
                self.refuse(event, what, "split it with `include`")
                self.going = False
            elif not self._take_key(event):
                self._take_value(event)

    def _take_key(self, event: Event) -> bool:
        """Take an event as a key, if a key is awaited."""
        top = self._stack[-1] if self._stack else None
        if top is None or not isinstance(top.into, dict) or top.key is not None:
            return False
        key, bad = "", True
        if isinstance(event, ScalarEvent):
            key = event.value
            bad = self._check_key(event, top)
        elif isinstance(event, AliasEvent):
            self._refuse_alias(event, top.path)
        else:
            if not top.skip:
                hint = "put a value that begins with `{` or `[` after a key and `:`"
                self.refuse(event, "a list or braces cannot be a key", hint, top.path)
            self._open(event, top.path, skip=True)
        # The value of a refused key is read under a name that no file can write.
        top.key = f"\0{self._nodes}" if bad else key
        if not bad:
            path = (*top.path, key)
            self.keys[path] = self._spot(event)
        return True

    def _check_key(self, event: ScalarEvent, top: _Open) -> bool:
        """Tell whether a key is to be skipped, and say why."""
        assert isinstance(top.into, dict)
        key = event.value
        if top.skip:
            return True
        if self._refuse_marks(event, top.path):
            return True
        if key == "<<" and event.implicit[0]:
            self.refuse(event, "`<<` is not understood here", "write the keys out", top.path)
            return True
        if key == "":
            self.refuse(event, "a key is missing before `:`", "", top.path)
            return True
        path = (*top.path, key)
        if path in self.keys:
            what = f"given twice; first at line {self.keys[path].line}"
            self.refuse(event, what, "", path)
            return True
        return False

    def _take_value(self, event: Event) -> None:
        top = self._stack[-1] if self._stack else None
        path, skip = self._here(top)
        if not skip:
            self.values[path] = self._spot(event)
            if top is not None and isinstance(top.into, list):
                self.keys[path] = self.values[path]
        value: object = None
        if isinstance(event, AliasEvent):
            if not skip:
                self._refuse_alias(event, path)
        else:
            if not skip:
                self._refuse_marks(event, path)
            if isinstance(event, ScalarEvent):
                value = _plain(event)
            else:
                value = self._open(event, path, skip=skip)
        self._put(top, value)

    @staticmethod
    def _here(top: _Open | None) -> tuple[Path, bool]:
        if top is None:
            return (), False
        if isinstance(top.into, list):
            return (*top.path, len(top.into)), top.skip
        assert top.key is not None
        return (*top.path, top.key), top.skip or top.key.startswith("\0")

    def _put(self, top: _Open | None, value: object) -> None:
        if top is None:
            self.data = value
        elif isinstance(top.into, list):
            top.into.append(value)
        else:
            assert top.key is not None
            if not top.key.startswith("\0"):
                top.into[top.key] = value
            top.key = None

    def _open(self, event: Event, path: Path, *, skip: bool) -> dict[str, object] | list[object]:
        into: dict[str, object] | list[object]
        into = {} if isinstance(event, MappingStartEvent) else []
        self._stack.append(_Open(into, path, skip=skip))
        if len(self._stack) > MAX_DEPTH:
            what = f"more than {MAX_DEPTH} levels are nested in each other"
            self.refuse(event, what, "", ())
            self.going = False
        return into

    def _refuse_alias(self, event: AliasEvent, path: Path) -> None:
        name = quoted(f"*{event.anchor}")
        hint = "write the value out, or put text that begins with `*` in quotes"
        self.refuse(event, f"{name} refers to another place of the file", hint, path)

    def _refuse_marks(self, event: Event, path: Path) -> bool:
        """Refuse a name for later reference, and a type in front of a value."""
        assert isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent)
        anchor, tag = event.anchor, event.tag
        if anchor is not None:
            hint = "remove it, or put text that begins with `&` in quotes"
            self.refuse(event, f"{quoted('&' + anchor)} names a value", hint, path)
        if tag is not None:
            name = tag.replace("tag:yaml.org,2002:", "!!")
            hint = "remove it, or put text that begins with `!` in quotes"
            self.refuse(event, f"{quoted(name)} says what a value is", hint, path)
        return anchor is not None or tag is not None


def _plain(event: ScalarEvent) -> object:
    text = event.value
    if event.style or not event.implicit[0]:  # quoted, or given a type
        return text
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
