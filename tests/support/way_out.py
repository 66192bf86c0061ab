"""The last proxy on the way out: it keeps what it is asked, and leads to the tests' internet."""

import asyncio
import contextlib
import threading
from typing import Self

from support.origin import CountingOrigin


class WayOut:
    """Answers CONNECT with a tunnel to the origin, whatever the name; ports keep their meaning."""

    def __init__(self, origin: CountingOrigin) -> None:
        self.heads: list[bytes] = []
        self._origin = origin
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    @property
    def asked(self) -> list[str]:
        """What tunnels were asked for."""
        return [head.split()[1].decode() for head in self.heads]

    async def _run(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = server.sockets[0].getsockname()
        self._ready.set()
        await self._stop.wait()
        server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            where = head.split()[1]
            port = self._origin.port if where.endswith(b":443") else self._origin.plain_port
            there, out = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            try:
                await asyncio.gather(_pass_on(reader, out), _pass_on(there, writer))
            finally:
                out.close()
        writer.close()


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.close()
