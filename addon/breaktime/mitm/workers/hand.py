"""One worker as the door's process sees it, from its start to its end."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import structlog

from breaktime.door import Inspection
from breaktime.mitm.workers.channel import Channel, ChannelError, pair
from breaktime.mitm.workers.messages import (
    Begin,
    Begun,
    Belongs,
    Counted,
    Cut,
    Drain,
    Failed,
    Figures,
    Message,
    Over,
    Prepare,
    Prepared,
    Put,
    Ready,
    Released,
    Reread,
    Take,
    Totalled,
)
from breaktime.mitm.world import StartError

LEAVING_SECONDS = 20.0
"""How long a worker may take to end once nobody is left in it; then it is killed."""

log = structlog.get_logger("breaktime.gateway")


class Office(Protocol):
    """What the door's process does for a worker."""

    def put(self, hand: "Hand", message: Put) -> None:
        """Write a record, and tell the worker what became of it."""

    def released(self, connection: str, *, cut: bool = False) -> None:
        """Take note that a connection has ended, or was cut."""

    def belongs(self, connection: str, person: str) -> None:
        """Count a connection for somebody who has signed in on it."""

    def totalled(self, hand: "Hand", message: Totalled) -> None:
        """Put what a worker saw together with what others saw."""

    def ended(self, hand: "Hand") -> None:
        """Take note that nothing more comes from a worker."""

    async def buried(self, hand: "Hand") -> None:
        """Finish what a worker had begun whose process is gone; raises nothing."""

    def reread(self) -> None:
        """Have the configuration read again."""


class Hand:
    """
    One worker.

    Fields:
        name: what it is called.
        number: of the configuration that it goes by.
        figures: what it has counted; the last that was heard.
        silent: for how many looks nothing was heard of it.
        leaving: it is to end, and gets nothing more.
        began: when it was ready, in seconds of the event loop; 0 before.
    """

    def __init__(
        self, name: str, number: int, office: Office, gone: Callable[["Hand"], None]
    ) -> None:
        """
        Prepare a worker that does not run yet.

        Args:
            name: what it is called.
            number: of the configuration that it is given.
            office: does what it asks for.
            gone: is told when it has ended; its connections were released.
        """
        self.name = name
        self.number = number
        self.figures = Figures()
        self.silent = 0
        self.leaving = False
        self.began = 0.0
        self._office = office
        self._gone = gone
        self._held: set[str] = set()
        self._channel: Channel | None = None
        self._process: asyncio.subprocess.Process | None = None
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._ready.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._prepared: asyncio.Future[Prepared] | None = None
        self.ended = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The number of its process."""
        return None if self._process is None else self._process.pid

    @property
    def connections(self) -> int:
        """How many connections it has."""
        return len(self._held)

    async def start(
        self, command: Sequence[str], begin: Begin, config: int, patience: float
    ) -> None:
        """
        Start the process, and wait until it can take connections.

        Args:
            command: what starts it; the number of its descriptor is added.
            begin: its first message.
            config: descriptor of the configuration; it stays the caller's.
            patience: how long that may take, in seconds.

        Raises:
            StartError: it does not start.
        """
        ours, theirs = pair()
        self._channel = Channel(ours, self._hear, self._end)
        try:
            with theirs:
                self._process = await asyncio.create_subprocess_exec(
                    *command,
                    str(theirs.fileno()),
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is meant for the gateway
                )
            self._send_with(begin, config)
            async with asyncio.timeout(patience):
                await asyncio.shield(self._ready)
        except TimeoutError:
            await self.kill()
            raise StartError(f"{self.name} was not ready within {patience:g} s") from None
        except OSError as fault:
            await self.kill()
            raise StartError(f"{self.name} cannot be started: {fault}") from fault
        except BaseException:
            await self.kill()
            raise
        self.began = asyncio.get_running_loop().time()

    def take(self, inspection: Inspection) -> None:
        """
        Give it a connection.

        Raises:
            ChannelError: it did not take it; the socket is still the caller's.
        """
        conn = inspection.conn
        self._send(
            Take(
                conn.id, conn.client, conn.client_port, conn.identity, conn.certificate,
                inspection.replay, inspection.kind, inspection.host, inspection.port,
                inspection.sni, inspection.address,
            ),
            inspection.sock.fileno(),
        )  # fmt: skip
        inspection.sock.detach()  # the channel closes it
        self._held.add(conn.id)
        conn.when_cut = partial(self.cut, conn.id)

    def cut(self, connection: str) -> None:
        """End a connection now."""
        self.tell(Cut(connection))

    def tell(self, message: Message) -> None:
        """Tell it something; one that does not listen ends."""
        try:
            self._send(message)
        except ChannelError as fault:
            if not self.ended.is_set():
                log.error("a worker does not listen; it ends", worker=self.name, problem=str(fault))  # noqa: TRY400  its text says it
                self._end()

    def prepare(self, number: int, config: int) -> "asyncio.Future[Prepared]":
        """
        Have it open a configuration; the answer never comes where it has ended.

        Args:
            number: of the configuration.
            config: its descriptor; it stays the caller's.
        """
        self._prepared = asyncio.get_running_loop().create_future()
        if not self._tell_with(Prepare(number), config):
            self._prepared.cancel()
        return self._prepared

    async def drain(self, seconds: float) -> None:
        """Give it nothing more, and wait until nobody is left in it; then it has ended."""
        self.leaving = True
        self.tell(Drain(seconds))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds + LEAVING_SECONDS):
                await self.ended.wait()
        await self.kill()

    async def stop(self) -> None:
        """End it with its connections, its last records included."""
        await self.drain(0)

    async def kill(self) -> None:
        """End it whatever it does, and wait until its process is gone."""
        self._end()
        if self._process is not None:
            await self._process.wait()

    # What is heard

    def _hear(self, message: Message, fds: list[int]) -> None:
        for fd in fds:  # none is due
            os.close(fd)
        self.silent = 0
        if isinstance(message, Put):
            self._office.put(self, message)
        elif isinstance(message, Released):
            if message.id in self._held:
                self._held.discard(message.id)
                self._office.released(message.id, cut=message.cut)
        elif isinstance(message, Belongs):
            if message.id in self._held:
                self._office.belongs(message.id, message.person)
        elif isinstance(message, Counted | Begun | Over):
            self._office.totalled(self, message)
        elif isinstance(message, Figures):
            self.figures = message
        elif isinstance(message, Reread):
            self._office.reread()
        else:
            self._hear_answer(message)

    def _hear_answer(self, message: Message) -> None:
        ready, prepared = self._ready, self._prepared
        if isinstance(message, Ready) and not ready.done():
            ready.set_result(None)
        elif isinstance(message, Failed) and not ready.done():
            ready.set_exception(StartError(message.problem, message.status))
        elif isinstance(message, Prepared) and prepared is not None and not prepared.done():
            prepared.set_result(message)

    def _end(self) -> None:
        """Let go of it: it has ended, or has to."""
        if self.ended.is_set():
            return
        self.ended.set()
        if self._channel is not None:
            self._channel.close()
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        if not self._ready.done():
            self._ready.set_exception(StartError(f"{self.name} has ended before it was ready"))
        if self._prepared is not None and not self._prepared.done():
            self._prepared.cancel()
        held, self._held = self._held, set()
        for connection in held:
            self._office.released(connection, cut=True)
        self._office.ended(self)
        self._gone(self)

    def _send(self, message: Message, fd: int | None = None) -> None:
        if self._channel is None or self.ended.is_set():
            raise ChannelError("it has ended")
        self._channel.send(message, fd)

    def _send_with(self, message: Message, config: int) -> None:
        copy = os.dup(config)
        try:
            self._send(message, copy)
        except BaseException:
            os.close(copy)
            raise

    def _tell_with(self, message: Message, config: int) -> bool:
        try:
            self._send_with(message, config)
        except OSError:
            return False
        return True
