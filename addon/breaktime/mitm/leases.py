"""What was let through ends with its reason: by the clock, or by a new configuration."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.core.flexible import UNKNOWN, Usage
from breaktime.core.request import Request
from breaktime.mitm.endings import Opened, Tell, opened
from breaktime.mitm.question import Question

MOST_EXCHANGES = 256
"""How many exchanges one connection may have open; no browser has a hundred. Beyond, it ends."""

PAUSE = timedelta(milliseconds=50)
"""Between two sweeps: who asks whether anything is due with every byte may ask very often."""

log = structlog.get_logger("breaktime.gateway")


@dataclass(slots=True)
class _Exchange:
    """
    A request that was let through, kept as the question it was, so that it can be asked again.

    Fields:
        request, usage: the question, with what the ledger said.
        unseen: it was let through without a record.
        until: when the answer changes, if that is known.
        grace: how long it may go on after that.
        sitting_of: who may stop the break that opened it, None where nobody may.
        over: it has been answered to the end, and its connection idles.
        opened: what a record of its end may say.
        refused: why it goes on no more, once that is known.
    """

    request: Request
    usage: Usage
    unseen: bool
    until: datetime | None
    grace: timedelta
    opened: Opened
    sitting_of: str | None = None
    over: bool = False
    refused: Reason | None = None

    @property
    def due(self) -> datetime | None:
        """From when on it has to be asked about again; None for never."""
        return None if self.until is None else self.until + self.grace


class Leases:
    """
    Client connections with what was let through on each.

    A connection lives as long as everything on it would be let through again. Exchanges that are
    over do not count, but for the last one: a connection that a break has opened does not wait
    idle for the next.
    """

    def __init__(
        self,
        cut: Callable[[str], object],
        judge: Callable[[Request, datetime, Usage], Decision | None],
        abort: Callable[[str], object] = lambda _: None,
        *,
        reset: Callable[[str, frozenset[str]], bool] = lambda _, __: False,
        tell: Tell = lambda _, __, ___: None,
    ) -> None:
        """
        Begin with no connection.

        Args:
            cut: ends a connection by its id.
            judge: decides by what is in force now; None for an end without a reason.
            abort: ends a connection by its id where `cut` has failed.
            reset: ends some of the exchanges of a connection and lets the others go on; says
                whether it can.
            tell: is told once of each connection on which something was ended that went on.
        """
        self._ways = (cut, abort)
        self._judge = judge
        self._reset = reset
        self._tell = tell
        self._held: dict[str, dict[str, _Exchange]] = {}
        self._due: datetime | None = None

    @property
    def due(self) -> datetime | None:
        """The instant before which a sweep finds nothing; None while there is nothing to find."""
        return self._due

    def __len__(self) -> int:
        """Return how many connections are leased."""
        return len(self._held)

    def grant(self, connection: str, exchange: str, ask: Question, decision: Decision) -> None:
        """
        Remember what is let through.

        Args:
            connection: id of the client connection.
            exchange: id of the request on it.
            ask: the question.
            decision: the answer.
        """
        self.hold(
            connection,
            exchange,
            (ask.seen.request, ask.usage),
            opened(ask, decision),
            ask.state.settings.ending.grace,
            by_sitting=decision.reason is Reason.BREAK_FLEXIBLE,
        )

    def hold(  # noqa: PLR0913  in single values, for those who have no question
        self,
        connection: str,
        exchange: str,
        asked: tuple[Request, Usage],
        what: Opened,
        grace: timedelta,
        *,
        by_sitting: bool,
    ) -> None:
        """
        Remember what is let through, told in single values.

        Args:
            connection: id of the client connection.
            exchange: id of what goes on in it.
            asked: the question, with what the ledger said.
            what: what a record of its end may say.
            grace: how long it may go on when its time is over.
            by_sitting: a break that the person may stop has opened it.
        """
        held = self._held.setdefault(connection, {})
        for old in [name for name, each in held.items() if each.over]:
            del held[old]
        decision = what.decision
        held[exchange] = granted = _Exchange(
            *asked,
            _unseen(decision),
            decision.changes_at,
            grace,
            what,
            decision.person if by_sitting else None,
        )
        self._note_due(granted)
        if len(held) > MOST_EXCHANGES:
            self.end(connection)

    def finish(self, connection: str, exchange: str) -> None:
        """Note that a request has been answered to the end."""
        held = self._held.get(connection, {})
        if exchange not in held:
            return
        if exchange == next(reversed(held)):
            held[exchange].over = True
        else:
            del held[exchange]

    def release(self, connection: str) -> None:
        """Forget a connection that has ended by itself."""
        self._held.pop(connection, None)

    def sittings(self) -> dict[str, str]:
        """Return the connections that are open by a sitting, and whose it is."""
        return {
            connection: each.sitting_of
            for connection, held in self._held.items()
            for each in held.values()
            if each.sitting_of is not None
        }

    def stopped(self, connections: Iterable[str], at: datetime) -> None:
        """Let what was opened by a sitting that was stopped live for its grace only."""
        for connection in connections:
            for each in self._held.get(connection, {}).values():
                if each.sitting_of is not None:
                    each.sitting_of, each.usage = None, UNKNOWN
                    each.until = at if each.until is None else min(each.until, at)
                    self._note_due(each)

    def sweep(self, at: datetime) -> int:
        """Ask again about what is due; end what is let through no more, and return how many."""
        if self._due is None or at < self._due:
            return 0
        return self._end_each(at, lambda each: not _is_due(each, at) or self._goes_on(each, at))

    def review(self, at: datetime) -> int:
        """Ask about everything by a new configuration, and end without grace what it refuses."""
        return self._end_each(at, lambda each: self._goes_on(each, at))

    def signed_in(self) -> list[str]:
        """Return the connections on which somebody known was let through."""
        return [
            connection
            for connection, held in self._held.items()
            if any(each.request.person is not None for each in held.values())
        ]

    def dismiss(self, connection: str, at: datetime) -> None:
        """End a connection, and tell of it, because nobody knows any more whose it is."""
        lost = tuple(self._held.get(connection, {}).values())
        self.end(connection)
        for each in lost:
            each.refused = Reason.IDENTITY_UNKNOWN
        self._tell_of(lost, at)

    def end(self, connection: str) -> None:
        """End a connection; one that cannot be ended must not keep the others open."""
        self._held.pop(connection, None)
        for way in self._ways:
            try:
                way(connection)
            except Exception:
                log.exception("a connection could not be ended", connection=connection)
            else:
                return

    def _end_each(self, at: datetime, goes_on: Callable[[_Exchange], bool]) -> int:
        """
        End what does not go on; return on how many connections there was any of it.

        Each ends before the next is asked about, and all is told afterwards: none waits for
        another, and none for the log.
        """
        self._due = None  # what ends may lead back here
        ended = []
        try:
            for connection, held in list(self._held.items()):
                lost = _lost(held, goes_on)
                if lost:
                    self._end_some(connection, frozenset(lost))
                    ended.append(lost)
        finally:
            dues = [each.due for held in self._held.values() for each in held.values()]
            due = min((each for each in dues if each is not None), default=None)
            self._due = None if due is None else max(due, at + PAUSE)
        for lost in ended:
            self._tell_of(lost.values(), at)
        return len(ended)

    def _note_due(self, each: _Exchange) -> None:
        """Take note of the earliest end."""
        if self._due is not None and (each.until is None or each.until >= self._due):
            return  # as nearly always
        due = each.due
        if due is not None and (self._due is None or due < self._due):
            self._due = due

    def _end_some(self, connection: str, lost: frozenset[str]) -> None:
        """End a connection, or only a part of it where the rest goes on."""
        held = self._held.get(connection, {})
        for name in lost:  # what ends finishes, too, and may do so before `reset` returns
            held.pop(name, None)
        if any(not each.over for each in held.values()):
            try:
                if self._reset(connection, lost):
                    return
            except Exception:
                log.exception("a part of a connection could not be ended; all of it ends")
        self.end(connection)

    def _tell_of(self, lost: Iterable[_Exchange], at: datetime) -> None:
        """Tell of the first that was going on; an idle connection has nothing to tell."""
        for each in lost:
            if not each.over:
                try:
                    self._tell(each.opened, each.refused, at)
                except Exception:
                    log.exception("the end of a connection could not be recorded")
                return

    def _goes_on(self, exchange: _Exchange, at: datetime) -> bool:
        """
        Ask again, and remember until when the new answer holds.

        What went on unseen may not go on where it would now be recorded: it has to come again.
        """
        try:
            decision = self._judge(exchange.request, at, exchange.usage)
        except Exception:
            log.exception("an open connection could not be judged; it ends")
            return False
        if decision is None:
            return False
        if decision.verdict is Verdict.BLOCK:
            exchange.refused = decision.reason
            return False
        exchange.until = decision.changes_at
        if _unseen(decision):
            exchange.unseen = True
        return _unseen(decision) or not exchange.unseen


def _lost(held: dict[str, _Exchange], goes_on: Callable[[_Exchange], bool]) -> dict[str, _Exchange]:
    """Return what goes on no more; everything, where that cannot be found out."""
    try:
        return {name: each for name, each in held.items() if not goes_on(each)}
    except Exception:
        log.exception("an open connection could not be asked about; it ends")
        return dict(held)


def _is_due(exchange: _Exchange, at: datetime) -> bool:
    due = exchange.due
    return due is not None and due <= at


def _unseen(decision: Decision) -> bool:
    return decision.verdict is Verdict.PASS or decision.reason is Reason.EXEMPT
