"""Instants and durations in words."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from breaktime.core.wall import local_text
from breaktime.pages.texts import Clock, Forms

_MINUTE = timedelta(minutes=1)
_DAY_MINUTES = 24 * 60


def say_when(words: Clock, zone: ZoneInfo, now: datetime, then: datetime) -> str:
    """
    Say when something is, as somebody would who looks at a clock and a calendar.

    Args:
        words: of the language.
        zone: whose clock it is.
        now: UTC instant at which it is said.
        then: UTC instant of what is told.
    """
    here, there = local_text(zone, now), local_text(zone, then)
    days = (there.date() - here.date()).days
    if days == 0:
        pattern = words.today
    elif days == 1:
        pattern = words.tomorrow
    elif there.year == here.year:
        pattern = words.later
    else:
        pattern = words.next_year
    return _filled(words, pattern, there)


def say_now(words: Clock, zone: ZoneInfo, now: datetime) -> str:
    """Say which time and day it is."""
    return _filled(words, words.made, local_text(zone, now))


def say_time(words: Clock, zone: ZoneInfo, at: datetime) -> str:
    """Say the time of day at an instant."""
    return _time(words, local_text(zone, at))


def say_day(words: Clock, day: date) -> str:
    """Say a day of these weeks: `Monday 23 November`."""
    return _filled_day(words, words.day, day)


def say_date(words: Clock, day: date) -> str:
    """Say a date with its year: `23 November 2026`."""
    return _filled_day(words, words.date, day)


def say_left(words: Clock, now: datetime, then: datetime) -> str:
    """
    Say how long it is from one instant to another, by a stopwatch and not by the clock.

    Minutes are rounded up, so that nobody is told to come too early. Above a day, the hours are
    rounded: whoever waits that long looks at the date.
    """
    if then <= now:
        return words.now
    return words.left.format(parts=say_length(words, then - now))


def say_length(words: Clock, length: timedelta) -> str:
    """Say a length of time in minutes, rounded up, or from a day on in hours."""
    minutes = -(-length // _MINUTE)
    if minutes >= _DAY_MINUTES:
        hours = (minutes + 30) // 60
        counts = {"day": hours // 24, "hour": hours % 24}
    else:
        counts = {"hour": minutes // 60, "minute": minutes % 60}
    parts = [
        f"{count} {form_of(words.units[unit], count)}" for unit, count in counts.items() if count
    ]
    return words.and_.join(parts)


def form_of(forms: Forms, count: int) -> str:
    """Return the form that a number takes."""
    return forms.get(count) or forms["other"]


def say_count(forms: Forms, count: int) -> str:
    """Say how many there are, in the form that the number takes."""
    return form_of(forms, count).format(count=count)


def _filled(words: Clock, pattern: str, wall: datetime) -> str:
    return _filled_day(words, pattern, wall.date(), time=_time(words, wall))


def _filled_day(words: Clock, pattern: str, wall: date, *, time: str = "") -> str:
    return pattern.format(
        time=time,
        weekday=words.weekdays[wall.weekday()],
        day=wall.day,
        month=words.months[wall.month - 1],
        year=wall.year,
    )


def _time(words: Clock, wall: datetime) -> str:
    """Say a time of day, and which of the two it is where the clock reads it twice."""
    time = f"{wall:%H:%M}"
    first, second = wall.replace(fold=0), wall.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return time
    return (words.after_change if wall.fold else words.before_change).format(time=time)
