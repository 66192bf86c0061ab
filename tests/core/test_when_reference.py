"""
The calendar against a slow one that cannot be wrong.

The reference reads the wall clock of every minute and asks every rule whether it holds. It knows
neither offsets nor edges nor caches, which is where a fast calendar goes wrong.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from breaktime.config import zones
from breaktime.core.breaks import (
    Blackout,
    Break,
    Cycle,
    DatedException,
    Days,
    HolidayRule,
    Layer,
    MonthDays,
    Nth,
    Profile,
    Suspension,
    Weeks,
)
from breaktime.core.rule import Rule
from breaktime.core.wall import Span
from breaktime.core.when import Kind, look

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WINDOW_DAYS = 10

# Zone, and a UTC day near which something happens to its clock.
CLOCKS = [
    ("UTC", "2026-11-23"),
    ("Europe/London", "2026-03-29"),
    ("Europe/London", "2026-10-25"),
    ("Europe/Dublin", "2026-10-25"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-04"),  # half an hour
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Pacific/Apia", "2011-12-30"),  # a day that does not happen
    ("Africa/Casablanca", "2026-02-15"),  # Ramadan
    ("Africa/Casablanca", "2026-03-22"),
    ("Pacific/Kiritimati", "2026-11-23"),  # +14:00
    ("Pacific/Marquesas", "2026-11-23"),  # -09:30
    ("Etc/GMT+12", "2026-11-23"),
    ("Asia/Kathmandu", "2026-11-23"),  # +05:45
    ("America/Sao_Paulo", "2018-11-04"),  # no midnight
    ("America/Santiago", "2026-04-05"),  # midnight twice
    ("America/Havana", "2026-11-01"),
    ("Antarctica/Troll", "2026-03-29"),  # two hours
    ("Asia/Jerusalem", "2026-03-27"),  # a Friday
    ("Asia/Pyongyang", "2018-05-04"),  # the zone itself moved
]


@cache
def in_force(who, day):
    """
    Return the sets of lists that rule the breaks starting on a day.

    A set is open where every list of it is; a day is open where any set is. Each comes with its
    place in the profile, so that lists of two days are compared only where they are the same.
    """
    found = []
    for rank, exceptions in enumerate(who.exceptions):
        dated = [one for one in exceptions if one.since <= day <= one.until]
        found += [((rank, one.rule), Kind.EXCEPTION, [one.breaks]) for one in dated if one.adds]
        replacing = [one for one in dated if not one.adds]
        if replacing and who.narrowest:
            rules = tuple(one.rule for one in replacing)
            found.append(((rank, rules), Kind.EXCEPTION, [one.breaks for one in replacing]))
        elif replacing:
            found += [((rank, one.rule), Kind.EXCEPTION, [one.breaks]) for one in replacing]
        if replacing:
            return found
    for rank, layer in enumerate(who.layers):
        found += [(("added", rank, n), Kind.FIXED, [added]) for n, added in enumerate(layer.added)]
        if layer.narrowest:
            found += [(("layer", rank), Kind.FIXED, layer.sources)] if layer.sources else []
        else:
            found += [(("layer", rank, n), Kind.FIXED, [s]) for n, s in enumerate(layer.sources)]
        if layer.sources:
            return found
    return found


def open_in(who, breaks, day, minute, platform):
    return any(
        (one.platforms is None or platform in one.platforms)
        and one.days.holds(day, holiday=day in who.holidays)
        and any(span.start <= minute < span.end for span in one.spans)
        for one in breaks
    )


def kind_by_hand(who, at, platform):
    """Read the wall clock, and ask every rule about today and about the night of yesterday."""
    wall = at.astimezone(who.zone)
    today, minute = wall.date(), wall.hour * 60 + wall.minute
    starts = [(today, minute), (today - DAY, minute + 1440)]
    if any(one.since <= today <= one.until for one in who.suspensions):
        return Kind.SUSPENDED
    for day, minute_of_day in starts:
        for one in who.blackouts:
            if one.days.holds(day, holiday=day in who.holidays) and any(
                span.start <= minute_of_day < span.end for span in one.spans
            ):
                return Kind.BLACKOUT
    here = {}
    for day, minute_of_day in starts:
        for key, kind, lists in in_force(who, day):
            answers = [open_in(who, one, day, minute_of_day, platform) for one in lists]
            so_far = here.get((key, kind), [False] * len(answers))
            here[key, kind] = [old or new for old, new in zip(so_far, answers, strict=True)]
    kinds = {kind for (_, kind), answers in here.items() if all(answers)}
    for kind in (Kind.EXCEPTION, Kind.FIXED):
        if kind in kinds:
            return kind
    return Kind.CLOSED


MINUTES = st.one_of(st.integers(0, 1439), st.integers(0, 240), st.sampled_from([0, 1380, 1439]))
LENGTHS = st.one_of(st.integers(1, 1440), st.integers(1, 120), st.just(1440))
SPANS = st.builds(lambda start, length: Span(start, start + length), MINUTES, LENGTHS)
WEEKDAYS = st.none() | st.frozensets(st.integers(0, 6))
SHIFT_SPANS = st.builds(
    lambda start, length: Span(start, min(start + length, 2880)),
    st.integers(1380, 2000),
    st.integers(1, 600),
)
NTH = st.frozensets(st.builds(Nth, st.sampled_from([1, 2, 3, 4, -1]), st.integers(0, 6)))
MONTH_DAYS = st.lists(
    st.sampled_from([MonthDays(1, 5), MonthDays(-1, -1), MonthDays(20, -1), MonthDays(-9, -3)]),
    min_size=1,
    max_size=2,
).map(tuple)
ANYWHERE = st.tuples(
    st.sampled_from(sorted(zones.names())),
    st.integers(0, 729).map(lambda n: (datetime(2026, 1, 1) + n * DAY).date().isoformat()),
)
PLATFORMS = st.sampled_from([None, None, None, frozenset({"facebook"}), frozenset({"tiktok"})])


@st.composite
def profiles(draw):
    zone, near = draw(st.sampled_from(CLOCKS) | ANYWHERE)
    middle = datetime.fromisoformat(near).replace(tzinfo=UTC)
    days = st.integers(-6, 6).map(lambda n: (middle + n * DAY).date())
    ranges = st.lists(days, min_size=2, max_size=2).map(sorted)
    names = iter(range(10_000))

    def rule():
        return Rule(f"rule:{next(names)}")

    @st.composite
    def day_filter(draw):
        since, until = draw(ranges)
        return Days(
            draw(WEEKDAYS),
            draw(st.none() | st.none() | st.frozensets(days, max_size=4)),
            draw(st.sampled_from([since, since.min])),
            draw(st.sampled_from([until, until.max])),
            draw(st.sampled_from(HolidayRule)),
            draw(st.just(frozenset()) | NTH),
            draw(st.none() | st.none() | MONTH_DAYS),
            draw(st.none() | st.none() | st.frozensets(st.integers(1, 12), min_size=4)),
            draw(st.none() | st.none() | st.just(frozenset({middle.year}))),
            draw(st.none() | st.none() | st.builds(Weeks, st.integers(1, 3), days)),
        )

    cycles = st.integers(1, 9).flatmap(
        lambda length: st.builds(
            Cycle, days, st.just(length), st.frozensets(st.integers(0, length - 1))
        )
    )
    filters = day_filter() | cycles
    spans = st.lists(SPANS | SHIFT_SPANS, min_size=1, max_size=2).map(tuple)
    breaks = st.builds(Break, st.builds(rule), spans, filters, PLATFORMS)
    lists = st.lists(breaks, max_size=2).map(tuple)
    layers = st.builds(
        Layer,
        st.builds(lambda: (rule(),)),
        st.lists(lists, max_size=2).map(tuple),
        st.lists(lists, max_size=2).map(tuple),
        st.booleans(),
    )
    exceptions = st.builds(
        lambda edges, breaks, adds: DatedException(rule(), *edges, breaks, adds),
        ranges, lists, st.booleans(),
    )  # fmt: skip
    suspensions = st.builds(lambda edges: Suspension(rule(), *edges), ranges)
    who = Profile(
        zones.zone(zone),
        draw(st.lists(layers, max_size=3).map(tuple)),
        draw(st.lists(st.lists(exceptions, max_size=2).map(tuple), max_size=2).map(tuple)),
        draw(st.lists(st.builds(Blackout, st.builds(rule), spans, filters), max_size=1).map(tuple)),
        draw(st.one_of(st.just(()), st.tuples(suspensions))),
        draw(st.frozensets(days, max_size=3)),
        draw(st.booleans()),
    )
    return who, middle - WINDOW_DAYS // 2 * DAY


@pytest.mark.slow
@given(profiles(), st.sampled_from([None, "facebook"]))
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # an example takes a tenth of a second: shrinking would take minutes
    suppress_health_check=list(HealthCheck),
)
def test_look_agrees_with_a_reading_of_every_minute(drawn, platform):
    who, start = drawn
    minutes = [start + n * MINUTE for n in range(WINDOW_DAYS * 1440)]

    by_hand = [kind_by_hand(who, at, platform) for at in minutes]

    until = None  # the next change that the scan has seen, walking backwards
    for index in range(len(minutes) - 1, -1, -1):
        at = minutes[index]
        if index + 1 < len(minutes) and by_hand[index + 1] is not by_hand[index]:
            until = minutes[index + 1]
        opening = look(who, at, platform)
        assert opening.kind is by_hand[index], at
        if until is not None:
            assert opening.until == until, at
        else:
            assert opening.until is None or opening.until > minutes[-1], at
