"""`breaktime calendar`: the week of one person, as HR wrote it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from breaktime.cli.options import CONFIG, GROUP, YEARS, group_problem, load_or_exit, now, plain
from breaktime.cli.week_shape import Choice, Day, Entry, Week

if TYPE_CHECKING:
    from breaktime.config import Loaded
    from breaktime.core.flexible import Offer
    from breaktime.core.policy import Policy, Standing
    from breaktime.core.rule import Rule
    from breaktime.core.week import Stretch

DAY: Final = timedelta(days=1)
DAYS: Final = 7
_WEEK: Final = re.compile(r"(\d{4})-W(\d\d)")


@click.command(
    name="calendar", short_help="Show somebody's week: the breaks, and what closes them."
)
@CONFIG
@click.option("--who", required=True, metavar="PERSON", help="Id of the person.")
@click.option(
    "--week", metavar="WEEK", help="Such as 2026-W48, or any date in it. Left out: this week."
)
@click.option("--from-ip", metavar="ADDRESS", help="Address of the client, which tells the place.")
@GROUP
@click.option(
    "--platform", metavar="PLATFORM", help="Only this one, such as youtube. Left out: all."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "ics"]),
    default="text",
    show_default=True,
    help="To read, as a page to print or send, or for a calendar program.",
)
def week(
    config: Path,
    who: str,
    week: str | None,
    from_ip: str | None,
    groups: tuple[str, ...],
    platform: str | None,
    form: str,
) -> None:
    """
    Show the week of one person: when social media is open, by which break, and what closes it.

    Times are those of the person's own clock; in a week in which the clocks change each has its
    offset from UTC. It is the same calendar that judges real requests.

    \b
    Examples:
      breaktime calendar -c config.yaml --who a.jones
      breaktime calendar -c config.yaml --who a.jones --week 2026-W52 --format html > week.html
      breaktime calendar -c config.yaml --who a.jones --format ics > week.ics
    """
    from breaktime.cli import week_forms
    from breaktime.config.problems import quoted, suggestion
    from breaktime.core.signin import SignInNames

    loaded = load_or_exit(config)
    if from_ip is not None and not _is_address(from_ip):
        raise click.UsageError(f"{quoted(from_ip)} is no IP address; write for example 10.20.0.7")
    known = loaded.policy.catalogue.platforms
    if platform is not None and platform not in known:
        hint = suggestion(platform, known)
        raise click.UsageError(f"{quoted(platform)} is not controlled{f'; {hint}' if hint else ''}")
    person = SignInNames(loaded.settings.domains).person(who)
    if person is None:
        raise click.UsageError("--who must name a person")
    wrong = group_problem(loaded.policy, groups)
    if wrong is not None:
        raise click.UsageError(wrong)
    standing = loaded.policy.standing(person, groups, from_ip)
    asked = now()
    monday = monday_of(week, asked.astimezone(standing.zone).date())
    found = week_of(loaded, standing, monday, sorted(known) if platform is None else [platform])
    if form == "text":
        click.echo("\n".join(map(plain, week_forms.as_text(found))))
    elif form == "html":
        click.echo(week_forms.as_html(found))
    else:
        click.echo(week_forms.as_ics(found, asked), nl=False)


def monday_of(week: str | None, today: date) -> date:
    """
    Return the first day of a week.

    Raises:
        click.UsageError: if *week* names none.
    """
    from breaktime.config.problems import quoted

    day: date | None = today
    if week is not None:
        named = _WEEK.fullmatch(week)
        try:
            day = date.fromisocalendar(int(named[1]), int(named[2]), 1) if named else None
            day = day or date.fromisoformat(week)
        except ValueError:
            day = None
    if day is None or day.year not in YEARS:
        raise click.UsageError(f"{quoted(week)} is no week; write for example 2026-W48")
    return day - day.weekday() * DAY


def week_of(loaded: "Loaded", standing: "Standing", monday: date, platforms: Sequence[str]) -> Week:
    """Ask the calendar about a whole week, for some platforms."""
    from breaktime.core.flexible import together
    from breaktime.core.wall import day_edges
    from breaktime.core.when import Kind

    policy, zone = loaded.policy, standing.zone
    assert standing.person is not None
    dates = [monday + DAY * n for n in range(DAYS)]
    since, until = day_edges(zone, dates[0])[0], day_edges(zone, dates[-1])[1]
    found = _stretches(standing, since - DAY, until + DAY, platforms)
    entries = [
        entry
        for one, for_ in found.items()
        if one.kind not in {Kind.CLOSED, Kind.FLEXIBLE} and one.until > since and one.since < until
        for entry in _entries(policy, zone, one, for_ if len(for_) < len(platforms) else ())
    ]
    entries.sort(key=lambda one: (one.since, one.until, one.name))
    closed = {one: for_ for one, for_ in found.items() if one.kind in {Kind.CLOSED, Kind.FLEXIBLE}}
    offers = {
        offer: for_ if len(for_) < len(platforms) else ()
        for one, for_ in closed.items()
        for offer in _offers(standing, one, for_[0])
        if since <= offer.since < until
    }
    edges = {day: day_edges(zone, day) for day in dates}
    changed = (
        day
        for day, (begin, end) in edges.items()
        if begin.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset()
    )
    return Week(
        policy.organisation,
        standing.person.id,
        standing.place,
        zone,
        monday,
        tuple(
            replace(
                _day(loaded, standing, day, dates[0], entries, closed),
                choices=tuple(
                    _choice(policy, zone, one, for_)
                    for one, for_ in offers.items()
                    if one.day == day
                ),
            )
            for day in dates
        ),
        next(changed, None),
        _minutes([one for one in entries if one.open and one.since >= since]),
        tuple(_cases(standing, since, until)),
        standing.exempt,
        sum(
            round(one.allowance / timedelta(minutes=1))
            for day in dates
            for one in together(each for each in offers if each.day == day)
        ),
    )


def _stretches(
    standing: "Standing", since: datetime, until: datetime, platforms: Sequence[str]
) -> dict["Stretch", list[str]]:
    """Return the answers of the calendar, each with the platforms that have it."""
    from breaktime.core.week import stretches

    assert standing.profile is not None
    if not standing.profile.limited:
        return {one: list(platforms) for one in stretches(standing.profile, since, until)}
    found: dict[Stretch, list[str]] = {}
    for platform in platforms:
        for one in stretches(standing.profile, since, until, platform):
            found.setdefault(one, []).append(platform)
    return found


def _entries(
    policy: "Policy", zone: ZoneInfo, one: "Stretch", platforms: Sequence[str]
) -> Iterator[Entry]:
    """Turn a stretch into entries: a break belongs to its first day, what closes to each day."""
    from breaktime.core.decide import is_open
    from breaktime.core.wall import day_edges

    names = tuple(policy.catalogue.platforms[each].name for each in platforms)
    since, until = one.since.astimezone(zone), one.until.astimezone(zone)
    whole = Entry(since, until, True, name_of(one.rules), one.rules, names)  # noqa: FBT003  a field
    if is_open(one.kind):
        yield whole
        return
    day = since.date()
    while day <= until.date():
        begin, end = day_edges(zone, day)
        low, high = max(begin, one.since), min(end, one.until)
        if low < high:
            yield replace(
                whole,
                since=low.astimezone(zone),
                until=high.astimezone(zone),
                open=False,
                whole=(low, high) == (begin, end),
            )
        day += DAY


def name_of(rules: Sequence["Rule"]) -> str:
    """Return the name of a break or of what closes it; of one written out, whose it is."""
    kind, _, name = rules[0].id.partition(":")
    if kind == "shift":
        return f"shift {name.partition('[')[0]}"
    if kind != "break":
        return {"blackout": "blackout", "suspension": f"suspension {name}"}.get(kind, rules[0].id)
    if not name.endswith("]"):
        return name
    owner, _, whose = (rules[1].id if len(rules) > 1 else name).partition(":")
    if owner == "exception":
        return f"exception of {whose}"
    return f"break of {whose if owner == 'person' else f'{owner} {whose}'}".rstrip()


def _day(
    loaded: "Loaded",
    standing: "Standing",
    day: date,
    first: date,
    entries: Sequence[Entry],
    closed: Iterable["Stretch"],
) -> Day:
    from breaktime.core.wall import day_edges

    since, until = day_edges(standing.zone, day)
    of_day = [
        one for one in entries if one.since.date() == day or (day == first and one.since < since)
    ]
    rules = [rule for one in of_day for rule in one.rules]
    rules += [
        rule for one in closed if one.since < until and one.until > since for rule in one.rules
    ]
    dated = {rule: None for rule in rules if _is_exception_of(rule, loaded, standing, day)}
    notes = [name for name in [_holiday(loaded, standing, day)] if name]
    notes += [f"dated exception ({rule.file}:{rule.line})" for rule in dated]
    return Day(day, tuple(notes), tuple(of_day))


def _offers(standing: "Standing", one: "Stretch", platform: str) -> tuple["Offer", ...]:
    """Return what people may start themselves in a stretch."""
    from breaktime.core.when import look

    assert standing.profile is not None
    return look(standing.profile, one.since, platform).offers


def _choice(policy: "Policy", zone: ZoneInfo, offer: "Offer", platforms: Sequence[str]) -> Choice:
    return Choice(
        offer.since.astimezone(zone),
        offer.until.astimezone(zone),
        round(offer.allowance / timedelta(minutes=1)),
        offer.sittings,
        name_of(offer.rules),
        offer.rules,
        tuple(policy.catalogue.platforms[each].name for each in platforms),
    )


def _is_exception_of(rule: "Rule", loaded: "Loaded", standing: "Standing", day: date) -> bool:
    return any(
        one.rule == rule and one.since <= day <= one.until
        for who, one in loaded.policy.exceptions
        if who.covers(standing.person, standing.place)
    )


def _holiday(loaded: "Loaded", standing: "Standing", day: date) -> str:
    from breaktime.config.regions import holiday_name

    if standing.profile is None or day not in standing.profile.holidays:
        return ""
    names = (holiday_name(region, day) for region in loaded.regions)
    return next((name for name in names if name), "closed day")


def _minutes(entries: Sequence[Entry]) -> int:
    """Add up the minutes in which anything is open; what runs at once counts once."""
    total, covered = timedelta(0), datetime.min.replace(tzinfo=UTC)
    for one in entries:
        begin, end = max(one.since.astimezone(UTC), covered), one.until.astimezone(UTC)
        if end > begin:
            total += end - begin
            covered = end
    return round(total / timedelta(minutes=1))


def _cases(standing: "Standing", since: datetime, until: datetime) -> Sequence[str]:
    return [
        f"{one.case.rule}: "
        + ", ".join(sorted(one.case.platforms) + sorted("/".join(each) for each in one.case.pages))
        + f", until {one.case.until:%-d %B %Y}"
        for one in standing.cases
        if one.since < until and one.until > since
    ]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
