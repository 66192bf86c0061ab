"""One way to the gateway for each person: their browser connects to it, and it comes from them."""

import asyncio
import threading
from contextlib import suppress
from typing import Self


class Doors:
    """
    Passes bytes on to a proxy, from the address that the proxy knows somebody by.

    A browser cannot choose the address that it comes from.
    """

    def __init__(self, proxy: tuple[str, int], people: dict[str, str]) -> None:
        self._proxy, self._people = proxy, people
        self._ports: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def of(self, person: str) -> str:
        """Return the address of somebody's proxy."""
        return f"http://127.0.0.1:{self._ports[person]}"

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        servers = []
        for person, address in self._people.items():
            server = await asyncio.start_server(self._joining(address), "127.0.0.1", 0)
            self._ports[person] = server.sockets[0].getsockname()[1]
            servers.append(server)
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()
        joined = asyncio.all_tasks() - {asyncio.current_task()}
        for task in joined:
            task.cancel()
        await asyncio.gather(*joined, return_exceptions=True)

    def _joining(self, address: str):
        async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, asyncio.CancelledError):
                theirs, ours = await asyncio.open_connection(*self._proxy, local_addr=(address, 0))
                await asyncio.gather(_pass_on(reader, ours), _pass_on(theirs, writer))

        return join


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
