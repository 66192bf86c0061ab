"""Tells witnesses, each in a thread of its own; one that does not listen holds nobody up."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from breaktime.audit.statement import Statement

AGAIN = 30.0
"""How long a witness that failed is left alone at most, in seconds."""

AT_FIRST = 1.0
"""How long after its first failure; twice as long after each that follows."""

REMEMBERED = 10_000
"""
So many statements wait for a witness, a week of them; then the oldest are dropped. The later ones
vouch for them: each checkpoint names the one before.
"""

LEAVING = 5.0
"""How long the end waits for witnesses, in seconds."""

TellLag = Callable[[str, int, str], None]
"""Tells the operator that a witness is behind: its name, by how many, and why; 0 when it is not."""


class _Speaks(Protocol):
    @property
    def name(self) -> str: ...

    def tell(self, statement: Statement) -> None: ...


class Round:
    """Tells all witnesses of a gateway."""

    def __init__(
        self, witnesses: Sequence[_Speaks], tell: TellLag = lambda *_: None, again: float = AGAIN
    ) -> None:
        """
        Start a thread for each.

        Args:
            witnesses: who is told.
            tell: is called in their threads when one falls behind, and when it has caught up.
            again: how long a witness that failed is left alone at most, in seconds.
        """
        self._ways = [_Way(witness, tell, again) for witness in witnesses]

    def tell(self, statement: Statement) -> None:
        """Have every witness told; returns at once."""
        for way in self._ways:
            way.add(statement)

    def lags(self) -> dict[str, int]:
        """Return how many statements wait, by the name of the witness."""
        return {way.name: way.lag for way in self._ways}

    def close(self) -> None:
        """Give the witnesses a last moment to listen, and end."""
        for way in self._ways:
            way.leave()
        for way in self._ways:
            way.join(LEAVING)


class _Way:
    def __init__(self, witness: _Speaks, tell: TellLag, again: float) -> None:
        self.name = witness.name
        self._witness = witness
        self._tell = tell
        self._again = again
        self._waiting: deque[Statement] = deque(maxlen=REMEMBERED)
        self._bell = threading.Event()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="breaktime-witness", daemon=True)
        self._thread.start()

    @property
    def lag(self) -> int:
        return len(self._waiting)

    def add(self, statement: Statement) -> None:
        self._waiting.append(statement)
        self._bell.set()

    def leave(self) -> None:
        self._leaving.set()
        self._bell.set()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        behind, pause = False, AT_FIRST
        while not (self._leaving.is_set() and not self._waiting):
            self._bell.wait()
            self._bell.clear()
            problem = self._tell_all()
            if (problem is not None) is not behind:
                behind = problem is not None
                self._tell(self.name, self.lag, problem or "")
            if problem is None:
                pause = AT_FIRST
                continue
            if self._leaving.wait(min(pause, self._again)):
                return
            pause *= 2
            self._bell.set()

    def _tell_all(self) -> str | None:
        """Tell what waits, the oldest first; say why not, where that is so."""
        while self._waiting:
            statement = self._waiting[0]
            try:
                self._witness.tell(statement)
            except Exception as fault:  # noqa: BLE001  whatever it is: it was not told
                return str(fault) or type(fault).__name__
            if self._waiting and self._waiting[0] is statement:
                self._waiting.popleft()
        return None
