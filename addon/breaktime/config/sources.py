"""Sources: the main file and those it includes, put together as if they were one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from errno import EACCES, EISDIR, ENAMETOOLONG, ENOENT, ENOTDIR
from glob import glob, has_magic
from pathlib import Path
from typing import Final, NamedTuple

from breaktime.config import positions
from breaktime.config.positions import MAX_BYTES, Document, Spot
from breaktime.config.problems import ConfigError, Problem, quoted

_ORDERED: Final = frozenset({"identity"})
"""Lists whose order means something: they cannot be put together from several files."""

_REFUSALS: Final = {
    ENOENT: ("does not exist", ""),
    ENOTDIR: ("does not exist", ""),
    ENAMETOOLONG: ("does not exist", ""),
    EISDIR: ("is a folder", "name the files in it"),
    EACCES: ("may not be read by this account", ""),
}


@dataclass(eq=False)
class Sources:
    """
    All files of one configuration.

    Fields:
        name: the main file as the administrator gave it.
        base: absolute folder that relative paths start from.
        data: what all files say, by section.
        keys, values: where each key and value is written.
        files: absolute paths of every file and folder that was read.
        problems: what was found so far.
        whole: every file could be read.
    """

    name: str
    base: Path
    data: dict[str, object] = field(default_factory=dict)
    keys: dict[positions.Path, Spot] = field(default_factory=dict)
    values: dict[positions.Path, Spot] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True

    @property
    def document(self) -> Document:
        """All of it as if it were one file."""
        return Document(self.name, self.data, self.keys, self.values)


class Staged(NamedTuple):
    """
    A file that is to be included, and does not have its name yet.

    Fields:
        file: where it is now.
        name: where it is going to be.
    """

    file: Path
    name: Path


def gather(path: Path, name: str, staged: Staged | None = None) -> Sources:
    """Read a main file and all that it includes, and what it is going to include."""
    sources = Sources(name, path.absolute().parent, files=[path.absolute()])
    document = _open(sources, path, name)
    if document is not None:
        _add_main(sources, document, staged)
    return sources


def gather_text(text: str, name: str, base: Path) -> Sources:
    """Read a main file that is given as text, and all that it includes."""
    sources = Sources(name, base.absolute())
    try:
        _add_main(sources, positions.read(text, name))
    except ConfigError as error:
        sources.problems += error.problems
        sources.whole = False
    return sources


def read_bytes(path: Path) -> bytes:
    """
    Read a file, but not much more than is allowed.

    Raises:
        OSError: as `open` and `read` do.
    """
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def refusal(error: OSError) -> tuple[str, str]:
    """Say in plain words why a file could not be read, and what to do."""
    reason = (error.strerror or "it cannot be read").lower()
    return _REFUSALS.get(error.errno or 0, (f"cannot be read: {reason}", ""))


def _open(
    sources: Sources, path: Path, name: str, spot: Spot | None = None, where: str = ""
) -> Document | None:
    """Read one file; a file that cannot be opened is the fault of the line that names it."""
    try:
        return positions.read(read_bytes(path), name)
    except ConfigError as error:
        sources.problems += error.problems
    except (OSError, ValueError) as error:
        what, hint = refusal(error) if isinstance(error, OSError) else _REFUSALS[ENOENT]
        if spot is None:
            sources.problems.append(Problem(name, 0, 0, "", what, hint))
        else:
            at = (spot.file, spot.line, spot.column)
            if path.is_dir():
                hint = f"name the files in it, {quoted(f'{name}/*.yaml')}"
            sources.problems.append(Problem(*at, where, f"{quoted(name)} {what}", hint))
    sources.whole = False
    return None


def _add_main(sources: Sources, document: Document, staged: Staged | None = None) -> None:
    if not _add(sources, document, main=True):
        return
    patterns = sources.data.get("include")
    seen = set(sources.files)
    if not isinstance(patterns, list):
        return
    found: dict[Path, tuple[str, Spot, str]] = {}
    for index, pattern in enumerate(patterns):
        if isinstance(pattern, str) and pattern:
            for path, name in _matches(sources, pattern):
                spot = sources.values["include", index]
                found.setdefault(path, (name, spot, positions.shown(("include", index))))
            if staged is not None and (sources.base / staged.name).match(pattern):
                spot = sources.values["include", index]
                shown = (str(staged.name), spot, positions.shown(("include", index)))
                found.setdefault(sources.base / staged.file, shown)
    # By name, so that the order of the patterns makes no difference.
    for path, (name, spot, where) in sorted(found.items()):
        if path not in seen:
            sources.files.append(path)
            included = _open(sources, path, name, spot, where)
            if included is not None:
                _add(sources, included, main=False)


def _matches(sources: Sources, pattern: str) -> Iterator[tuple[Path, str]]:
    """Find the files of a pattern, each with the name that messages give it."""
    if "\0" in pattern:
        return
    folder = (sources.base / pattern).parent
    while has_magic(str(folder)) or not folder.is_dir():
        folder = folder.parent  # what appears there later is noticed too
    if folder not in sources.files:
        sources.files.append(folder)
    shown = Path(sources.name).parent
    if not has_magic(pattern):
        yield sources.base / pattern, str(shown / pattern)
        return
    for match in sorted(glob(pattern, root_dir=sources.base)):  # noqa: PTH207  takes absolute patterns too
        path = sources.base / match
        if not path.is_dir():
            yield path, str(shown / match)


def _add(sources: Sources, document: Document, *, main: bool) -> bool:
    """Put what one file says to the rest; False if it says nothing that can be understood."""
    if document.data is None and not main:
        return True
    if not isinstance(document.data, dict):
        what = f"must be keys with values, found {quoted(document.data)}"
        hint = "begin with `version: 1`" if main else "begin with a key such as `people:`"
        if isinstance(document.data, str) and ":" in document.data:
            hint = "put a space after each `:`"
        sources.problems.append(Problem(document.file, 1, 1, "", what, hint))
        sources.whole = False
        return False
    refused: set[positions.Path] = set()
    offsets: dict[str, int] = {}
    for section, value in document.data.items():
        if value is not None:  # a section with everything commented out is as good as none
            _add_section(sources, document, section, value, (refused, offsets))
    for target, table in ((sources.keys, document.keys), (sources.values, document.values)):
        for path, spot in table.items():
            if path[:1] in refused or path[:2] in refused:
                continue
            if len(path) > 1 and isinstance(path[1], int) and offsets.get(str(path[0])):
                moved = (path[0], path[1] + offsets[str(path[0])], *path[2:])
                target[moved] = spot
            else:
                target.setdefault(path, spot)
    return True


def _add_section(
    sources: Sources,
    document: Document,
    section: str,
    value: object,
    notes: tuple[set[positions.Path], dict[str, int]],
) -> None:
    refused, offsets = notes
    path: positions.Path = (section,)
    if section == "include" and document.file != sources.name:
        refused.add(path)
        _note(
            sources, document, path, "only the main file may include others", "name the files there"
        )
        return
    known = sources.data.get(section)
    if known is None:
        # A copy: what the reader gave is not changed when another file adds to it.
        sources.data[section] = value.copy() if isinstance(value, dict | list) else value
    elif isinstance(known, dict) and isinstance(value, dict):
        for key, entry in value.items():
            if key in known:
                refused.add((section, key))
                _twice(sources, document, (section, key))
            else:
                known[key] = entry
    elif isinstance(known, list) and isinstance(value, list) and section not in _ORDERED:
        offsets[section] = len(known)
        known.extend(value)
    else:
        refused.add(path)
        if section != "version" or value != known:
            _twice(sources, document, path)


def _twice(sources: Sources, document: Document, path: positions.Path) -> None:
    first = sources.keys[path]
    _note(sources, document, path, "given twice", f"first at {first.file}:{first.line}")


def _note(sources: Sources, document: Document, path: positions.Path, what: str, hint: str) -> None:
    spot = document.keys[path]
    where = positions.shown(path)
    sources.problems.append(Problem(spot.file, spot.line, spot.column, where, what, hint))
