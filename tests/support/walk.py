"""
Finds out which functions of the package are called, and makes any of them fail or hang.

No list is kept anywhere: the interpreter tells of each function that begins, lambdas, closures and
coroutines included, and an exception that is raised while it tells is raised by that function.
"""

import asyncio
import contextlib
import errno
import gc
import inspect
import json
import os
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FunctionType

from mitmproxy.flow import Flow
from mitmproxy.tcp import TCPMessage
from mitmproxy.websocket import WebSocketMessage

import breaktime
from breaktime.door import Conn
from breaktime.mitm.handler import Handler

PACKAGE = Path(breaktime.__file__).parent
SPARED = ("demo", "config", "catalogue", "cli", "reports")  # not of a running gateway
NO_FUNCTIONS = ("<module>", "<genexpr>")  # a generator fails with the function it stands in
EVENTS = sys.monitoring
TOOL = EVENTS.DEBUGGER_ID


COUNTED: dict[type, str] = {
    asyncio.Task: "tasks",
    Flow: "flows",
    WebSocketMessage: "messages",
    TCPMessage: "messages",
    Conn: "connections",
    Handler: "connections",
}
"""What a connection may leave behind."""


class InjectedError(Exception):
    """What a broken function raises."""


FAULTS: dict[str, Callable[[], Exception]] = {
    "fault": InjectedError,
    "system": lambda: OSError(errno.EIO, os.strerror(errno.EIO)),
}
"""What a broken function raises: a mistake of ours, or what a system says that fails us."""


class Walk:
    """What was called, and what fails at the moment."""

    def __init__(self) -> None:
        self._known: dict[str, CodeType] = {}
        self._seen: set[str] = set()
        self._broken: CodeType | None = None
        self._swapped: tuple[FunctionType, CodeType] | None = None
        self._hanging: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._background: set[asyncio.Task[object]] = set()
        self._of_background = False
        self._fault: Callable[[], Exception] = InjectedError
        self.hits = 0
        EVENTS.use_tool_id(TOOL, "breaktime-walk")
        EVENTS.register_callback(TOOL, EVENTS.events.PY_START, self._begins)

    def idle(self) -> None:
        """
        Take note of what runs while nobody is there.

        What is called in one of these tasks is looked at, and fails, only where that is asked for:
        mostly it ends the gateway, and its supervisor begins a new one.
        """
        gc.unfreeze()  # what is set aside cannot be found
        loops = {each for each in gc.get_objects() if isinstance(each, asyncio.AbstractEventLoop)}
        self._background = {task for loop in loops for task in asyncio.all_tasks(loop)}

    def record(self, background: bool = False) -> None:
        """Begin to note what is called: by those who come, or in the background."""
        self._seen.clear()
        self._of_background = background
        EVENTS.restart_events()
        EVENTS.set_events(TOOL, EVENTS.events.PY_START)

    def recorded(self) -> dict[str, bool]:
        """End it; return what was called, and whether that can hang."""
        EVENTS.set_events(TOOL, 0)
        return {name: _waits(self._known[name]) for name in sorted(self._seen)}

    def fail(self, name: str, fault: str = "fault", background: bool = False) -> None:
        """
        Have a function raise from now on.

        Args:
            name: of the function.
            fault: what it raises; see `FAULTS`.
            background: in what runs while nobody is there, and else for those who come.
        """
        self.hits = 0
        self._fault = FAULTS[fault]
        self._of_background = background
        self._broken = self._known.get(name) or self._find(name)
        EVENTS.restart_events()
        EVENTS.set_local_events(TOOL, self._broken, EVENTS.events.PY_START)

    def hang(self, name: str) -> None:
        """Have the next call of a coroutine wait, until `mend`; those after it do not."""
        self.hits = 0
        code = self._known[name]
        for each in gc.get_referrers(code):
            if isinstance(each, FunctionType) and each.__code__ is code:
                self._swapped = (each, code)
                each.__code__ = _hangs.__code__

    def mend(self) -> int:
        """Have everything work again; return how often something failed."""
        if self._broken is not None:
            EVENTS.set_local_events(TOOL, self._broken, 0)
            self._broken = None
        if self._swapped is not None:
            function, code = self._swapped
            function.__code__ = code
            self._swapped = None
        hanging, self._hanging = self._hanging, []
        for loop, event in hanging:
            loop.call_soon_threadsafe(event.set)
        return self.hits

    def alive(self) -> dict[str, int]:
        """Count what a connection may leave behind; nothing of one was set aside at the start."""
        gc.collect()
        # By the type itself: abstract classes would remember each type that was asked about.
        kinds = Counter(
            kind
            for each in gc.get_objects()
            for kind in COUNTED.keys() & set(type(each).__mro__)
            if kind is not asyncio.Task or not each.done()
        )
        counts = dict.fromkeys(COUNTED.values(), 0)
        for kind, count in kinds.items():
            counts[COUNTED[kind]] += count
        return counts

    def how_often(self) -> int:
        """Return how often something has failed or hangs since it was made to."""
        return self.hits

    def lost(self) -> list[str]:
        """Name the parts of the gateway that have ended; what asyncio has named is none."""
        names = [task.get_name() for task in self._background if task.done()]
        return [name for name in names if not name.startswith("Task-")]

    def _find(self, name: str) -> CodeType:
        """Find a function that was not called yet in this process."""
        gc.unfreeze()
        codes = [each.__code__ for each in gc.get_objects() if isinstance(each, FunctionType)]
        while codes:
            code = codes.pop()
            found = _name_of(code)
            if found is not None:
                self._known[found] = code
            codes += [each for each in code.co_consts if isinstance(each, CodeType)]
        return self._known[name]

    async def wait(self, *arguments: object, **named: object) -> object:
        """Wait until `mend`; all but the first caller do what they would have done."""
        if self._swapped is not None and (self.hits or self._in_background()):
            function, code = self._swapped
            whole = FunctionType(code, function.__globals__)
            whole.__defaults__, whole.__kwdefaults__ = (
                function.__defaults__,
                function.__kwdefaults__,
            )
            return await whole(*arguments, **named)
        self.hits += 1
        event = asyncio.Event()
        self._hanging.append((asyncio.get_running_loop(), event))
        await event.wait()
        raise InjectedError

    def _begins(self, code: CodeType, _: int) -> object:
        if self._in_background() is not self._of_background:
            return None
        if code is self._broken:
            self.hits += 1
            raise self._fault()
        name = _name_of(code)
        if name is not None:
            self._known[name] = code
            self._seen.add(name)
        return EVENTS.DISABLE

    def _in_background(self) -> bool:
        try:
            return asyncio.current_task() in self._background
        except RuntimeError:  # a thread
            return False


async def _hangs(*arguments: object, **named: object) -> object:
    from support.walk import WALK  # noqa: PLC0415  it runs with the globals of somebody else

    return await WALK.wait(*arguments, **named)


def _waits(code: CodeType) -> bool:
    return bool(code.co_flags & inspect.CO_COROUTINE) and not code.co_freevars


def _name_of(code: CodeType) -> str | None:
    if not code.co_filename.startswith(str(PACKAGE)) or code.co_name in NO_FUNCTIONS:
        return None
    file = Path(code.co_filename).relative_to(PACKAGE)
    if file.parts[0] in SPARED or not code.co_flags & inspect.CO_NEWLOCALS:
        return None
    return f"{file.as_posix()}:{code.co_qualname}:{code.co_firstlineno}"


WALK = Walk()


def serve(path: Path) -> None:
    """Do what is asked for, in a thread, one line each."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    threading.Thread(target=_serve, args=(listener,), daemon=True).start()


def _serve(listener: socket.socket) -> None:
    sock, _ = listener.accept()
    with sock, sock.makefile("rw") as lines:
        for line in lines:
            name, *arguments = json.loads(line)
            lines.write(json.dumps(getattr(WALK, name)(*arguments)) + "\n")
            lines.flush()


class Remote:
    """The walk in a gateway, from outside."""

    def __init__(self, path: Path) -> None:
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.settimeout(60)
        self._sock.connect(str(path))
        self._lines = self._sock.makefile("rw")

    def ask(self, *words: object) -> object:
        """Have one method called, and return what it returns."""
        self._lines.write(json.dumps(words) + "\n")
        self._lines.flush()
        return json.loads(self._lines.readline())

    def close(self) -> None:
        """Hang up, also where nobody is there any more."""
        with contextlib.suppress(OSError):
            self._lines.close()
        self._sock.close()
