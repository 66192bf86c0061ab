"""
Stage 7, the far side of it: the checkpoints of other gateways are checked and written down here.

Whoever can reach the port can ask which checkpoint is due, and nothing else: only what is signed by
the log that it is of is taken. `audit/witnesses/peer.py` says what is spoken.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from breaktime.audit.anchor import Anchor
from breaktime.audit.witnesses.cosign import WitnessKey
from breaktime.audit.witnesses.heard import FOLDER, ForkedError, Heard, RefusedError
from breaktime.audit.witnesses.peer import GREETING, LONGEST
from breaktime.config.settings import Settings
from breaktime.core.record import Action

PATIENCE = 10.0
"""Seconds for a line to arrive, and for its answer to leave."""

GUESTS = 16
"""How many may be connected at a time; two from one address."""

FROM_ONE = 2

SILENT = 3
"""So many intervals without a checkpoint are silence."""

SHORTEST = timedelta(minutes=3)
"""Less than this is no silence: a gateway is updated and started again."""

LOOK_SECONDS = 5.0

Note = Callable[[Action, str, str], object]
"""Records something: what happened, in a sentence, and of which log."""

log = structlog.get_logger("breaktime.gateway")


class _Log:
    """One log that is witnessed here, and when it was last heard of."""

    def __init__(self, heard: Heard, now: float) -> None:
        self.heard = heard
        self.at = now
        self.silent = False
        self.forked = False


class Peers:
    """Witnesses other gateways. Called in the event loop."""

    def __init__(self, settings: Settings, note: Note) -> None:
        """
        Go on with what was heard before; nobody is listened to yet.

        Args:
            settings: say whom to witness, and where the records are.
            note: records what becomes of them.

        Raises:
            OSError: what was heard cannot be read, or the key not be used.
        """
        records = settings.records
        self._listen = records.peers_at
        self._note = note
        self._patience = max(SILENT * records.seal_every, SHORTEST).total_seconds()
        self._loop = asyncio.get_running_loop()
        self._server: asyncio.Server | None = None
        self._guests: Counter[str] = Counter()
        self._busy = asyncio.Lock()
        if self._listen is None:
            self._logs: dict[str, _Log] = {}
            return
        self._key = WitnessKey.of(records.seal_keys)
        self._logs = self._open(records.peers, settings)

    def _open(self, anchors: Sequence[Anchor], settings: Settings) -> dict[str, _Log]:
        folder = settings.records.directory / FOLDER
        now = self._loop.time()
        return {each.origin: _Log(Heard(folder, each), now) for each in anchors}

    async def open(self) -> tuple[str, int] | None:
        """
        Begin to listen, and return where; None where nobody is witnessed.

        Raises:
            OSError: nobody can listen there.
        """
        if self._listen is None:
            return None
        listen = self._listen
        self._server = await asyncio.start_server(
            self._guest, listen.host, listen.port, limit=LONGEST
        )
        log.info("other gateways are witnessed", listen=str(listen), key=self._key.public)
        found = self._server.sockets[0].getsockname()
        return found[0], found[1]

    async def run(self) -> None:
        """Look again and again whether somebody has gone silent, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look(self._loop.time())

    def look(self, now: float) -> None:
        """
        Tell of who has gone silent.

        Args:
            now: seconds of the loop's clock.
        """
        for origin, each in self._logs.items():
            if not each.silent and now - each.at >= self._patience:
                each.silent = True
                log.error("a peer has not sent its seals", origin=origin)
                self._note(Action.PEER_SILENT, "A gateway that is witnessed here is silent", origin)

    def close(self) -> None:
        """Listen to nobody any more."""
        if self._server is not None:
            self._server.close()

    async def _guest(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str((writer.get_extra_info("peername") or ("?",))[0])
        self._guests[address] += 1
        try:
            if self._guests.total() <= GUESTS and self._guests[address] <= FROM_ONE:
                await self._serve(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # who asked has left, or is no gateway
        finally:
            self._guests[address] -= 1
            self._guests += Counter()  # those with none are forgotten
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting = (await _line(reader)).decode("ascii", "replace")
        one = self._logs.get(greeting.removeprefix(GREETING))
        if not greeting.startswith(GREETING) or one is None:
            await _say(writer, "refused this log is not witnessed here")
            return
        await _say(writer, f"due {one.heard.due}")
        while line := await _line(reader):
            async with self._busy:
                answer = await self._answer(one, line)
            await _say(writer, answer)
            if not answer.startswith("seen"):
                return

    async def _answer(self, one: _Log, line: bytes) -> str:
        origin = one.heard.origin
        try:
            seen = await asyncio.to_thread(one.heard.take, line)
        except ForkedError as fork:
            if not one.forked:
                one.forked = True
                log.error("a peer has two histories", origin=origin)  # noqa: TRY400  no fault of ours
                self._note(Action.PEER_FORKED, "A log that is witnessed here was forked", origin)
            return f"refused {fork}"
        except RefusedError as refused:
            return f"refused {refused}"
        except OSError as problem:
            log.error("a seal of a peer cannot be kept", origin=origin, problem=str(problem))  # noqa: TRY400  a full disk is no fault of ours
            return "refused it cannot be kept"
        one.at = self._loop.time()
        if one.silent:
            one.silent = False
            self._note(Action.PEER_HEARD, "A gateway that is witnessed here is heard again", origin)
        return f"seen {self._key.sign(seen)}"


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Return the next line without its end; empty where there is none."""
    async with asyncio.timeout(PATIENCE):
        line = await reader.readline()
    return line[:-1] if line.endswith(b"\n") else b""


async def _say(writer: asyncio.StreamWriter, text: str) -> None:
    async with asyncio.timeout(PATIENCE):
        writer.write(text.encode("ascii") + b"\n")
        await writer.drain()
