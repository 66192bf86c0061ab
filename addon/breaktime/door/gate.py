"""
The gate: what a client says before anybody decides, as a machine without socket or clock.

    HEAD --head read--> AUTH --granted()--> PEEK --kind known--> DONE
      ^------again()------'

A balancer announces its client before the head; a client of SOCKS has its own kind of head, and
one that was sent here by a firewall has none.

Laws of this file:
    Fail closed. What could be read in two ways is bad, and bad is never let through.
    Total: any bytes give a step, none raises.
    Each byte is looked at a bounded number of times, however small the pieces are.
    How the bytes were cut into pieces never changes the outcome.
"""

import re

from breaktime.door.announced import Announced, read_announcement
from breaktime.door.entrance import Way
from breaktime.door.heads import Head, read_head, recall
from breaktime.door.hello import HelloReader
from breaktime.door.reasons import MalformedError, Reason
from breaktime.door.socks import Socks
from breaktime.door.steps import Kind, Phase, Step

MAX_HEAD = 65_536  # tickets of Kerberos are large
MAX_PEEK = 65_536
MAX_METHOD = 32

_TLS = 0x16
_A, _Z = ord("A"), ord("Z")
_HEAD_END = b"\r\n\r\n"

# A line ends in CR LF, and neither character stands anywhere else. A CR at the very end waits for
# its LF. The rest of the control characters, apart from tabs, have no place in a head.
_BROKEN = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_METHOD_SO_FAR = re.compile(rb"[A-Z][A-Z-]{0,31}(?: |\Z)")
_PEEKED_LINE = re.compile(rb"[A-Z][A-Z-]{0,31} [^\x00-\x20\x7f]+ HTTP/1\.[0-9]\r")

_FIRST = {Way.PROXY: Phase.HEAD, Way.SOCKS5: Phase.SOCKS, Way.TRANSPARENT: Phase.AUTH}


class Gate:
    """
    The first bytes of one client.

    Fields:
        phase: where it is.
        announced: what a balancer has said of the client; None before.
        reply: what the client waits for.
        head: the request, from `Step.HEAD` on.
        kind: what the client speaks, from `Step.PEEKED` on.
        sni: the server name of the hello in lower case; None when there is none.
        reason: why the gate is bad.
        buffer: the bytes that are to be replayed: everything for a request to the proxy itself,
            otherwise what came behind the CONNECT.
    """

    __slots__ = (
        "_hello",
        "_seen",
        "_socks",
        "announced",
        "buffer",
        "head",
        "kind",
        "phase",
        "reason",
        "reply",
        "sni",
    )

    def __init__(self, way: Way = Way.PROXY, *, announced: bool = False) -> None:
        """
        Wait for the first byte.

        Args:
            way: how the client comes; one that was sent here has no head, and is `granted` first.
            announced: a balancer says first who it is.
        """
        self._socks = Socks() if way is Way.SOCKS5 else None
        self.phase = _FIRST[way]
        if announced:
            self.phase = Phase.ANNOUNCEMENT
        self.announced: Announced | None = None
        self.reply = b""
        self.head: Head | None = None
        self.kind: Kind | None = None
        self.sni: str | None = None
        self.reason: Reason | None = None
        self.buffer = bytearray()
        self._seen = 0
        self._hello: HelloReader | None = None

    def feed(self, data: bytes) -> Step:
        """
        Take the next bytes of the client.

        While somebody decides, and after the peek, bytes are only collected; `room` says how many
        more should be.

        Args:
            data: what follows the bytes given before; not empty.

        Returns:
            What it led to; `Step.BAD` again and again once the gate is bad.
        """
        if self.phase is Phase.BAD:
            return Step.BAD
        self.buffer += data
        return self._look()

    @property
    def room(self) -> int:
        """How many bytes may be collected before reading has to pause; 0 when none."""
        return max(0, MAX_PEEK - len(self.buffer))

    def begin(self, way: Way) -> Step:
        """
        Go on behind an announcement.

        Returns:
            What the bytes that are there already have led to.
        """
        self.phase = _FIRST[way]
        return self._look()

    def replied(self) -> Step:
        """
        Go on behind a reply that was sent.

        Returns:
            What the bytes that are there already have led to.
        """
        self.phase = Phase.SOCKS
        return self._look()

    def granted(self) -> Step:
        """
        Begin to peek: the CONNECT has been answered with 200.

        Returns:
            What the bytes that are there already have led to.
        """
        self.phase = Phase.PEEK
        self._seen = 0
        return self._look()

    def again(self) -> Step:
        """
        Wait for another head: the CONNECT has been answered with 407.

        Returns:
            `Step.MORE`; or `Step.BAD` when the client did not wait for the answer: what it sent
            was meant for the tunnel and must not be taken for a request.
        """
        if self.buffer:
            return self._bad(Reason.EARLY_DATA)
        self.phase = Phase.HEAD
        self.head = None
        self._seen = 0
        return Step.MORE

    def no_more(self, reason: Reason) -> Step:
        """
        Decide with what is there: no further byte will be waited for.

        Args:
            reason: why a client that stopped in the middle is turned away.

        Returns:
            `Step.PEEKED` with `Kind.SILENT` when a tunnel has had no byte at all; otherwise
            `Step.BAD`. Half a hello is not silence: what follows it could name anybody.
        """
        if self.phase is Phase.PEEK and not self.buffer:
            return self._peeked(Kind.SILENT)
        return self._bad(reason)

    def _look(self) -> Step:
        if not self.buffer or self.phase is Phase.AUTH or self.phase is Phase.DONE:
            return Step.MORE
        try:
            if self.phase is Phase.ANNOUNCEMENT:
                return self._look_at_announcement()
            if self.phase is Phase.SOCKS:
                return self._look_at_socks()
            return self._look_at_head() if self.phase is Phase.HEAD else self._peek()
        except MalformedError as malformed:
            return self._bad(malformed.reason)

    def _look_at_announcement(self) -> Step:
        found = read_announcement(self.buffer)
        if found is None:
            return Step.MORE
        del self.buffer[: found.size]
        self.announced = found
        self.phase = Phase.AUTH
        return Step.ANNOUNCED

    def _look_at_socks(self) -> Step:
        assert self._socks is not None
        found = self._socks.take(self.buffer)
        if found is None:
            return Step.MORE
        self.phase = Phase.AUTH
        if isinstance(found, bytes):
            self.reply = found
            return Step.REPLY
        self.head = Head(
            tunnel=True, host=found.host, port=found.port, credentials=found.credentials
        )
        return Step.HEAD

    def _look_at_head(self) -> Step:
        if not self._seen and (known := recall(bytes(self.buffer))) is not None:
            return self._has_head(known, len(self.buffer))
        if not _A <= self.buffer[0] <= _Z:
            raise MalformedError(Reason.FIRST_BYTE)
        until = min(len(self.buffer), MAX_HEAD)
        end = self.buffer.find(_HEAD_END, max(0, self._seen - 3), until)
        # One byte back, for a CR that waited for its LF.
        until = until if end < 0 else end + len(_HEAD_END)
        if _BROKEN.search(self.buffer, max(0, self._seen - 1), until):
            raise MalformedError(Reason.LINE_ENDING)
        if end < 0:
            if len(self.buffer) > MAX_HEAD:
                raise MalformedError(Reason.HEAD_LENGTH)
            self._seen = until
            return Step.MORE
        return self._has_head(read_head(bytes(self.buffer[:until])), until)

    def _has_head(self, head: Head, size: int) -> Step:
        self.head = head
        if head.tunnel:
            del self.buffer[:size]
        self.phase = Phase.AUTH
        return Step.HEAD

    def _peek(self) -> Step:
        if self.buffer[0] == _TLS:
            if self._hello is None:
                self._hello = HelloReader()
            data = self.buffer[self._seen :]
            self._seen = len(self.buffer)
            if not self._hello.feed(data):
                return Step.MORE
            self.sni = self._hello.sni
            self._hello = None
            return self._peeked(Kind.TLS)
        if not _METHOD_SO_FAR.match(self.buffer, 0, MAX_METHOD + 1):
            return self._peeked(Kind.OTHER)
        end = self.buffer.find(b"\n", self._seen, MAX_PEEK)
        if end < 0:
            if len(self.buffer) > MAX_PEEK:
                raise MalformedError(Reason.LINE_LENGTH)
            self._seen = len(self.buffer)
            return Step.MORE
        return self._peeked(
            Kind.HTTP if _PEEKED_LINE.fullmatch(self.buffer, 0, end) else Kind.OTHER
        )

    def _peeked(self, kind: Kind) -> Step:
        self.kind = kind
        self.phase = Phase.DONE
        return Step.PEEKED

    def _bad(self, reason: Reason) -> Step:
        self.reason = reason
        self.phase = Phase.BAD
        self.buffer.clear()
        return Step.BAD
