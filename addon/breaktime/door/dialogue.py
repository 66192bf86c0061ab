"""What is said with a client before its connection belongs to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from breaktime.door import answers, speech
from breaktime.door.admission import GoneError, TurnedAwayError
from breaktime.door.leave import take_leave
from breaktime.door.reasons import Reason
from breaktime.door.steps import Phase, Step

if TYPE_CHECKING:
    import socket

    from breaktime.door.entrance import Way
    from breaktime.door.gate import Gate
    from breaktime.door.heads import Head
    from breaktime.door.intake import Intake
    from breaktime.door.policing import Limits
    from breaktime.door.steps import Kind


class Dialogue:
    """One client and its gate, taking turns. Whatever fails raises, and nothing waits long."""

    __slots__ = ("_begun", "_granted", "_intake", "_limits", "_sock", "_way")

    def __init__(self, sock: socket.socket, intake: Intake, way: Way, limits: Limits) -> None:
        """
        Say nothing yet.

        Args:
            sock: of the client, not blocking; it stays open.
            intake: reads it.
            way: how the client comes.
            limits: how long to wait.
        """
        self._sock = sock
        self._intake = intake
        self._way = way
        self._limits = limits
        self._begun = Step.MORE
        self._granted = False

    @property
    def _gate(self) -> Gate:
        return self._intake.gate

    async def read_announcement(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """
        Let a balancer say whose connection this is.

        Returns:
            IP addresses and ports of the client, and of what it has connected to.

        Raises:
            GoneError: the balancer speaks for itself, or has left.
            TurnedAwayError: it says nothing, or nothing that is to be trusted.
        """
        gate = self._gate
        step = await self._intake.wait(self._limits.head_seconds)
        if step in {None, Step.MORE} and not gate.buffer:
            raise GoneError
        if step is not Step.ANNOUNCED:
            raise TurnedAwayError(gate.reason or Reason.CUT_SHORT)
        found = gate.announced
        if found is None or found.peer is None or found.target is None:
            raise GoneError
        self._begun = gate.begin(self._way)
        return found.peer, found.target

    async def read_head(self) -> Head:
        """
        Wait for a request.

        Raises:
            GoneError: the client has left, or has never said anything.
            TurnedAwayError: it was none, or came too slowly.
        """
        gate = self._gate
        begun, self._begun = self._begun, Step.MORE
        step = await self._go_on(begun)
        while step is Step.REPLY:
            self.send(gate.reply)
            step = await self._go_on(gate.replied())
        if step is Step.HEAD and gate.head is not None:
            return gate.head
        silent = not gate.buffer and gate.phase in {Phase.HEAD, Phase.SOCKS}
        if step in {None, Step.MORE} and silent:
            raise GoneError
        if step is Step.MORE:
            raise TurnedAwayError(Reason.SLOW_HEAD, answers.TOO_SLOW)
        if step is None:
            raise TurnedAwayError(Reason.CUT_SHORT)
        reason = gate.reason or Reason.FAULT
        # Whoever does not speak HTTP would not understand an answer in it.
        raise TurnedAwayError(reason, b"" if reason is Reason.FIRST_BYTE else answers.MALFORMED)

    def challenge(self, challenge: bytes) -> None:
        """
        Ask for credentials and get ready for another head.

        Raises:
            GoneError: the client does not take the question.
            TurnedAwayError: the client did not wait for it.
        """
        self._intake.pull()  # more may have arrived than was read in one go
        if self._gate.again() is Step.BAD:
            raise TurnedAwayError(Reason.EARLY_DATA, challenge)
        self.send(challenge)

    async def peek(self) -> Kind:
        """
        Grant the tunnel and find out what the client speaks in it.

        Raises:
            GoneError: the client has left.
            TurnedAwayError: it was nothing to be trusted.
        """
        limits, gate = self._limits, self._gate
        self.send(speech.GRANTED[self._way])
        self._granted = True
        step: Step | None = gate.granted()
        if step is Step.MORE:
            step = await self._intake.wait(limits.peek_seconds)
        if step is Step.MORE and gate.buffer:
            step = await self._intake.wait(limits.head_seconds)
        if step is Step.MORE:
            step = gate.no_more(Reason.STALLED)
        elif step is None:
            step = gate.no_more(Reason.CUT_SHORT)
        if step is not Step.PEEKED or gate.kind is None:
            raise TurnedAwayError(gate.reason or Reason.FAULT)
        return gate.kind

    def send(self, data: bytes) -> None:
        """
        Send a short answer.

        Raises:
            GoneError: the client does not take it.
        """
        try:
            sent = self._sock.send(data) if data else 0
        except OSError:
            sent = 0
        if sent < len(data):
            raise GoneError

    def last_words(self, turned: TurnedAwayError) -> bytes:
        """Return what a client is told that is turned away; empty for nothing."""
        # In a tunnel, an answer would be taken for one of the origin.
        if self._granted:
            return b""
        return speech.refusal(self._way, turned.reason, turned.answer)

    async def take_leave(self, answer: bytes) -> None:
        """
        Send the last answer, and give the client time to read it.

        Raises:
            GoneError: it does not take it.
        """
        self._intake.stop()
        self.send(answer)
        await take_leave(self._sock, self._limits.linger_seconds)

    async def _go_on(self, step: Step) -> Step | None:
        """Return the step, or wait for one where that says nothing yet."""
        return step if step is not Step.MORE else await self._intake.wait(self._limits.head_seconds)
