"""Flexible breaks as short as an administrator writes them, and what a ledger may say of them."""

from datetime import date, timedelta

from breaktime.core.breaks import Days, FlexibleBreak
from breaktime.core.flexible import Sitting, Taken, Usage
from breaktime.core.rule import Rule
from calendars import WEEK, span, utc

MONDAY = date(2026, 11, 23)


def flexible(name="own", between="11:30-14:30", minutes=45, sittings=2, days=WEEK, **more):
    weekdays = None if days is None else frozenset(days)
    return FlexibleBreak(
        Rule(f"break:{name}"),
        (span(between),),
        Days(weekdays=weekdays),
        minutes=minutes,
        sittings=sittings,
        **more,
    )


def minutes(number):
    return timedelta(minutes=number)


def sitting(since="12:00", *, allowance=45, until="14:30", name="own", free=(), **more):
    """A sitting of a Monday; times are UTC, which is London's clock then."""
    start = utc(f"2026-11-23 {since}")
    values = {
        "id": f"break:{name}",
        "day": MONDAY,
        "number": 1,
        "since": start,
        "until": utc(f"2026-11-23 {until}"),
        "allowance": minutes(allowance),
        "free": tuple(tuple(utc(f"2026-11-23 {at}") for at in one.split("-")) for one in free),
        "counted": start,
    }
    return Sitting(**{**values, **more})


def usage(running=None, **taken):
    """`own=(20, 1)` is: 20 minutes used of own, in one sitting."""
    counts = {
        (f"break:{name}", MONDAY): Taken(minutes(used), sittings)
        for name, (used, sittings) in taken.items()
    }
    return Usage(counts, running)
