"""The lines of a log as bytes, in the order in which they were written, and in bounded memory."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from breaktime.audit.tail import DATED, sequence_of

LONGEST = 16_384
"""Longer lines are not ours; they are read to here, and the rest is passed over. In bytes."""

NO_NUMBER = 1 << 63
"""Stands for the first number of a file without any."""

_NAME = re.compile(r"audit-.+-" + DATED + r"(?:\.gz)?")


class Raw(NamedTuple):
    """
    One line.

    Fields:
        file: name of its file.
        number: its number there, from 1.
        line: its bytes, without the line end.
        whole: it had one.
    """

    file: str
    number: int
    line: bytes
    whole: bool


def log_files(place: Path) -> list[Path]:
    """
    Return the files of a log, packed by gzip or not, in the order in which they were written.

    Args:
        place: a folder with one log in it, or one file.

    Raises:
        OSError: the folder cannot be read.
    """
    if not place.is_dir():
        return [place]
    found = _each_once(path for path in place.iterdir() if _NAME.fullmatch(path.name))
    return sorted(found, key=lambda path: (first_number(path), path.name))


def named_files(place: Path, stream: str) -> list[Path]:
    """
    Return the files of one stream, packed by gzip or not, in no order; none of them is opened.

    Args:
        place: a folder.
        stream: what their names begin with: `audit-<gateway>-`.

    Raises:
        OSError: the folder cannot be read.
    """
    name = re.compile(re.escape(stream) + DATED + r"(?:\.gz)?")
    return _each_once(path for path in place.iterdir() if name.fullmatch(path.name))


def _each_once(paths: Iterable[Path]) -> list[Path]:
    """Leave out what is packed and still there in its plain form, too."""
    found = set(paths)
    return [path for path in found if path.suffix != ".gz" or path.with_suffix("") not in found]


def raw_lines(path: Path) -> Iterator[Raw]:
    """
    Yield the lines of one file.

    Raises:
        OSError: it cannot be read, or what was packed is damaged.
    """
    with unpacked(path) as file:
        number = 0
        while line := file.readline(LONGEST):
            number += 1
            whole = line.endswith(b"\n")
            if not whole and len(line) == LONGEST:
                while rest := file.readline(LONGEST):
                    if whole := rest.endswith(b"\n"):
                        break
            yield Raw(path.name, number, line[:-1] if line.endswith(b"\n") else line, whole)


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """
    Open a file of a log for reading.

    Raises:
        OSError: it cannot be read, or what was packed is damaged; also while it is read.
    """
    with opened(path) as file:
        try:
            yield file
        except (EOFError, zlib.error) as fault:
            raise OSError(f"what was packed is damaged: {fault}") from None


def opened(path: Path) -> BinaryIO:
    """Open a file of a log for reading."""
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def first_number(path: Path) -> int:
    """Return the first number in a file, `NO_NUMBER` without one; they grow file by file."""
    try:
        with opened(path) as file:
            for _ in range(100):
                if (number := sequence_of(file.readline(LONGEST))) is not None:
                    return number
    except (OSError, EOFError, zlib.error):
        pass
    return NO_NUMBER
