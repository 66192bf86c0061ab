"""What a new configuration ends: nothing stays open that it would not open again."""

from collections.abc import Callable
from datetime import datetime

import structlog

from breaktime.door import Conn, Door, Ruling, Stage
from breaktime.mitm.leases import Leases

Judge = Callable[[Conn], Ruling]

log = structlog.get_logger("breaktime.gateway")


def review(  # noqa: PLR0913  two of them are names
    door: Door,
    leases: Leases,
    judge: Judge,
    at: datetime,
    *,
    other_people: bool,
    opened_here: bool = True,
) -> int:
    """
    Ask about every open connection by the configuration that has come into force.

    Args:
        door: has the table of all connections.
        leases: know what was let through on those that are inspected.
        judge: says what is to be done with a connection by what is known of it.
        at: the instant.
        other_people: the tables that people are recognised by have changed. Then nobody is taken
            any more for whom the old ones took them: browsers come again and are asked again.
        opened_here: what is opened, is in this process; otherwise others review that.

    Returns:
        How many connections were ended.
    """
    people = set(leases.signed_in()) if other_people else set()
    ended = 0
    for conn in list(door.table.values()):
        if conn.stage is Stage.INSPECTED and not opened_here:
            continue
        if (
            conn.id in people
            or (other_people and conn.identity is not None)
            or (conn.stage is Stage.RELAYED and not _is_relayed_still(conn, judge))
        ):
            _end(conn, door, leases)
            ended += 1
    return ended + leases.review(at)


def _end(conn: Conn, door: Door, leases: Leases) -> None:
    if conn.stage is Stage.INSPECTED:
        leases.end(conn.id)
        return
    try:
        door.cut(conn.id)
    except Exception:
        log.exception("a connection could not be ended", connection=conn.id)


def _is_relayed_still(conn: Conn, judge: Judge) -> bool:
    try:
        return judge(conn) is Ruling.RELAY
    except Exception:
        log.exception("an open relay could not be judged; it ends", connection=conn.id)
        return False
