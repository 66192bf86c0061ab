"""What a new configuration ends: nothing stays open that it would not open again."""

from collections.abc import Callable
from datetime import datetime

import structlog

from breaktime.door import Conn, Door, Ruling, Stage
from breaktime.mitm.leases import Leases

Judge = Callable[[Conn], Ruling]

log = structlog.get_logger("breaktime.gateway")


def review(  # noqa: PLR0913  all that can be open
    door: Door,
    leases: Leases,
    judge: Judge,
    at: datetime,
    *,
    passing: Leases,
    other_people: bool,
    opened_here: bool = True,
    tell: Callable[[Conn], object] = lambda _: None,
) -> int:
    """
    Ask about every open connection by the configuration that has come into force.

    Args:
        door: has the table of all connections.
        leases: know what was let through on those that are inspected.
        passing: know those that pass unopened for a while.
        judge: says what is to be done with a connection by what is known of it.
        at: the instant.
        other_people: the tables that people are recognised by have changed. Then nobody is taken
            any more for whom the old ones took them: browsers come again and are asked again.
        opened_here: what is opened, is in this process; otherwise others review that.
        tell: is told of each relay that was ended because it would be one no more.

    Returns:
        How many connections were ended.
    """
    people = set(leases.signed_in()) if other_people else set()
    ended = 0
    for conn in list(door.table.values()):
        if conn.stage is Stage.INSPECTED and not opened_here:
            continue
        relayed_no_more = conn.stage is Stage.RELAYED and not _is_relayed_still(conn, judge)
        if conn.id in people or (other_people and conn.identity is not None) or relayed_no_more:
            if conn.leased:
                passing.dismiss(conn.id, at)
            elif conn.stage is Stage.INSPECTED:
                leases.dismiss(conn.id, at)
            elif _end(conn, door) and relayed_no_more:
                _tell(conn, tell)
            ended += 1
    return ended + leases.review(at) + passing.review(at)


def _end(conn: Conn, door: Door) -> bool:
    try:
        door.cut(conn.id)
    except Exception:
        log.exception("a connection could not be ended", connection=conn.id)
        return False
    return True


def _tell(conn: Conn, tell: Callable[[Conn], object]) -> None:
    try:
        tell(conn)
    except Exception:
        log.exception("the end of a connection could not be recorded", connection=conn.id)


def _is_relayed_still(conn: Conn, judge: Judge) -> bool:
    if conn.leased:
        return True  # until its lease is asked about
    try:
        return judge(conn) is Ruling.RELAY
    except Exception:
        log.exception("an open relay could not be judged; it ends", connection=conn.id)
        return False
