"""
Checks that take time, in threads of their own.

Bounded in all, and for each address: nobody's guesses keep the others waiting. The same
credentials are checked once, however many connections bring them at the same time.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor

from breaktime.identity.provider import BusyError

WAITING = 1024
"""How many checks may wait for a thread. Those beyond are not taken."""

WAITING_PER_CLIENT = 4
"""The same for one address, so that nobody's guesses keep the others waiting. Enough for
passwords: a browser sends the same one again and again, and it is checked once."""


class Checks[T]:
    """Runs checks of credentials off the event loop."""

    def __init__(
        self, name: str, threads: int, *, waiting_per_client: int = WAITING_PER_CLIENT
    ) -> None:
        """
        Start no thread yet.

        Args:
            name: of the threads, for whoever lists them.
            threads: how many checks run at the same time.
            waiting_per_client: how many of one address may wait or run.
        """
        self._waiting_per_client = waiting_per_client
        self._running: dict[bytes, Future[T]] = {}
        self._of_client: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=f"breaktime-{name}")

    def start(
        self,
        key: bytes,
        client: str,
        check: Callable[[], T],
        keep: Callable[[T], None] = lambda _: None,
    ) -> Awaitable[T]:
        """
        Return the outcome of a check, of the running one if there is one with the same key.

        Args:
            key: tells credentials apart.
            client: address they came from.
            check: runs in a thread; it may raise `BusyError`.
            keep: is told the outcome before anybody could start the same check again.

        Raises:
            BusyError: too many are waiting, or it is closed.
        """
        with self._lock:
            running = self._running.get(key)
            if running is None:
                if (
                    self._closed
                    or len(self._running) >= WAITING
                    or self._of_client[client] >= self._waiting_per_client
                ):
                    raise BusyError
                running = self._threads.submit(self._run, key, client, check, keep)
                self._running[key] = running
                self._of_client[client] += 1
        return _outcome(running)

    def close(self) -> None:
        """Take no more; those that wait end with `BusyError`."""
        with self._lock:
            self._closed = True
        self._threads.shutdown(wait=False)

    def _run(
        self,
        key: bytes,
        client: str,
        check: Callable[[], T],
        keep: Callable[[T], None],
    ) -> T:
        outcome: tuple[T] | None = None
        try:
            if self._closed:
                raise BusyError
            outcome = (check(),)
        finally:
            with self._lock:
                # Under one lock, so that the same credentials are running, remembered or neither.
                if outcome is not None:
                    keep(outcome[0])
                self._running.pop(key, None)
                self._of_client[client] -= 1
                if not self._of_client[client]:
                    del self._of_client[client]
        return outcome[0]


async def _outcome[T](check: "Future[T]") -> T:
    # Shielded: a client that hangs up must not cancel a check that others wait for.
    return await asyncio.shield(asyncio.wrap_future(check))
