"""
What a connection sends is handled in the turn of the loop in which it arrives.

asyncio stores it and wakes a task, which comes to it a turn later: for one answer of a site, two
times to sleep and two to be woken.
"""

import asyncio
from collections.abc import Callable

Take = Callable[[bytes], bool]


class Intake(asyncio.StreamReader):
    """
    A reader whose bytes may be taken as they arrive, where somebody waits for these and no others.

    Fields:
        take: handles what arrives, or returns False where it has to wait for the task that reads;
            None as long as nobody wants that.
        held: bytes that have arrived and that nobody has taken or read.
    """

    def __init__(self, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        """Begin with nothing; no more is received where more than twice *limit* waits."""
        super().__init__(limit=limit, loop=loop)
        self.take: Take | None = None
        self.held = 0
        self._is_next = False

    def rest(self) -> None:
        """Have the next bytes wait for the task: what was taken has found no room yet."""
        self._is_next = False

    def feed_data(self, data: bytes | memoryview) -> None:  # type: ignore[override]
        """Have it taken, or keep it until it is read."""
        if self._is_next and self.take is not None and self.take(bytes(data)):
            return
        self._is_next = False
        self.held += len(data)
        super().feed_data(data)

    async def read(self, n: int = -1) -> bytes:
        """Wait for bytes; those that are taken meanwhile are none of them."""
        self._is_next = self.held == 0
        try:
            data = await super().read(n)
        finally:
            self._is_next = False
        self.held -= len(data)
        return data
