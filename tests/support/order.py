"""What takes long begins first: what begins last has one core to itself while the others idle."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Test(Protocol):
    """A test, as pytest has collected it."""

    @property
    def path(self) -> Path:
        """Its file."""

    def get_closest_marker(self, name: str) -> object | None:
        """Return a mark of it, or None."""


def slow_first[T: Test](tests: Sequence[T], processes: int) -> list[T]:
    """
    Put the files with slow tests where each process begins.

    Each process is given an equal part of the list, in its order, and takes from the end of
    another's part once it has done its own. A file stays together: its tests share a gateway.

    Args:
        tests: as collected.
        processes: how many run tests, at least one.
    """
    slow = {test.path for test in tests if test.get_closest_marker("slow")}
    heads: list[list[T]] = [[] for _ in range(processes)]
    for number, path in enumerate(dict.fromkeys(t.path for t in tests if t.path in slow)):
        heads[number % processes] += [test for test in tests if test.path == path]
    rest = [test for test in tests if test.path not in slow]
    ordered: list[T] = []
    for number, head in enumerate(heads):
        size = (len(tests) - len(ordered)) // (processes - number)
        room = max(0, size - len(head))
        ordered += [*head, *rest[:room]]
        del rest[:room]
    return ordered + rest
