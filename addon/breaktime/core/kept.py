"""Kept: answers that are kept for a while, and can be dropped a few at a time."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST: Final = 65536
"""How many answers are kept: one for each of many people."""

FEW: Final = 512
"""How many answers are kept that are steps to others: no more than one question needs."""


class Kept[Key, Answer](OrderedDict[Key, Answer]):
    """
    The last answers to one question; what was asked first goes first.

    Unlike what `functools.lru_cache` keeps they can go in small steps: to drop a hundred thousand
    at once holds up everything else for as long. They stay behind when the owner is pickled.

    Whoever keeps one for each person keeps names, numbers, tuples of them, and objects that many
    share: what the garbage collector has to look at makes it stop everything else for long.
    """

    most: int = MOST

    def keep(self, key: Key, answer: Answer) -> Answer:
        """Keep an answer, and return it."""
        self[key] = answer
        if len(self) > self.most:
            self.popitem(last=False)
        return answer

    def drop(self, most: int) -> None:
        """Forget the oldest answers."""
        for _ in range(min(most, len(self))):
            self.popitem(last=False)

    def __reduce__(self) -> tuple[type["Kept[Key, Answer]"], tuple[()]]:
        """Say how to make an empty one."""
        return Kept, ()


class Remembered[*Key, Answer]:
    """
    A function that keeps its last few answers; none of them is empty.

    Fields:
        kept: the answers, by arguments.
    """

    __slots__ = ("_function", "kept")

    def __init__(self, function: Callable[[*Key], Answer]) -> None:
        """Begin with nothing; the arguments can be hashed."""
        self._function = function
        self.kept = Kept[tuple[*Key], Answer]()
        self.kept.most = FEW

    def __call__(self, *key: *Key) -> Answer:
        """Return what the function says."""
        return self.kept.get(key) or self.kept.keep(key, self._function(*key))
