"""The supervisor of services, which is systemd: it is told what goes on, where it asks for that."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

_MICRO = 1_000_000


class Supervisor:
    """
    Tells systemd that the gateway is ready, is alive, or stops, as `sd_notify(3)` says.

    Elsewhere it does nothing. It raises nothing: a supervisor that does not listen stops nobody.

    Fields:
        watchdog: seconds after which systemd takes a silent gateway for dead; None if it does not.
    """

    def __init__(
        self, environment: Mapping[str, str], steady: Callable[[], float] = time.monotonic
    ) -> None:
        """
        Read what systemd has left in the environment.

        Args:
            environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` count.
            steady: reads a clock that nobody sets, in seconds.
        """
        address = environment.get("NOTIFY_SOCKET", "")
        # A name without a file begins with a zero byte, which is written as `@`.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._steady = steady
        self._told = -float("inf")
        micro = environment.get("WATCHDOG_USEC", "")
        ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        known = ours and micro.isascii() and micro.isdigit() and int(micro) > 0
        self.watchdog = int(micro) / _MICRO if known else None

    def ready(self) -> None:
        """Say that connections are taken."""
        self._tell(b"READY=1")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._tell(b"STOPPING=1")

    def alive(self) -> None:
        """Say that the event loop runs; four times within the time of the watchdog, no more."""
        now = self._steady()
        if self.watchdog is not None and now - self._told >= self.watchdog / 4:
            self._told = now
            self._tell(b"WATCHDOG=1")

    def _tell(self, what: bytes) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)  # noqa: FBT003  the signature of the standard library
            sock.sendto(what, self._address)
