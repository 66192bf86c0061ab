"""
A connection from the front door becomes one of mitmproxy's: TLS or HTTP, and nothing else.

This file and `master` stand on internals of mitmproxy 12.2; tests/mitmproxy_facts holds each.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from types import TracebackType
from typing import Literal

from mitmproxy import flow
from mitmproxy.connection import Connection, ConnectionState, Server
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events, layer, server_hooks
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HTTPMode
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.proxy.server import ConnectionIO, LiveConnectionHandler

from breaktime.door import Dialled, Inspection, Kind
from breaktime.mitm import held
from breaktime.mitm.client_side import ClientWriter, end_gently, own_address
from breaktime.mitm.client_tls import ClientTls
from breaktime.mitm.framing import Ending, FramedHttp
from breaktime.mitm.hooks import HookTable
from breaktime.mitm.intake import Intake
from breaktime.mitm.streams import has_to_wait, open_streams

log = logging.getLogger(__name__)

Connect = Callable[[str, int], Awaitable[Dialled]]

_MODE = ProxyMode.parse("regular")


class Inspected(layer.Layer):
    """
    The root of an inspected connection.

    mitmproxy guesses a protocol from the first bytes, and what it does not know becomes raw TCP
    that no hook ever sees. Here the door has already read them: nothing is left to guess.

    Hooks are run here, between two commands. mitmproxy would make a task for each, which then waits
    for its turn; the layers are told of them at the same point of the same order. Only what really
    has to wait for something becomes a task of its own, and is waited for by mitmproxy.

    Fields:
        http: the layer that speaks HTTP; None before the first event.
        begun: hooks that have begun and are not done.
    """

    def __init__(self, context: Context, kind: Kind, table: HookTable) -> None:
        """Choose the layers for what the client speaks."""
        super().__init__(context)
        self._kind = kind
        self._table = table
        self.http: FramedHttp | None = None
        self.begun: dict[commands.StartHook, asyncio.Task[None]] = {}

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        child: layer.Layer
        if self._kind is Kind.TLS:
            # mitmproxy would put a layer for the origin's TLS around all of it. Connections to
            # origins are made per request here and bring their own: it would only pass on.
            self.context.server.tls = True
            child = ClientTls(self.context)
            child.child_layer = self.http = FramedHttp(self.context, HTTPMode.transparent)
        elif self._kind is Kind.PROXY:
            child = self.http = FramedHttp(self.context, HTTPMode.regular)
        else:
            child = self.http = FramedHttp(self.context, HTTPMode.transparent)
        self._inner = child.handle_event
        self.handle_event = self._drive  # type: ignore[method-assign]
        self._handle_event = self._drive  # type: ignore[method-assign]
        yield from self._drive(event)

    def _drive(self, event: events.Event) -> layer.CommandGenerator[None]:
        done: list[events.Event] = [event]
        for each in done:  # it grows
            for command in self._inner(each):
                if not isinstance(command, commands.StartHook) or not self._is_done(command):
                    yield command
                elif command.blocking:
                    done.append(events.HookCompleted(command))

    def _is_done(self, hook: commands.StartHook) -> bool:
        """Ask a hook, and tell whether it has answered without waiting for anything."""
        data = self._table.argument(hook)
        if not self._table.may_wait(hook.name):
            self._table.run_now(hook.name, data)
            return True
        loop = asyncio.get_running_loop()
        task = asyncio.eager_task_factory(loop, self._table.run(hook.name, data))
        if task.done() and not task.cancelled() and task.exception() is None:
            return not isinstance(data, flow.Flow) or not data.intercepted
        self.begun[hook] = task
        return False


class Handler(LiveConnectionHandler):
    """
    One inspected connection: mitmproxy's event loop, with our hook table and our dialler.

    Fields:
        look: called with all that happens; ends what the clock has ended.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        options: Options,
        *,
        table: HookTable,
        connect: Connect,
    ) -> None:
        """Take over a client, with the hooks to run and the way to origins."""
        super().__init__(reader, writer, options, _MODE)
        self._table = table
        self._connect = connect
        self.look: Callable[[], object] = lambda: None
        self._moved = asyncio.Event()
        self.over = False

    def rename(self, connection_id: str) -> None:
        """Call the client by the door's id, which is part of the hash its transport is kept by."""
        io = self.transports.pop(self.client)
        self.client.id = connection_id
        self.transports[self.client] = io

    def leave(self) -> None:
        """
        Leave no connection open.

        A task that is cancelled while it waits for its turn never comes to closing its socket.
        """
        for io in self.transports.values():
            if isinstance(io.writer, asyncio.StreamWriter):
                io.writer.transport.abort()

    async def handle_hook(self, hook: commands.StartHook) -> None:
        """Run one hook through the table, or wait for one that was begun."""
        data = self._table.argument(hook)
        if not self._table[hook.name]:
            return
        begun = self.layer.begun.pop(hook, None) if isinstance(self.layer, Inspected) else None
        with self.timeout_watchdog.disarm():
            try:
                await (self._table.run(hook.name, data) if begun is None else begun)
            except Exception:  # nobody has asked the hooks, and the flow would wait for ever
                log.exception("the hooks could not be asked: %s", hook.name)
                self.cut()
            if isinstance(data, flow.Flow) and data.intercepted:
                await data.wait_for_resume()

    def log(
        self,
        message: str,
        level: int = logging.INFO,
        exc_info: Literal[True]
        | tuple[type[BaseException], BaseException, TracebackType | None]
        | None = None,
    ) -> None:
        """
        Log, and end a connection whose layers have raised.

        mitmproxy says so and lets them go on, in whatever state that has left them.
        """
        super().log(message, level, exc_info)
        if exc_info is not None:
            asyncio.get_running_loop().call_soon(self.cut)

    async def handle_connection(self, connection: Connection) -> None:
        """
        Serve one connection to its end.

        Tasks start eagerly: without this pause the first bytes, which are here already, would be
        handled before the task is stored, and a connection that closes at once could not be.
        """
        await asyncio.sleep(0)
        reader = self.transports[connection].reader
        assert isinstance(reader, Intake)
        reader.take = partial(self._take, connection, reader)
        try:
            await super().handle_connection(connection)
        finally:
            reader.take = None

    def _take(self, connection: Connection, reader: Intake, data: bytes) -> bool:
        """
        Handle what has arrived at once; False where something else has to come before it.

        `server_event` waits for its lock, and then for nothing: where it waits, nothing is done.
        """
        if not connection.state & ConnectionState.CAN_READ:
            return False  # its task is about to end
        handling = self.server_event(events.DataReceived(connection, data))
        try:
            handling.send(None)
        except StopIteration:
            if self._is_full(connection) or self._has_unsent:
                reader.rest()
            return True
        handling.close()
        return False

    async def server_event(self, event: events.Event) -> None:
        """
        Handle what has happened; whoever waits for room looks again.

        The clock is looked at here because a busy loop comes to its timers late: each of a
        thousand downloads has its turn between two of them.
        """
        self.look()
        if self.over and isinstance(event, events.DataReceived):
            return
        await super().server_event(event)
        self._moved.set()

    async def drain_writers(self) -> None:
        """
        Wait until what was read has found room: in a socket, in a window, with a request.

        Each connection comes by here after each read of it, and is not read meanwhile.
        """
        if self._has_unsent:
            await super().drain_writers()
        task = asyncio.current_task()
        own = next((c for c, io in self.transports.items() if io.handler is task), None)
        while own is not None and self._is_full(own):
            self._moved.clear()
            await self._moved.wait()

    @property
    def _has_unsent(self) -> bool:
        """Whether something of this connection, or of its origins, has not been sent yet."""
        return any(has_to_wait(io.writer) for io in self.transports.values())

    def _is_full(self, connection: Connection) -> bool:
        """Tell whether a connection has sent more than can be passed on now."""
        http = self.layer.http if isinstance(self.layer, Inspected) else None
        if http is None:
            return False
        if connection is self.client or not isinstance(connection, Server):
            return held.is_ahead(http, connection)
        windows = held.windows_of(http, self.client)
        if windows is not None and held.waiting_in(windows) > held.MAX_CLIENT:
            self.cut()
        return held.is_flooding(http, connection, self.client)

    async def open_connection(self, command: commands.OpenConnection) -> None:
        """
        Connect to an origin through the door's dialler.

        The address that is checked is the address that is connected to: there is no second
        look-up that could answer differently.
        """
        server = command.connection
        data = server_hooks.ServerConnectionHookData(client=self.client, server=server)
        await self.handle_hook(server_hooks.ServerConnectHook(data))
        if server.error or server.address is None:
            await self._not_connected(command, data, server.error or "no address")
            return
        async with self.max_conns[server.address]:
            server.timestamp_start = time.time()  # noqa: TID251  a field of mitmproxy's
            try:
                dialled = await self._connect(server.address[0], server.address[1])
                reader, transport, protocol = await open_streams(dialled.sock)
                loop = asyncio.get_running_loop()
                writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            except OSError as problem:
                await self._not_connected(command, data, str(problem) or type(problem).__name__)
                return
            except asyncio.CancelledError:
                await self._not_connected(command, data, "connection cancelled")
                raise
            except Exception:  # a fault of ours; the client must not wait for ever
                log.exception("an origin could not be dialled")
                await self._not_connected(command, data, "fault of the gateway")
                return
            await self._connected(command, data, reader, writer)

    async def _connected(
        self,
        command: commands.OpenConnection,
        data: server_hooks.ServerConnectionHookData,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        server = command.connection
        server.timestamp_tcp_setup = time.time()  # noqa: TID251  a field of mitmproxy's
        server.state = ConnectionState.OPEN
        # Behind TLS to a parent proxy there is a pair of sockets, which has no addresses.
        server.peername = writer.get_extra_info("peername") or None
        server.sockname = writer.get_extra_info("sockname") or None
        self.transports[server] = ConnectionIO(
            handler=asyncio.current_task(), reader=reader, writer=writer
        )
        await self.handle_hook(server_hooks.ServerConnectedHook(data))
        await self.server_event(events.OpenConnectionCompleted(command, None))
        try:
            await self.handle_connection(server)
        finally:
            server.timestamp_end = time.time()  # noqa: TID251  a field of mitmproxy's
            await self.handle_hook(server_hooks.ServerDisconnectedHook(data))

    async def _not_connected(
        self,
        command: commands.OpenConnection,
        data: server_hooks.ServerConnectionHookData,
        problem: str,
    ) -> None:
        command.connection.error = problem
        await self.handle_hook(server_hooks.ServerConnectErrorHook(data))
        await self.server_event(events.OpenConnectionCompleted(command, problem))

    @property
    def multiplexed(self) -> bool:
        """Whether several exchanges share the connection, so that one may end alone."""
        return self.client.alpn == b"h2"

    @property
    def has_last_words(self) -> bool:
        """Whether the client could be told why its connection ends."""
        http = self.layer.http if isinstance(self.layer, Inspected) else None
        return http is not None and http.has_last_words

    async def end(self, exchanges: frozenset[str] | None) -> None:
        """
        End exchanges, and with all of them the connection.

        Args:
            exchanges: ids of their flows; None for all, after a word to whoever can read it.
        """
        try:
            await self.server_event(Ending(exchanges))
        finally:
            if exchanges is None:
                self.cut()

    def cut(self) -> None:
        """
        End the connection now, with all that hangs on it, also if the client does not read.

        Nothing is read any more from this moment on, on any side: on a busy machine, what is
        already here would else be worked through before the end is come to.
        """
        io = self.transports.get(self.client)
        if io is None:
            return
        self.over = True
        if isinstance(io.writer, asyncio.StreamWriter):
            end_gently(io.writer.transport)
        if io.handler is None:  # still in client_connected
            self.client.error = "closed by policy"
            return
        self.close_connection(self.client)
        for connection, other in self.transports.items():
            if connection is self.client:
                continue
            if isinstance(other.writer, asyncio.StreamWriter):
                other.writer.transport.abort()
            if other.handler is not None:
                self.close_connection(connection)


async def take_over(
    inspection: Inspection, options: Options, table: HookTable, connect: Connect
) -> Handler:
    """
    Make a handler for a connection that the door hands over, with what it has read so far.

    Raises:
        OSError: if the socket is dead already; it is closed then.
    """
    addresses = {
        "peername": (inspection.conn.client, inspection.conn.client_port),
        "sockname": own_address(inspection.sock),
    }
    reader, transport, protocol = await open_streams(inspection.sock, replay=inspection.replay)
    try:
        writer = ClientWriter(transport, protocol, reader, addresses)
        handler = Handler(reader, writer, options, table=table, connect=connect)
        handler.rename(inspection.conn.id)
        context = handler.layer.context
        handler.layer = Inspected(context, inspection.kind, table)
        if inspection.kind is not Kind.PROXY:
            context.server.address = (inspection.host, inspection.port)
    except BaseException:
        transport.abort()
        raise
    return handler
