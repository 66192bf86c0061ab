"""
The language read by somebody slow: what a configuration says at one instant, worked out by hand.

It knows the file as plain data and the wall clock of a zone; and nothing of `breaktime` but its
zone data: no span, no layer, no offset, no cache. `offices` writes files at random to be read.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache

import holidays

from breaktime.config import zones

DAY = timedelta(days=1)
WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def verdict(file, who, client_place, at):
    """Return the reason that a file gives somebody at an instant, as the records name it."""
    teams = sorted(name for name, team in file["teams"].items() if who in team["members"])
    zone = zone_of(file, who, client_place)
    wall = at.astimezone(zones.zone(zone))
    minute = wall.hour * 60 + wall.minute
    # Whatever is open now began today, or yesterday and ran past midnight.
    starts = [(wall.date(), minute), (wall.date() - DAY, minute + 1440)]
    mine = [{"person": who}, *({"team": team} for team in teams), "everyone"]
    mine += [{"place": client_place}] if client_place else []
    for rule in file["suspensions"]:
        if rule["for"] in mine and rule["from"] <= wall.date().isoformat() <= rule["until"]:
            return "suspended"
    off = days_off(file, who, client_place)
    for rule in file["blackouts"]:
        if rule["for"] in mine and any(begins(rule, *start, off) for start in starts):
            return "blackout"
    ranks = [[{"person": who}], [{"team": team} for team in teams]]
    ranks += [[{"place": client_place}]] if client_place else []
    ranks += [["everyone"]]
    narrow = file["when_rules_disagree"]["two_teams"] == "narrowest"
    open_lists = {}
    for day, minute_of_day in starts:
        for key, lists in in_force(file, ranks, day, narrow):
            answers = [listed(file, one, day, minute_of_day, off) for one in lists]
            known = open_lists.setdefault(key, [False] * len(answers))
            open_lists[key] = [a or b for a, b in zip(known, answers, strict=True)]
    kinds = {key[0] for key, answers in open_lists.items() if all(answers)}
    for kind in ("break_exception", "break_fixed"):
        if kind in kinds:
            return kind
    return "outside_breaks"


def zone_of(file, who, place):
    """Return the zone of the person, else of the place, else of the organisation."""
    person = file["people"].get(who, {})
    where = file["places"].get(place, {})
    return person.get("timezone") or where.get("timezone") or file["organisation"]["timezone"]


def days_off(file, who, place):
    """Return bank holidays and closed days, for the person, else the place, else everybody."""
    person = file["people"].get(who, {})
    where = file["places"].get(place, {})
    region = person.get("bank_holidays") or where.get("bank_holidays")
    region = region or file["organisation"]["bank_holidays"]
    return bank_holidays(region) | frozenset(file["organisation"]["closed_days"])


@cache
def bank_holidays(region):
    """Return the bank holidays of the years that are asked about."""
    if region == "none":
        return frozenset()
    country, _, part = region.partition("-")
    years = range(2025, 2029)
    days = holidays.country_holidays(country, subdiv=part or None, years=years)
    return frozenset(day.isoformat() for day in days)


def in_force(file, ranks, day, narrow):
    """Give what rules a day: sets of lists, of which all must be open, each with its kind."""
    dated = [
        [
            (one["breaks"]["add"], True)
            if isinstance(one["breaks"], dict)
            else (one["breaks"], False)
            for one in file["exceptions"]
            if one["for"] in rank and covers(one["dates"], day)
        ]
        for rank in ranks
    ]
    weekly = [[one for who in rank for one in given_to(file, who)] for rank in ranks]
    ruled = [("break_exception", day, *each) for each in enumerate(dated)]
    ruled += [("break_fixed", None, *each) for each in enumerate(weekly)]
    for kind, when, number, given in ruled:
        yield from (
            ((kind, when, number, "added", at), [one])
            for at, (one, adds) in enumerate(given)
            if adds
        )
        replacing = [one for one, adds in given if not adds]
        if replacing and narrow:
            yield (kind, when, number), replacing
        else:
            yield from (((kind, when, number, at), [one]) for at, one in enumerate(replacing))
        if replacing:
            return


def given_to(file, who):
    """Return the break list of one subject, if there is one, and whether it only adds."""
    if who == "everyone":
        section = file["everyone"]
    else:
        ((kind, name),) = who.items()
        section = file[{"person": "people", "team": "teams", "place": "places"}[kind]].get(name, {})
    breaks, rota = section.get("breaks"), section.get("rota")
    if rota is not None:
        added = breaks["add"] if breaks is not None else []
        return [([*added, {"rota": rota}], False)]
    if breaks is None:
        return []
    return [(breaks["add"], True)] if isinstance(breaks, dict) else [(breaks, False)]


def listed(file, entries, day, minute, off):
    """Tell whether one entry of a list is open at a minute counted from a day's midnight."""
    for entry in [] if entries == "none" else entries:
        if isinstance(entry, dict) and "rota" in entry:
            if worked(file, entry["rota"], day, minute):
                return True
        elif begins(file["breaks"][entry] if isinstance(entry, str) else entry, day, minute, off):
            return True
    return False


def worked(file, name, day, minute):
    """Tell whether the shift that a rota has on a day is in a break."""
    rota = file["rotas"][name]
    starts, cycle = date.fromisoformat(rota["starts"]), rota.get("cycle")
    cycle = cycle or file["rotas"][rota["like"]]["cycle"]
    at = 0
    while starts + at * DAY < day:  # walk there, a day at a time
        at += 1
    while starts + at * DAY > day:
        at -= 1
    shift = cycle[at % len(cycle)]
    if shift == "off":
        return False
    hours, breaks = file["shifts"][shift]["hours"], file["shifts"][shift]["breaks"]
    for one in breaks:
        begin, end = clock(one)
        if begin < clock(hours)[0]:
            begin, end = begin + 1440, end + 1440
        if begin <= minute < end:
            return True
    return False


def clock(text):
    """Return the minutes of a range, of which the end comes after the start."""
    begin, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return begin, end if end > begin else end + 1440


def begins(rule, day, minute, off):
    """Tell whether a rule with days and times is open at a minute counted from a day."""
    times = rule["at"] if isinstance(rule["at"], list) else [rule["at"]]
    return any(begin <= minute < end for begin, end in map(clock, times)) and on(rule, day, off)


def on(rule, day, off):
    """Tell whether a rule is about a start day."""
    text, holiday = day.isoformat(), day.isoformat() in off
    bank = rule.get("bank_holidays", "include")
    return (
        rule.get("from", text) <= text <= rule.get("until", text)
        and any(weekday(one, day) for one in many(rule.get("days", "Mon-Sun")))
        and any(month_day(one, day) for one in many(rule.get("month_days", "1-31")))
        and any(around(one, MONTHS, day.month - 1) for one in many(rule.get("months", "Jan-Dec")))
        and any(between(one, day) for one in many(rule.get("years", day.year)))
        and ("dates" not in rule or covers(rule["dates"], day))
        and ("every" not in rule or fortnight(rule, day))
        and (bank == "include" or holiday == (bank == "only"))
    )  # fmt: skip


def many(written):
    return written if isinstance(written, list) else [written]


def between(years, day):
    first, _, last = str(years).partition("-")
    return int(first) <= day.year <= int(last or first)


def weekday(text, day):
    """Read `Mon-Fri`, `Sat, Sun` and `last Fri`."""
    for part in text.split(", "):
        *nth, names = part.split(" ")
        if nth and WEEK[day.weekday()] == names:
            if nth == ["last"]:
                return (day + 7 * DAY).month != day.month
            earlier = [n for n in range(5) if (day - 7 * n * DAY).month == day.month]
            if len(earlier) == NTH[nth[0]]:
                return True
        elif not nth and around(names, WEEK, day.weekday()):
            return True
    return False


def around(text, names, at):
    """Tell whether a name is in a row of names that may go over the end."""
    first, _, last = text.partition("-")
    here = names.index(first)
    while names[here] != (last or first):
        if here == at:
            return True
        here = (here + 1) % len(names)
    return here == at


def month_day(written, day):
    first, _, last = (
        str(written).partition(" to ") if " to " in str(written) else (str(written), "", "")
    )
    if not last and "-" in first[1:]:
        first, _, last = first.partition("-")
    length = ((day.replace(day=28) + 4 * DAY).replace(day=1) - DAY).day
    ends = [n if n > 0 else length + 1 + n for n in (int(first), int(last or first))]
    return ends[0] <= day.day <= ends[1]


def fortnight(rule, day):
    starts = date.fromisoformat(rule["starts"])
    apart = (day - day.weekday() * DAY) - (starts - starts.weekday() * DAY)
    return apart.days // 7 % int(rule["every"].split()[0]) == 0


def covers(dates, day):
    """Tell whether a day is among dates, alone or as `A to B`."""
    return any(
        one.partition(" to ")[0] <= day.isoformat() <= (one.partition(" to ")[2] or one)
        for one in many(dates)
    )


def instant(chance, start, days):
    """Return some minute of the days that follow."""
    seconds = chance.randrange(days * 86400)
    return start.astimezone(UTC) + timedelta(seconds=seconds - seconds % 60)


def midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
