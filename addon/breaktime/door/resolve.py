"""
Names into addresses, in threads and with a short memory.

Look-ups have threads of their own: on two cores, the loop's default executor has six, and a dozen
slow names would make everybody wait.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

THREADS = 64  # look-ups at the same time
PER_CLIENT = 16  # look-ups that one client may have begun, so that it does not take all threads

type Resolve = Callable[[str, int], Awaitable[list[tuple[str, int]]]]
"""Host and port to addresses and ports, the best first. Raises OSError when there are none."""


class BusyError(OSError):
    """The client has begun too many look-ups that have not ended."""


type Outcome = tuple[str, ...] | OSError


class _Memory(NamedTuple):
    until: float
    outcome: Outcome


def look_up(host: str) -> tuple[str, ...]:
    """
    Ask the system; blocks.

    Returns:
        IP addresses, in the order the system prefers.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(info[4][0]) for info in found))


class Resolver:
    """A `Resolve` that asks the system, each name once at a time, and remembers the answers."""

    def __init__(
        self,
        look: Callable[[str], tuple[str, ...]] = look_up,
        *,
        clock: Callable[[], float] = time.monotonic,
        keep_seconds: float = 30.0,
        keep_failure_seconds: float = 3.0,
        names: int = 4096,
    ) -> None:
        """
        Start without memory and without threads.

        Args:
            look: blocking look-up of one name; called in a thread.
            clock: seconds, never going back.
            keep_seconds: how long an answer is remembered. It should be no longer than what the
                records of large sites allow.
            keep_failure_seconds: how long it is remembered that there was none.
            names: how many are remembered.
        """
        self._look = look
        self._clock = clock
        self._keep = keep_seconds
        self._keep_failure = keep_failure_seconds
        self._names = names
        self._known: dict[str, _Memory] = {}
        self._asked: dict[str, asyncio.Future[Outcome]] = {}
        self._per_client: Counter[str] = Counter()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="resolve")

    async def __call__(
        self, host: str, port: int, *, client: str | None = None
    ) -> list[tuple[str, int]]:
        """
        Resolve a name; an address is its own answer.

        Args:
            host: a name or an address.
            port: is returned with each address.
            client: address of who is asking; None is not limited.

        Raises:
            BusyError: the client asks for too much at a time; answers that are known it gets.
            OSError: there is no address.
        """
        known = self.recall(host, port)
        if known is not None:
            return known
        try:
            return [(str(ip_address(host)), port)]
        except ValueError:
            return _with_port(await self._outcome(host, client), port)

    def recall(self, host: str, port: int) -> list[tuple[str, int]] | None:
        """
        Return what is remembered of a name; None where it has to be asked for.

        Raises:
            OSError: it is remembered that there is no address.
        """
        memory = self._known.get(host)
        if memory is None or self._clock() >= memory.until:
            return None
        return _with_port(memory.outcome, port)

    async def _outcome(self, host: str, client: str | None) -> Outcome:
        asked = self._asked.get(host)
        if asked is None:
            if client is not None and self._per_client[client] >= PER_CLIENT:
                raise BusyError(errno.EAGAIN, "too many look-ups")
            loop = asyncio.get_running_loop()
            asked = loop.run_in_executor(self._threads, self._ask, host)
            self._asked[host] = asked
            asked.add_done_callback(lambda done: self._remember(host, done))
            if client is not None:
                # Until the thread is free: whoever hangs up meanwhile still takes it.
                self._per_client[client] += 1
                asked.add_done_callback(lambda _: self._leave(client))
        # Whoever stops waiting must not take the answer from the others.
        return await asyncio.shield(asked)

    def _leave(self, client: str) -> None:
        self._per_client[client] -= 1
        if not self._per_client[client]:
            del self._per_client[client]

    def _ask(self, host: str) -> Outcome:
        """Return a failure instead of raising it: perhaps nobody is waiting any more."""
        try:
            return self._look(host) or OSError(socket.EAI_NONAME, "no address")
        except OSError as failure:
            return failure
        except UnicodeError:  # the codec for international names finds a label too long
            return OSError(socket.EAI_NONAME, "no host name")

    def _remember(self, host: str, done: asyncio.Future[Outcome]) -> None:
        self._asked.pop(host, None)
        if done.cancelled() or done.exception() is not None:
            return
        outcome = done.result()
        now = self._clock()
        if len(self._known) >= self._names:
            self._forget(now)
        keep = self._keep_failure if isinstance(outcome, OSError) else self._keep
        self._known.pop(host, None)
        self._known[host] = _Memory(now + keep, outcome)

    def _forget(self, now: float) -> None:
        """Make room: what is out of date, or else the oldest half."""
        fresh = [item for item in self._known.items() if now < item[1].until]
        if len(fresh) >= self._names:
            fresh = fresh[len(fresh) // 2 :]
        self._known = dict(fresh)

    def close(self) -> None:
        """Begin no further look-up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _with_port(outcome: Outcome, port: int) -> list[tuple[str, int]]:
    if isinstance(outcome, OSError):
        # A new one each time: an exception that is raised twice collects both tracebacks.
        raise OSError(outcome.errno, outcome.strerror)
    return [(address, port) for address in outcome]
