"""The first page: what is open now, what can be started, and the breaks of the week."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from breaktime.core.breaks import Profile
from breaktime.core.decide import MAX_STEPS
from breaktime.core.flexible import Offer, Usage, chances
from breaktime.core.policy import Policy
from breaktime.core.sitting import Refused, begin, next_chance, what_is_left
from breaktime.core.wall import DAY, local_day, local_text
from breaktime.core.week import Stretch, stretches
from breaktime.core.when import Kind, look
from breaktime.pages.clock import (
    say_count,
    say_date,
    say_day,
    say_left,
    say_length,
    say_time,
    say_when,
)
from breaktime.portal.ask import Ask, Go, Html, Outcome
from breaktime.portal.forms import FormError

WEEK_DAYS = 7
_OPEN = {Kind.FIXED, Kind.EXCEPTION}
_LONGEST_COUNT = 300
"""The most minutes that are counted down by the page itself."""


async def show(ask: Ask) -> Outcome:
    """Show what holds for somebody now and this week."""
    return await _page(ask)


async def start(ask: Ask) -> Outcome:
    """Start a break that somebody may start, by the same rules as everywhere."""
    if ask.standing.exempt is not None:
        return await _page(ask, _why(ask, "exempt"))
    wanted = ask.values["break"]
    if wanted not in {one.rule.id for one in ask.profile.flexible}:
        raise FormError("no break of theirs")
    found = await ask.ledger(
        lambda ledger: ledger.start(
            ask.person, ask.at, lambda usage: begin(ask.profile, usage, ask.at, wanted)
        )
    )
    ask.house.changed(ask.person)
    if isinstance(found, Refused):
        return await _page(ask, _why(ask, str(found.reason)))
    return Go("/", "started")


async def stop(ask: Ask) -> Outcome:
    """Stop the break that goes on."""
    ended = await ask.ledger(lambda ledger: ledger.stop(ask.person, ask.at))
    ask.house.changed(ask.person)
    return await _page(ask, ask.say["wrong_stop"]) if ended is None else Go("/", "stopped")


def _why(ask: Ask, reason: str) -> str:
    why = ask.say.get(f"why_{reason}", ask.say["why_outside_breaks"])
    return str(ask.say["wrong_break"].format(why=why))


async def _page(ask: Ask, wrong: str = "") -> Outcome:
    exempt = ask.standing.exempt is not None
    usage = Usage()
    if ask.policy.flexible and not exempt:
        usage = await ask.usage(ask.person)
    values = {
        "exempt": exempt,
        "now": () if exempt else _now(ask, usage),
        "running": _running(ask, usage),
        "chances": () if exempt else _chances(ask, usage),
        "left": () if exempt else say_what_is_left(ask, ask.profile, usage),
        "ledger_down": not usage.known,
        "cases": list(_cases(ask)),
        "week": list(_week(ask)),
    }
    return Html("today.html", values, wrong)


def name_of(ask: Ask, rule: str) -> str:
    """Return the name of a break as people know it; one that has a place only has no name."""
    name = rule.partition(":")[2]
    return str(ask.say["unnamed"]) if not name or "[" in name else name


def _form(ask: Ask, sentence: str, name: str) -> str:
    """Return which form of a sentence is for a break of that name."""
    return f"{sentence}_unnamed" if name == ask.say["unnamed"] else sentence


def _now(ask: Ask, usage: Usage) -> list[str]:
    """Say what is open, until when, and when something opens next."""
    words, zone, say = ask.texts.clock, ask.standing.zone, ask.say
    openings = {one: look(ask.profile, ask.at, one) for one in ask.policy.catalogue.platforms}
    open_ = {one: opening for one, opening in openings.items() if opening.kind in _OPEN}
    if open_:
        all_of_them = len(open_) == len(openings)
        names = ", ".join(sorted(map(ask.platform, open_), key=str.casefold))
        said = [say["open_all"] if all_of_them else say["open_some"].format(sites=names)]
        ends = min((one.until for one in open_.values() if one.until is not None), default=None)
        if ends is not None:
            end, left = say_when(words, zone, ask.at, ends), say_left(words, ask.at, ends)
            said.append(say["open_until"].format(end=end, left=left))
        return said
    if usage.running_at(ask.at) is not None:
        return []
    kind = max((one.kind for one in openings.values()), default=Kind.CLOSED)
    said = [say["nothing_open"]]
    if kind in {Kind.SUSPENDED, Kind.BLACKOUT}:
        said = [say["suspended" if kind is Kind.SUSPENDED else "blackout"]]
    opens = next_opening(ask.policy, ask.profile, usage, ask.at)
    if opens is None:
        return [*said, say["no_next"]]
    if opens > ask.at:
        when, left = say_when(words, zone, ask.at, opens), say_left(words, ask.at, opens)
        said.append(say["next_open"].format(when=when, left=left))
    return said


def next_opening(policy: Policy, profile: Profile, usage: Usage, at: datetime) -> datetime | None:
    """Return the next UTC instant at which something opens or can be started."""
    found = [next_chance(profile, usage, at)] if profile.flexible and usage.known else []
    platforms = policy.catalogue.platforms if profile.limited else [None]
    for platform in platforms:
        then: datetime | None = at
        for _ in range(MAX_STEPS):
            if then is None:
                break
            opening = look(profile, then, platform)
            if opening.kind in _OPEN:
                found.append(then)
                break
            then = opening.until
    return min((one for one in found if one is not None), default=None)


def _running(ask: Ask, usage: Usage) -> dict[str, object] | None:
    running = usage.running_at(ask.at)
    if running is None:
        return None
    words, ends = ask.texts.clock, running.ends_at()
    left = ends - ask.at
    minutes = -(-left // timedelta(minutes=1))
    counts = [
        ask.say["running_left"].format(minutes=say_length(words, timedelta(minutes=each)))
        for each in range(1, minutes + 1)
    ]
    end = say_when(words, ask.standing.zone, ask.at, ends)
    name = name_of(ask, running.id)
    return {
        "text": ask.say[_form(ask, "running", name)].format(name=name, end=end),
        "left": counts[-1] if counts else "",
        "seconds": int(left.total_seconds()),
        "counts": json.dumps([ask.say["running_over"], *counts])
        if minutes <= _LONGEST_COUNT
        else "",
    }


def _chances(ask: Ask, usage: Usage) -> list[dict[str, str]]:
    """Say what can be started now."""
    if usage.running_at(ask.at) is not None or not usage.known:
        return []
    found: dict[str, dict[str, str]] = {}
    words, zone = ask.texts.clock, ask.standing.zone
    for chance in chances(offers_now(ask.policy, ask.profile, ask.at), usage, ask.at):
        if isinstance(begin(ask.profile, usage, ask.at, chance.offer.id), Refused):
            continue
        id_, name = chance.offer.id, name_of(ask, chance.offer.id)
        text = ask.say[_form(ask, "start_text", name)].format(
            name=name,
            minutes=say_length(words, chance.left),
            start_by=say_when(words, zone, ask.at, chance.start_by),
        )
        found[id_] = {"id": id_, "text": text}
    return list(found.values())


def offers_now(policy: Policy, profile: Profile, at: datetime) -> list[Offer]:
    """Return the flexible breaks that are on offer on any platform."""
    platforms = policy.catalogue.platforms if profile.limited else [None]
    found = {
        (offer.id, offer.day): offer
        for platform in platforms
        for offer in look(profile, at, platform).offers
    }
    return list(found.values())


def say_what_is_left(ask: Ask, profile: Profile, usage: Usage) -> list[str]:
    """Say what is left of each break that may be started today."""
    if not profile.flexible or not usage.known:
        return []
    words, say = ask.texts.clock, ask.say
    return [
        say["left_text"].format(
            name=name_of(ask, left.offer.id),
            minutes=say_length(words, left.left) or "0",
            parts=say_count(say["parts"], left.sittings),
            until=say_time(words, ask.standing.zone, left.offer.until),
        )
        for left in what_is_left(profile, usage, ask.at)
    ]


def _cases(ask: Ask) -> Iterator[str]:
    for dated in ask.standing.cases:
        if dated.since <= ask.at < dated.until:
            case = dated.case
            names = [*map(ask.platform, sorted(case.platforms))]
            names += [f"{ask.platform(platform)}/{key}" for platform, key in sorted(case.pages)]
            yield ask.say["case_text"].format(
                sites=", ".join(names),
                case=case.rule.id.partition(":")[2],
                until=say_date(ask.texts.clock, case.until),
            )


def _week(ask: Ask) -> Iterator[dict[str, object]]:
    """Lay out the breaks of this day and of the six after it."""
    zone = ask.standing.zone
    platforms = sorted(ask.policy.catalogue.platforms) if ask.profile.limited else [None]
    first, last = ask.today, ask.today + (WEEK_DAYS - 1) * DAY
    since, until = local_day(zone, first, last)[0], local_day(zone, last, last)[1] + DAY
    found: dict[Stretch, list[str]] = {}
    for platform in platforms:
        for one in stretches(ask.profile, since, until, platform):
            if one.kind in _OPEN or one.kind is Kind.FLEXIBLE:
                found.setdefault(one, []).append(platform or "")
    for number in range(WEEK_DAYS):
        day = first + number * DAY
        entries = [
            _said(ask, one, names if len(names) < len(platforms) else [])
            for one, names in sorted(found.items(), key=lambda pair: pair[0][:2])
            if _day_of(ask, one) == day
        ]
        said = say_day(ask.texts.clock, day)
        yield {"day": said[:1].upper() + said[1:], "today": number == 0, "entries": entries}


def _day_of(ask: Ask, one: Stretch) -> date:
    return local_text(ask.standing.zone, one.since).date()


def _said(ask: Ask, one: Stretch, platforms: list[str]) -> str:
    words, zone, say = ask.texts.clock, ask.standing.zone, ask.say
    times = say["times"].format(
        since=say_time(words, zone, one.since), until=say_time(words, zone, one.until)
    )
    if one.kind is Kind.FLEXIBLE:
        times = say["may_start"].format(times=times)
    if platforms:
        names = ", ".join(map(ask.platform, platforms))
        times = say["for_sites"].format(times=times, sites=names)
    return str(times)
