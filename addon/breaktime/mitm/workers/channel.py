"""One end of what a worker and the door's process tell each other by: messages and descriptors."""

import array
import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable

import structlog

from breaktime.mitm.workers.messages import Message, from_bytes, to_bytes

LONGEST = 384 << 10
"""The longest message, in bytes. A record or connection takes a tenth of that."""

WAITING = 4096
"""So many messages may wait for the other side."""

_BUFFER = 1 << 20
_AT_ONCE = 64
_DESCRIPTORS = 4
_DESCRIPTOR_BYTES = array.array("i").itemsize

log = structlog.get_logger("breaktime.gateway")


class ChannelError(OSError):
    """The message was not sent: the other side is gone, or far behind."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two ends that nobody else can reach: there is no path, and none inherits them."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
    return ends


class ChannelEndedError(ChannelError):
    """The other side has ended: nothing will be sent or heard any more."""


class Channel:
    """
    Sends whole messages, in their order, without waiting; receives them as they come.

    A descriptor that was sent is closed here; it lives on in the other process.
    """

    def __init__(
        self,
        sock: socket.socket,
        receive: Callable[[Message, list[int]], None],
        gone: Callable[[], None],
    ) -> None:
        """
        Begin to listen; call it in a running event loop.

        Args:
            sock: one end; it is closed with the channel.
            receive: takes each message, and owns the descriptors that came with it.
            gone: is told once when the other side has ended, or talks nonsense.
        """
        sock.setblocking(False)  # noqa: FBT003 - the signature of the standard library
        self._sock = sock
        self._receive = receive
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[bytes, int | None]] = deque()
        self._empty = asyncio.Event()
        self._empty.set()
        self._open = True
        self._loop.add_reader(sock, self._read)

    @property
    def waiting(self) -> int:
        """How many messages wait for the other side."""
        return len(self._waiting)

    def send(self, message: Message, fd: int | None = None) -> None:
        """
        Send a message, and with it perhaps a descriptor, which is closed here afterwards.

        Raises:
            ChannelError: it was not sent; the descriptor is still the caller's. A
                `ChannelEndedError` where nothing will be.
        """
        if not self._open:
            raise ChannelEndedError("the other side has ended")
        if len(self._waiting) >= WAITING:
            raise ChannelError("the other side does not listen")
        try:
            data = to_bytes(message)
        except ValueError as fault:
            log.exception("a message cannot be written", error=type(fault).__name__)
            raise ChannelError(str(fault)) from fault
        if len(data) > LONGEST:
            raise ChannelError(f"a message of {len(data)} bytes is too long")
        if self._waiting:
            self._waiting.append((data, fd))
        elif self._sent(data, fd):
            _close(fd)
        else:
            self._waiting.append((data, fd))
            self._empty.clear()
            self._loop.add_writer(self._sock, self._write)

    def close(self) -> None:
        """End it; what waits is lost, and the descriptors in it are closed."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._sock)
        self._loop.remove_writer(self._sock)
        self._sock.close()
        for _, fd in self._waiting:
            _close(fd)
        self._waiting.clear()
        self._empty.set()

    async def flushed(self) -> None:
        """Wait until everything is sent, or nothing can be any more."""
        await self._empty.wait()

    def _sent(self, data: bytes, fd: int | None) -> bool:
        """
        Send now, if there is room.

        Raises:
            ChannelEndedError: it cannot be sent at all.
        """
        try:
            if fd is None:
                self._sock.send(data)
            else:
                socket.send_fds(self._sock, [data], [fd])
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as fault:
            raise ChannelEndedError(f"the other side cannot be told: {fault}") from fault
        return True

    def _write(self) -> None:
        while self._waiting:
            data, fd = self._waiting[0]
            try:
                if not self._sent(data, fd):
                    return
            except ChannelEndedError:
                self._end()
                return
            self._waiting.popleft()
            _close(fd)
        self._empty.set()
        self._loop.remove_writer(self._sock)

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            if not self._open:
                return
            try:
                data, fds, whole = _received(self._sock)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data, fds, whole = b"", [], True
            if not data:
                self._end()
                return
            try:
                message = from_bytes(data if whole else b"")
            except ValueError as fault:
                log.error("a message between the processes cannot be read", problem=str(fault))  # noqa: TRY400  its text says it
                for fd in fds:
                    os.close(fd)
                self._end()
                return
            try:
                self._receive(message, fds)
            except Exception as fault:
                log.exception("a message was not taken", error=type(fault).__name__)

    def _end(self) -> None:
        if self._open:
            self.close()
            self._gone()


def _received(sock: socket.socket) -> tuple[bytes, list[int], bool]:
    """Return a message, its descriptors, and whether both are whole; no bytes at the end."""
    data, extra, flags, _ = sock.recvmsg(
        LONGEST, socket.CMSG_SPACE(_DESCRIPTORS * _DESCRIPTOR_BYTES), socket.MSG_CMSG_CLOEXEC
    )
    fds = array.array("i")
    for level, kind, content in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % _DESCRIPTOR_BYTES])
    return data, list(fds), not flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC)


def _close(fd: int | None) -> None:
    if fd is not None:
        os.close(fd)
