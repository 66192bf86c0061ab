"""Counts every byte that a client gets through to an origin, whatever it says."""

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from typing import Self


class Meter:
    """
    Relays connections to an origin at 127.0.0.1 that come to other addresses, at the same ports.

    It counts what comes from the client. A handshake counts as well: nothing at all may reach a
    site that is closed.
    """

    def __init__(self, addresses: Sequence[str], ports: Sequence[int]) -> None:
        """
        Prepare to listen.

        Args:
            addresses: of this machine, where the closed sites live.
            ports: of the origin.
        """
        self._addresses = list(addresses)
        self._ports = list(ports)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.contacts = 0
        self.bytes = 0

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        """End every connection."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def reset(self) -> None:
        """Count from nothing."""
        self.contacts = self.bytes = 0

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        servers = [
            await asyncio.start_server(self._client, self._addresses, port) for port in self._ports
        ]
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()
            server.close_clients()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.contacts += 1
        with contextlib.suppress(OSError, asyncio.CancelledError):
            port = writer.get_extra_info("sockname")[1]
            back, forth = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(
                self._copy(reader, forth, counted=True), self._copy(back, writer, counted=False)
            )

    async def _copy(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        try:
            while data := await source.read(65536):
                if counted:
                    self.bytes += len(data)
                sink.write(data)
                await sink.drain()
        finally:
            sink.close()
