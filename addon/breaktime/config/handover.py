"""
Handover: one process reads a configuration, another takes it over in small pieces.

To read a large one takes seconds, and threads of one process wait for each other meanwhile. A
process of its own, which runs `main`, leaves the event loop of the gateway alone.
"""

import copyreg
import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import batched, chain
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from breaktime.config import ConfigError, Loaded, Staged, load, zones
from breaktime.config.crowd import first_of
from breaktime.config.rules import Rules
from breaktime.core.what import Catalogue

NICENESS: Final = 5
"""A reload can wait; what the gateway answers cannot."""

_TOGETHER: Final = 50
"""So many entries are one piece; a piece takes well under a millisecond to take over."""

_FEW: Final = 3
"""The same for platforms, and for names whose patterns are compiled anew: they take longer."""


def _view(found: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(found)


class _Pickler(pickle.Pickler):
    """Knows how to hand over what Python does not: both are made anew from what they stand for."""

    dispatch_table = copyreg.dispatch_table | {
        ZoneInfo: lambda zone: (zones.zone, (zone.key,)),
        MappingProxyType: lambda view: (_view, (dict(view),)),
    }


def hand_over(found: Loaded | ConfigError, file: BinaryIO) -> None:
    """
    Write a configuration, or what is wrong with it.

    What the platform files say, line by line, stays behind: no gateway asks for it.
    """
    pickler = _Pickler(file, protocol=pickle.HIGHEST_PROTOCOL)
    if isinstance(found, ConfigError):
        pickler.dump(found.problems)
        return
    found = replace(found, rules=Rules({}, {}, Catalogue(()), {}, (), ()))
    for piece in _pieces(found):
        pickler.dump(piece)  # the pickler remembers: what comes later only refers to it
    pickler.dump(found)


def _pieces(loaded: Loaded) -> Iterator[object]:
    """Give the many small things of a configuration, a few at a time."""
    policy = loaded.policy
    many = chain[object](
        policy.catalogue.platforms.values(),
        *(first_of(found).items() for found in (policy.breaks, policy.zones)),
        first_of(policy.directory.people).values(),
        policy.exceptions,
        policy.cases,
        policy.blackouts,
        policy.suspensions,
    )
    for batch in batched(many, _TOGETHER):
        yield [*batch]
    known = policy.catalogue
    large = chain[object](known._others, known._names.values())  # noqa: SLF001  the most of it
    for few in batched(large, _FEW):
        yield [*few]


def take_over(data: bytes) -> Iterator[Loaded | None]:
    """
    Read what `hand_over` has written, a piece at each step; the last step gives the configuration.

    Raises:
        ConfigError: with every problem of every file.
        Exception: of any kind, if the data are not what was written.
    """
    unpickler = pickle.Unpickler(BytesIO(data))  # noqa: S301  from a process of our own
    while True:
        piece = unpickler.load()
        if isinstance(piece, Loaded):
            yield piece
            return
        if isinstance(piece, tuple):
            raise ConfigError(piece)
        yield None


def main(arguments: Sequence[str]) -> int:
    """
    Read a configuration, and write to the standard output what was read or what is wrong with it.

    Args:
        arguments: the main file; and where the file and the name are of one that is going to be
            included.

    Returns:
        The exit status: 0, for a configuration with problems too.
    """
    os.nice(NICENESS)
    found: Loaded | ConfigError
    try:
        staged = Staged(*map(Path, arguments[1:])) if arguments[1:] else None
        found = load(Path(arguments[0]), staged=staged)
    except ConfigError as problems:
        found = problems
    hand_over(found, sys.stdout.buffer)
    sys.stdout.buffer.flush()
    return 0
