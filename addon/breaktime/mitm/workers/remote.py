"""The records of a worker, which the door's process writes."""

import asyncio
from collections.abc import Callable

from breaktime.core.record import Record
from breaktime.mitm.workers.channel import ChannelError
from breaktime.mitm.workers.messages import Kept, Message, Put


class RemoteRecorder:
    """
    Sends records to the process that writes them, and says what became of each.

    Fields:
        writable: whether records are kept, as far as was heard.
    """

    def __init__(self, send: Callable[[Message], None]) -> None:
        """
        Begin with nothing sent.

        Args:
            send: sends a message to the door's process.
        """
        self._send = send
        self._number = 0
        self._waiting: dict[int, asyncio.Future[bool]] = {}
        self.writable = True

    def put(self, record: Record, *, held: bool = False) -> asyncio.Future[bool]:
        """
        Have one record written.

        Args:
            record: what happened.
            held: what it tells of is released only if it is kept.

        Returns:
            True when it is kept, False when it is lost or not kept in time.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._number += 1
        try:
            self._send(Put(self._number, record, held))
        except ChannelError:
            self.writable = False
            future.set_result(False)
        else:
            self._waiting[self._number] = future
        return future

    def heard(self, kept: Kept) -> None:
        """Take note of what became of a record."""
        self.writable = kept.writable
        future = self._waiting.pop(kept.number, None)
        if future is not None and not future.done():
            future.set_result(kept.kept)

    def give_up(self) -> None:
        """Nobody will be heard of any more: what waits is not known to be kept."""
        self.writable = False
        for future in self._waiting.values():
            if not future.done():
                future.set_result(False)
        self._waiting.clear()

    async def settled(self) -> None:
        """Wait until it is known of every record what became of it."""
        while self._waiting:
            await asyncio.wait(list(self._waiting.values()))
