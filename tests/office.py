"""
A small council with one of everything: the policy that tests ask.

Everybody has lunch from 12:00 to 13:00 on weekdays, by the clock in London.
"""

from datetime import date
from ipaddress import ip_network
from types import MappingProxyType
from zoneinfo import ZoneInfo

from breaktime.core.breaks import Blackout, DatedException, Days, Suspension
from breaktime.core.cases import BusinessCase
from breaktime.core.platforms import PageShape, PathRole, Platform, Role
from breaktime.core.policy import EVERYONE, BreakList, Exemption, Policy, Subject, SubjectKind
from breaktime.core.request import Request
from breaktime.core.rule import Rule
from breaktime.core.what import Catalogue
from breaktime.core.who import Directory, Person, Place
from calendars import LONDON, WEEK, a_break, span

CATALOGUE = Catalogue(
    [
        Platform(
            "facebook",
            "Facebook",
            "social-network",
            domains={
                "facebook.com": Role.WEB,
                "fb.me": Role.SHORT,
                "graph.facebook.com": Role.API,
                "fbcdn.net": Role.CDN,
                "fbsbx.com": Role.EMBED,
            },
            paths=(PathRole("/exampleshire/plugins/*", Role.EMBED),),
            networks=("157.240.0.0/16",),
            shapes=(PageShape("/groups/{page}"), PageShape("/{page}")),
            reserved=frozenset({"groups", "login"}),
            parameters={"/profile.php": ("id",)},
        ),
        Platform(
            "instagram",
            "Instagram",
            "image-sharing",
            domains={"instagram.com": Role.WEB},
        ),
        Platform("tiktok", "TikTok", "video", domains={"tiktok.com": Role.WEB}),
        Platform("resolver", "Resolver", "dns-over-https", domains={"dns.example": Role.API}),
    ]
)

PEOPLE = {
    person.id: person
    for person in (
        Person("ada", ("office",)),
        Person("bob", ("comms",)),
        Person("cy", ("lines",)),
        Person("dan", ("office",)),
        Person("eve", ("members",)),
        Person("kim", ("office",)),
        Person("tess", ("office",)),
    )
}

PLACES = (
    Place("depot", (ip_network("10.30.0.0/16"),)),
    Place("library", (ip_network("10.60.0.0/16"),)),
    Place("town-hall", (ip_network("10.20.0.0/16"), ip_network("2001:db8:20::/48"))),
)


def person(name):
    return Subject(SubjectKind.PERSON, name)


def team(name):
    return Subject(SubjectKind.TEAM, name)


def place(name):
    return Subject(SubjectKind.PLACE, name)


def case(name, since, until, *, platforms=(), pages=()):
    return BusinessCase(
        Rule(f"business-case:{name}"),
        frozenset(platforms),
        frozenset(pages),
        date.fromisoformat(since),
        date.fromisoformat(until),
    )


def a_list(name, *breaks, adds=False):
    return BreakList(Rule(name), breaks, adds)


LUNCH = a_break("lunch", "12:00-13:00", WEEK)
TEA = a_break("tea", "15:00-15:15", WEEK)
CLIPS = a_break("clips", "16:00-16:15", WEEK, platforms=frozenset({"tiktok"}))
GROUP = ("facebook", "groups/foster-carers")

SETTINGS = {
    "organisation": "Exampleshire Council",
    "zone": LONDON,
    "catalogue": CATALOGUE,
    "directory": Directory(
        MappingProxyType(PEOPLE), MappingProxyType({"GG-Comms": ("comms",)}), PLACES
    ),
    "fingerprint": "f" * 64,
    "own_pages": {"facebook": {"exampleshire": Rule("own-page:facebook.com/exampleshire")}},
    "exemptions": (
        Exemption(Rule("exempt:members"), team("members")),
        Exemption(Rule("exempt:library"), place("library")),
    ),
    "cases": (
        (team("comms"), case("BC-1", "2026-11-23", "2026-11-24", platforms=["facebook"])),
        (person("tess"), case("BC-2", "2026-11-01", "2026-11-30", pages=[GROUP])),
        (person("kim"), case("BC-3", "2026-11-25", "2026-11-25", platforms=["tiktok"])),
        (person("dan"), case("BC-5", "2026-11-23", "2026-11-23", platforms=["instagram"])),
        (place("depot"), case("BC-4", "2026-11-25", "2026-11-25", platforms=["tiktok"])),
    ),
    "zones": {person("kim"): ZoneInfo("Europe/Warsaw")},
    "breaks": {
        EVERYONE: a_list("everyone", LUNCH),
        team("lines"): a_list("team:lines", TEA, CLIPS, adds=True),
    },
    "exceptions": (
        (
            EVERYONE,
            DatedException(
                Rule("exception:eve"),
                date(2026, 12, 24),
                date(2026, 12, 24),
                (a_break("eve", "12:00-17:00"),),
            ),
        ),
    ),
    "blackouts": (
        (team("lines"), Blackout(Rule("blackout:lines"), (span("11:30-12:15"),), Days(WEEK))),
    ),
    "suspensions": (
        (
            person("dan"),
            Suspension(Rule("suspension:HR-1"), date(2026, 11, 23), date(2026, 11, 23)),
        ),
    ),
}

OFFICE = Policy(**SETTINGS)


def ask(who, names, path="/", **more):
    """Make the request of a person for an address; `names` may hold several, with blanks."""
    return Request(tuple(names.split()), path=path, person=who, **more)
