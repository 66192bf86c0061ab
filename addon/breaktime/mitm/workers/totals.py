"""Sessions and counts of all workers, put together: in the log they are one gateway."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from breaktime.core.record import Record
from breaktime.core.session import Ending, Key, Session, record_of
from breaktime.mitm.clock import Clock
from breaktime.mitm.counts import Counts
from breaktime.mitm.state import State
from breaktime.mitm.workers.channel import ChannelError
from breaktime.mitm.workers.messages import Begun, Counted, Message, Over, Totalled


class Totals:
    """
    What workers saw, in the door's process.

    A person may be seen by two workers: what is asked for in clear goes by the address. A session
    is told of when it goes on in none of them; where a worker has stopped, because another one came
    in its place, not before it would have been over: it may go on there.
    """

    def __init__(self, put: Callable[[Record], object], state: State, clock: Clock) -> None:
        """
        Begin with nothing.

        Args:
            put: writes a record.
            state: what is in force.
            clock: reads the instant.
        """
        self._put = put
        self._state = state
        self._clock = clock
        self._counts = Counts(put)
        self._where: dict[Key, set[object]] = {}
        """The workers that a session goes on in."""
        self._joined: dict[Key, tuple[Session, Ending]] = {}
        """What is known already of a session that goes on in another one, or may go on."""
        self._closed = False

    def hear(self, worker: object, message: Totalled) -> None:
        """Take in what a worker says."""
        if isinstance(message, Counted):
            self._counts.add(message.record)
        elif isinstance(message, Begun):
            self._where.setdefault(message.key, set()).add(worker)
        else:
            session = message.session
            known = self._joined.get(message.key)
            if known is not None:
                known[0].join(session)
                session = known[0]
            self._joined[message.key] = session, message.why
            self._leave(message.key, worker)

    def gone(self, worker: object) -> None:
        """Tell of what went on in a worker that has ended; what it had not said is lost with it."""
        for key in [key for key, workers in self._where.items() if worker in workers]:
            self._leave(key, worker)

    def look(self) -> None:
        """Tell of the hours that are over, and of sessions that have not gone on."""
        at = self._clock()
        for key, (session, _) in list(self._joined.items()):
            if key not in self._where and (why := session.over(at)) is not None:
                self._joined[key] = session, why
                self._tell(key)
        self._counts.look(at)

    def close(self) -> None:
        """Tell of everything: the gateway stops."""
        self._closed = True
        self._where.clear()
        for key in list(self._joined):
            self._tell(key)
        self._counts.close(self._clock())

    def _leave(self, key: Key, worker: object) -> None:
        workers = self._where.get(key, set())
        workers.discard(worker)
        if not workers:
            self._where.pop(key, None)
            if self._closed or not self._may_go_on(key):
                self._tell(key)

    def _may_go_on(self, key: Key) -> bool:
        """Tell whether somebody else may come to say more of a session."""
        found = self._joined.get(key)
        return found is not None and found[1] is Ending.STOPPED

    def _tell(self, key: Key) -> None:
        found = self._joined.pop(key, None)
        if found is not None:
            ruleset = self._state.now.policy.fingerprint
            self._put(record_of(*found, self._clock(), ruleset))


class RemoteTotals:
    """The same, as a worker sees it."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        """
        Say everything to the door's process.

        Args:
            send: sends a message.
        """
        self._send = send

    def add(self, record: Record) -> None:
        """Have something counted."""
        self._say(Counted(record))

    def look(self, at: datetime) -> None:
        """Do nothing: the door's process looks."""

    def close(self, at: datetime) -> None:
        """Do nothing: the door's process tells."""

    def begin(self, key: Key) -> None:
        """Take note that a session goes on here."""
        self._say(Begun(key))

    def end(self, key: Key, session: Session, why: Ending) -> None:
        """Hand over a session that goes on here no more."""
        self._say(Over(key, session, why))

    def _say(self, message: Message) -> None:
        with suppress(ChannelError):  # nobody is there to write it either
            self._send(message)
