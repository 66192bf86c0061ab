"""A week as text, as a page, and for calendar programs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from breaktime.cli.week_shape import Choice, Day, Entry, Week

if TYPE_CHECKING:
    from icalendar import Event

HERE = Path(__file__).parent


def as_text(week: Week) -> Iterator[str]:
    """Write a week for a terminal."""
    yield f"{week.person}, {title(week)}"
    yield f"by the clock in {clock(week)}" + (f", at {week.place}" if week.place else "")
    if week.exempt:
        yield f"neither blocked nor recorded: {week.exempt}"
    for day in week.days:
        yield ""
        yield f"{day.date:%a %-d %b}" + "".join(f"  {note}" for note in notes(day))
        for one in day.entries:
            state = "  " if one.open else "x "
            yield f"  {state}{times(week, day, one):12}  {label(one)}"
        if not day.entries and not day.choices:
            yield "    no breaks"
    yield ""
    yield f"open altogether: {altogether(week)}"
    if any(not one.open for day in week.days for one in day.entries):
        yield "x: closed, whatever else holds"
    for each in week.work:
        yield f"for work, at any time: {each}"
    if week.legend:
        yield ""
        yield "where that is written:"
    for name, rules in week.legend.items():
        yield f"  {name}: {', '.join(map(str, rules))}"


def notes(day: Day) -> tuple[str, ...]:
    """Return what is special about a day, and the breaks that people start themselves."""
    return (*day.notes, *map(str, day.choices))


def altogether(week: Week) -> str:
    """Return how long it is open in a week."""
    more = f", and up to {duration(week.by_hand)} started by hand" if week.by_hand else ""
    return f"{duration(week.minutes)}{more}"


def title(week: Week) -> str:
    """Return the name of a week."""
    year, number, _ = week.monday.isocalendar()
    sunday = week.days[-1].date
    return f"week {number} of {year}: {week.monday:%-d %B} to {sunday:%-d %B %Y}"


def clock(week: Week) -> str:
    """Return whose clock counts, and where it stands against UTC."""
    name = week.zone.key
    first, last = (
        offset(datetime(one.year, one.month, one.day, 12, tzinfo=week.zone))
        for one in (week.monday - timedelta(days=1), week.days[-1].date)
    )
    if week.shift is None:
        return f"{name} ({last})"
    return f"{name} ({first}, and {last} after the clocks change on {week.shift:%A %-d %B})"


def offset(at: datetime) -> str:
    """Return how far a wall clock is ahead of UTC."""
    minutes = round((at.utcoffset() or timedelta(0)) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def times(week: Week, day: Day, one: Entry) -> str:
    """Return the two ends of an entry on the wall clock, marked where they are on other days."""
    if one.whole:
        return "all day"
    since = f"{one.since:%H:%M}" if one.since.date() >= day.date else "00:00"
    until = f"{one.until:%H:%M}"
    after = (one.until.date() - max(one.since.date(), day.date)).days
    if after == 1 and until == "00:00":
        until, after = "24:00", 0
    shift = ""
    if week.shift is not None:
        since += f" {offset(one.since)}" if one.since.utcoffset() != one.until.utcoffset() else ""
        shift = f" {offset(one.until)}"
    day_after = f" on {one.until:%a}" if after else ""
    night = " from the night before" if one.since.date() < day.date else ""
    return f"{since}-{until}{shift}{day_after}{night}"


def label(one: Entry) -> str:
    """Return the name of an entry, and the platforms that it is for."""
    return f"{one.name} ({', '.join(one.platforms)})" if one.platforms else one.name


def duration(minutes: int) -> str:
    """Return a number of minutes in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"


def as_html(week: Week) -> str:
    """Write a week as a page that stands alone: no script, nothing from anywhere else."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string((HERE / "week.html").read_text(encoding="utf-8"))
    style = (HERE / "week.css").read_text(encoding="utf-8")
    return page.render(
        week=week, style=style, title=title(week), clock=clock(week), label=label,
        times=times, notes=notes, altogether=altogether,
    )  # fmt: skip


def as_ics(week: Week, stamp: datetime) -> str:
    """
    Write the open times of a week for calendar programs.

    A break that people start themselves is a tentative entry over the whole span.

    Args:
        week: the week.
        stamp: UTC instant at which it was asked for.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//breaktime//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Breaks of {week.person}")
    for day in week.days:
        for one in day.entries:
            if one.open:
                calendar.add_component(_event(week, one, stamp))
        for choice in day.choices:
            calendar.add_component(_event(week, choice, stamp))
    before, after = week.monday - timedelta(days=2), week.monday + timedelta(days=9)
    calendar.add_missing_timezones(first_date=before, last_date=after)
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(week: Week, one: Entry | Choice, stamp: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    name = f"{week.person} {one.since.astimezone(UTC):%Y%m%dT%H%M%SZ} {one.rules[0].id}"
    event.add("uid", f"{sha256(f'{week.organisation} {name}'.encode()).hexdigest()[:32]}@breaktime")
    event.add("dtstamp", stamp.replace(microsecond=0))
    rules = "\n".join(map(str, one.rules))
    if isinstance(one, Choice):
        event.add("summary", f"Break to start yourself: {one.name}, {duration(one.minutes)}")
        event.add("description", f"{one}\n{rules}")
        event.add("status", "TENTATIVE")
    else:
        event.add("summary", f"Break: {label(one)}")
        event.add("description", rules)
    event.add("dtstart", _written(one.since))
    event.add("dtend", _written(one.until))
    event.add("transp", "TRANSPARENT")
    return event


def _written(at: datetime) -> datetime:
    """Return a time with its zone; in UTC where the wall clock reads it twice."""
    again = at.replace(fold=1 - at.fold)
    return at.astimezone(UTC) if again.utcoffset() != at.utcoffset() else at
