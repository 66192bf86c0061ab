"""
Stage 2, listed: which of many listed names is a name, or does it lie below?

Most names that are asked about are nobody's. One look at the last two labels says so; where names
with more labels are listed below these two, the same look says with how many.
"""

from collections.abc import Iterator, Mapping


class _Deeper[Value]:
    """
    What stands at the last two labels of longer names.

    Fields:
        most: dots in the longest of them.
        own: what the two labels mean by themselves, None where they are not listed.
    """

    __slots__ = ("most", "own")

    def __init__(self, most: int, own: Value | None) -> None:
        self.most = most
        self.own = own


class Listed[Value]:
    """Normal names, each with everything below it; the longest that fits is the answer."""

    __slots__ = ("_long", "_short", "_single")

    def __init__(self, values: Mapping[str, Value]) -> None:
        """
        Make ready to be asked.

        Args:
            values: what each name means; never None.
        """
        self._single = {name: value for name, value in values.items() if "." not in name}
        self._short: dict[str, Value | _Deeper[Value]] = {}
        self._long: dict[str, Value] = {}
        most: dict[str, int] = {}
        for name, value in values.items():
            tail = name[name.rfind(".", 0, name.rfind(".")) + 1 :]
            if len(tail) == len(name):
                self._short[name] = value
            else:
                self._long[name] = value
                most[tail] = max(name.count("."), most.get(tail, 0))
        unlisted: dict[int, _Deeper[Value]] = {}
        for tail, dots in most.items():
            own = values.get(tail)
            if own is None:  # nearly always: one for all that go as deep
                self._short[tail] = unlisted.setdefault(dots, _Deeper(dots, None))
            else:
                self._short[tail] = _Deeper(dots, own)

    def find(self, name: str) -> Value | None:
        """
        Say what the longest listed name means that a name is, or lies below.

        Compared at label boundaries: `x.com.evil.example` and `netflix.com` are not below `x.com`.

        Args:
            name: normal name.
        """
        dot = name.rfind(".", 0, name.rfind("."))
        found = self._short.get(name[dot + 1 :])
        if isinstance(found, _Deeper):
            begin, over = -1, 0 if dot < 0 else name.count(".") - found.most
            while begin < dot:
                longer = self._long.get(name[begin + 1 :]) if over <= 0 else None
                if longer is not None:
                    return longer
                begin, over = name.find(".", begin + 1), over - 1
            found = found.own
        if found is None and self._single:
            return self._single.get(name[name.rfind(".") + 1 :])
        return found

    def values(self) -> Iterator[Value]:
        """Give what the names mean, in no order."""
        for value in self._short.values():
            if not isinstance(value, _Deeper):
                yield value
            elif value.own is not None:
                yield value.own
        yield from self._long.values()
