"""The bridge from the door to mitmproxy: who holds which connection, and how it ends."""

import asyncio
import errno
import os
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from mitmproxy.master import Master

from breaktime.core.signin import Strength
from breaktime.door import Dialled, Dialler, Inspection, Kind
from breaktime.mitm.handler import Handler, take_over
from breaktime.mitm.hooks import HookTable
from breaktime.mitm.observe import Tunnel

log = structlog.get_logger("breaktime.gateway")


type Release = Callable[[str, bool], None]


class Bridge:
    """Takes over connections that are to be inspected, and keeps what is known of each."""

    def __init__(self, master: Master, dialler: Dialler, release: Release) -> None:
        """
        Begin with no connection; `attach` the hook table before the first one comes.

        Args:
            master: whose options the layers read.
            dialler: connects to origins.
            release: tells the door that a connection has ended, and whether it was cut.
        """
        self._master = master
        self._dialler = dialler
        self._release = release
        self._table = HookTable(())
        self._concerns: Callable[[tuple[str, ...]], bool] = lambda _: True
        self._look: Callable[[], object] = lambda: None
        self._tunnels: dict[str, Tunnel] = {}
        self._handlers: dict[str, Handler] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._owned: set[str] = set()
        self._endings: set[asyncio.Task[None]] = set()

    def attach(
        self,
        table: HookTable,
        concerns: Callable[[tuple[str, ...]], bool],
        look: Callable[[], object] = lambda: None,
    ) -> None:
        """
        Set what every connection runs through.

        Args:
            table: the hooks.
            concerns: tells whether any of these names and addresses is controlled.
            look: ends what the clock has ended; called with all that happens on a connection.
        """
        self._table = table
        self._concerns = concerns
        self._look = look

    def tunnel(self, connection: str) -> Tunnel | None:
        """Return what the door knows of a connection."""
        return self._tunnels.get(connection)

    def hand_over(self, inspection: Inspection) -> None:
        """Take over the socket of a connection."""
        conn = inspection.conn
        direct = inspection.kind is Kind.PROXY
        identity = conn.identity
        self._tunnels[conn.id] = Tunnel(
            id=conn.id,
            client=conn.client,
            host=None if direct else inspection.host,
            sni=inspection.sni,
            address=inspection.address,
            person=None if identity is None else identity.person,
            groups=() if identity is None else identity.groups,
            known_by=Strength.NONE if identity is None else identity.known_by,
            certificate=conn.certificate,
            identified=identity is not None,
        )
        task = asyncio.get_running_loop().create_task(self._serve(inspection))
        self._tasks[conn.id] = task
        task.add_done_callback(lambda ended: self._ended(inspection, ended))

    def cut(self, connection: str) -> None:
        """End a connection now."""
        handler = self._handlers.get(connection)
        if handler is not None:
            handler.cut()
        elif connection in self._tasks:  # it is only just being taken over
            self._tasks[connection].cancel()

    def end(self, connection: str) -> None:
        """End a connection now, with a word to clients that can read one."""
        handler = self._handlers.get(connection)
        if handler is None or not handler.has_last_words:
            self.cut(connection)
        else:
            self._later(handler.end(None))

    def reset(self, connection: str, exchanges: frozenset[str]) -> bool:
        """
        End some exchanges of a connection now, and let the others go on.

        Args:
            connection: its id.
            exchanges: ids of their flows.

        Returns:
            Whether that can be: only where several share a connection at a time.
        """
        handler = self._handlers.get(connection)
        if handler is None or not handler.multiplexed:
            return False
        self._later(handler.end(exchanges))
        return True

    def _later(self, ending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(ending)
        self._endings.add(task)
        task.add_done_callback(self._settle)

    def _settle(self, ending: asyncio.Task[None]) -> None:
        self._endings.discard(ending)
        if not ending.cancelled() and ending.exception() is not None:
            log.error("a connection did not end as it should", exc_info=ending.exception())

    async def close(self) -> None:
        """End every connection."""
        for handler in tuple(self._handlers.values()):
            handler.cut()
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self, connection: str, host: str, port: int) -> Dialled:
        """
        Connect to an origin; to a controlled site only where a decision has opened it.

        This holds whatever the hooks have or have not done, and wherever a name leads by now.

        Raises:
            OSError: it cannot, or may not, be connected to.
        """
        asking = self._tunnels.get(connection)
        client = None if asking is None else asking.client
        dialled = await self._dialler.connect(host, port, client)
        admitted = False
        try:
            tunnel = self._tunnels.get(connection)
            opened = tunnel is not None and host in tunnel.opened
            admitted = opened or not self._concerns((host, dialled.address))
        except Exception as fault:
            log.exception("a destination could not be judged", error=type(fault).__name__)
        if not admitted:
            dialled.sock.close()
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return dialled

    async def _serve(self, inspection: Inspection) -> None:
        connection = inspection.conn.id
        handler = None
        try:
            handler = await take_over(
                inspection,
                self._master.options,
                self._table,
                lambda host, port: self._connect(connection, host, port),
            )
            handler.look = self._look
            self._handlers[connection] = handler
            await handler.handle_client()
        except Exception as fault:
            log.exception("an inspected connection failed", error=type(fault).__name__)
        finally:
            if handler is not None:
                self._owned.add(connection)
                handler.leave()

    def _ended(self, inspection: Inspection, task: asyncio.Task[None]) -> None:
        """Forget a connection; this runs also for a task that was cancelled before it began."""
        connection = inspection.conn.id
        if not task.cancelled() and task.exception() is not None:
            log.error("an inspected connection failed", exc_info=task.exception())
        self._tasks.pop(connection, None)
        handler = self._handlers.pop(connection, None)
        self._tunnels.pop(connection, None)
        if connection in self._owned:
            self._owned.discard(connection)
        else:
            inspection.sock.close()  # nothing holds it open that could close it
        self._release(connection, handler is not None and handler.over)
