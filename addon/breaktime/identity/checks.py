"""
Checks that take time, in threads of their own.

Bounded in all, and for each address. Addresses take turns, so nobody's guesses keep those at other
addresses waiting. The same credentials are checked once, however many connections bring them at
the same time.
"""

import asyncio
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from breaktime.identity.provider import BusyError

WAITING = 1024
"""How many checks may wait for a thread. Those beyond are not taken."""

WAITING_PER_CLIENT = 64
"""The same for one address: a terminal server at which everybody comes at once, and a browser that
opens a page with a ticket of its own for each connection."""


@dataclass(frozen=True, slots=True)
class _Check[T]:
    """One check that waits for its turn."""

    key: bytes
    client: str
    check: Callable[[], T]
    keep: Callable[[T], None]
    outcome: "Future[T]" = field(default_factory=Future)


class Checks[T]:
    """Runs checks of credentials off the event loop."""

    def __init__(self, name: str, threads: int) -> None:
        """
        Start no thread yet.

        Args:
            name: of the threads, for whoever lists them.
            threads: how many checks run at the same time.
        """
        self._taken: dict[bytes, Future[T]] = {}
        self._of_client: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[_Check[T]]] = OrderedDict()
        """By address; the first one has the next turn."""
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
            taken = self._taken.get(key)
            if taken is None:
                full = len(self._taken) >= WAITING or self._of_client[client] >= WAITING_PER_CLIENT
                if self._closed or full:
                    raise BusyError
                one = _Check(key, client, check, keep)
                self._waiting.setdefault(client, deque()).append(one)
                self._of_client[client] += 1
                taken = self._taken[key] = one.outcome
                self._threads.submit(self._take_next)
        return _outcome(taken)

    def close(self) -> None:
        """Take no more; those that wait end with `BusyError`."""
        with self._lock:
            self._closed = True
        self._threads.shutdown(wait=False)

    def _take_next(self) -> None:
        """Run the check whose turn it is: there are as many as there are calls of this."""
        with self._lock:
            client, waiting = self._waiting.popitem(last=False)
            one = waiting.popleft()
            if waiting:
                self._waiting[client] = waiting  # the others come before its next one
        one.outcome.set_running_or_notify_cancel()
        try:
            if self._closed:
                raise BusyError  # noqa: TRY301  told like every other end
            outcome = one.check()
            with self._lock:
                # Under one lock, so that the same credentials are taken, remembered or neither.
                one.keep(outcome)
                self._forget(one)
        except BaseException as fault:  # noqa: BLE001  whoever waits for it is told
            with self._lock:
                self._forget(one)
            one.outcome.set_exception(fault)
        else:
            one.outcome.set_result(outcome)

    def _forget(self, one: _Check[T]) -> None:
        if self._taken.pop(one.key, None) is not None:
            self._of_client[one.client] -= 1
            if not self._of_client[one.client]:
                del self._of_client[one.client]


async def _outcome[T](check: "Future[T]") -> T:
    # Shielded: a client that hangs up must not cancel a check that others wait for.
    return await asyncio.shield(asyncio.wrap_future(check))
