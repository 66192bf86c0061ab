"""Offices at random: configurations that use the whole language, as plain data."""

import json

from naive import MONTHS, WEEK

ZONES = [
    "Europe/London", "Europe/Warsaw", "Australia/Lord_Howe", "America/St_Johns",
    "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu", "America/New_York",
    "Pacific/Kiritimati", "Pacific/Marquesas",
]  # fmt: skip
PEOPLE = ["ada", "bob", "cyd", "dot", "eve"]
TEAMS = ["north", "south", "night"]
PLACES = {"hall": "10.20.0.1", "depot": "10.30.0.1"}
BREAKS = ["lunch", "tea", "late", "pay-day"]
DATES = [f"2026-{month:02}-{day:02}" for month in (3, 10, 11, 12) for day in range(1, 32, 3)]
DATES = [day for day in DATES if not day.endswith("11-31")]


def text(file):
    """Return a file as an administrator might have a program write it: JSON is YAML."""
    return json.dumps(file)


def office(chance):
    """Write a configuration."""
    lists = [["lunch"], ["tea", "late"], ["pay-day"], "none"]

    def breaks():
        return [*chance.sample(BREAKS, chance.randint(1, 3)), rule(chance)][: chance.randint(1, 4)]

    def given():
        """Write what one subject has: a list, something on top, a rota, or nothing."""
        return chance.choice([
            {}, {}, {"breaks": breaks()}, {"breaks": chance.choice(lists)},
            {"breaks": {"add": breaks()}}, {"rota": chance.choice(["red", "blue"])},
            {"rota": "red", "breaks": {"add": breaks()}},
        ])  # fmt: skip

    def place():
        more = {"timezone": chance.choice(ZONES)} if chance.random() < 0.3 else {}
        return more | (
            {"bank_holidays": chance.choice(["PL", "none"])} if chance.random() < 0.2 else {}
        )

    cycle = [chance.choice(["early", "night", "off"]) for _ in range(chance.randint(1, 9))]
    return {
        "version": 1,
        "organisation": {
            "name": "Office", "timezone": chance.choice(ZONES),
            "bank_holidays": chance.choice(["GB-ENG", "GB-SCT", "none"]),
            "closed_days": chance.sample(DATES, 2),
        },
        "controlled": {"categories": ["social-network"]},
        "identity": [{"kind": "basic", "file": "htpasswd"}],
        "breaks": {name: rule(chance) for name in BREAKS},
        "shifts": {
            "early": {"hours": "06:00-14:00", "breaks": ["09:00-09:15", "11:30-12:00"]},
            "night": {
                "hours": "19:00-07:00", "breaks": ["22:00-22:30", "23:50-00:20", "01:10-02:15"],
            },
        },
        "rotas": {
            "red": {"starts": chance.choice(DATES), "cycle": cycle},
            "blue": {"starts": chance.choice(DATES), "like": "red"},
        },
        "places": {
            name: {"networks": [f"{address}/24".replace(".1/", ".0/")], **place(), **given()}
            for name, address in PLACES.items()
        },
        "teams": {
            name: {"members": chance.sample(PEOPLE, 3), **given()} for name in TEAMS
        },
        "people": {name: {**place(), **given()} for name in chance.sample(PEOPLE, 3)},
        "everyone": {"breaks": breaks()},
        "exceptions": [
            {
                "dates": day, "for": whom(chance),
                "breaks": chance.choice([breaks(), "none", {"add": breaks()}]),
            }
            for day in chance.sample(DATES, 12)
        ],
        "blackouts": [rule(chance) | {"for": whom(chance)} for _ in range(chance.randint(0, 2))],
        "suspensions": [
            {"for": whom(chance), "from": day, "until": day} for day in chance.sample(DATES, 2)
        ],
        "when_rules_disagree": {"two_teams": chance.choice(["most_generous", "narrowest"])},
    }  # fmt: skip


def whom(chance):
    return chance.choice([
        "everyone", {"person": chance.choice(PEOPLE)}, {"team": chance.choice(TEAMS)},
        {"place": chance.choice(list(PLACES))},
    ])  # fmt: skip


def rule(chance):
    """Write days and times."""
    found = {"at": [span(chance) for _ in range(chance.randint(1, 3))]}
    kinds = {
        "days": lambda: [days(chance) for _ in range(chance.randint(1, 2))],
        "month_days": lambda: chance.choice(
            [["1-5", -1], "-9 to -1", "20 to -1", [1, "10-31"], "8-28"]
        ),
        "months": lambda: row(chance, MONTHS),
        "years": lambda: chance.choice([2026, "2026-2028", [2025, 2026], 2027]),
        "dates": lambda: [
            chance.choice(DATES),
            "2026-11-02 to 2026-12-09",
            "2026-03-20 to 2026-04-01",
        ],
        "bank_holidays": lambda: chance.choice(["include", "exclude", "only"]),
    }
    for kind in chance.sample(sorted(kinds), chance.choice([0, 0, 1, 1, 2])):
        found[kind] = kinds[kind]()
    if chance.random() < 0.1:
        found |= {"every": f"{chance.randint(1, 4)} weeks", "starts": chance.choice(DATES)}
    return found


def days(chance):
    if chance.random() < 0.3:
        nth = chance.choice(["first", "second", "third", "fourth", "last"])
        return f"{nth} {chance.choice(WEEK)}, {chance.choice(WEEK)}"
    return row(chance, WEEK)


def row(chance, names):
    first, last = chance.choice(names), chance.choice(names)
    return first if first == last else f"{first}-{last}"


def span(chance):
    """Write a range, often in the small hours, where clocks are changed."""
    begin = chance.choice([chance.randrange(1440), chance.randrange(0, 240)])
    length = chance.choice([chance.randint(1, 120), chance.randint(1, 1439)])
    ends = (begin, (begin + length) % 1440)
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in ends)


def shuffled(chance, data, path=()):
    """Return the same file with everything in another order that has none."""
    if isinstance(data, dict):
        keys = chance.sample(sorted(data), len(data))
        return {key: shuffled(chance, data[key], (*path, key)) for key in keys}
    if isinstance(data, list) and path[-1] not in {"cycle", "identity"}:
        return [shuffled(chance, each, path) for each in chance.sample(data, len(data))]
    return data


def without_one(chance, file):
    """Return the file with one entry less in one list of breaks, and whether there was any."""
    less = json.loads(json.dumps(file))
    found = [
        holder
        for section in ("people", "teams", "places")
        for holder in less[section].values()
        if isinstance(holder.get("breaks"), list)
    ]
    found += [each for each in less["exceptions"] if isinstance(each["breaks"], list)]
    holder = chance.choice([*found, less["everyone"]])
    holder["breaks"].pop(chance.randrange(len(holder["breaks"])))
    holder["breaks"] = holder["breaks"] or "none"
    return less
