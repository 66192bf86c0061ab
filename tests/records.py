"""Records for tests: one of each kind, and arbitrary ones with hostile bytes in every text."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from breaktime.core.decide import Context, Reason, Verdict
from breaktime.core.record import Action, Counted, Purge, Raised, Record, Totals
from breaktime.core.signin import Strength
from breaktime.core.visit import Evidence

NOON = datetime(2026, 11, 23, 12, 7, 41, 318204, UTC)

VISIT = Record(
    at=NOON,
    action=Action.VISIT_ALLOWED,
    message="Allowed: facebook.com, in a break",
    ruleset="5f0c9e1b7a44",
    verdict=Verdict.ALLOW,
    reason=Reason.BREAK_FIXED,
    context=Context.BREAK,
    decision="d-7k3mq9x2vd",
    because=("break:lunch", "team:finance"),
    person="r.hughes",
    teams=("finance",),
    place="town-hall",
    platform="facebook",
    category="social",
    role="page",
    scheme="https",
    domain="www.facebook.com",
    path="/watch",
    parameters={"v": "1 2"},
    method="GET",
    status=200,
    bypass=True,
    evidence=Evidence.USER_NAVIGATION,
    counted=True,
    names=("www.facebook.com", "example.org"),
    removed=("query",),
    changes_at=datetime(2026, 11, 23, 14, tzinfo=UTC),
    error="KeyError",
    source="10.0.0.7",
    file="/etc/breaktime/config.yaml",
    problems=2,
    lost=3,
    granted=2700,
    used=1200,
    sitting=1,
    repeat=4,
    known_by=Strength.KERBEROS,
    by="m.finance",
    request="3f9a2c71",
    about="d-7k3mq9x2vd",
    note="I was on the phone.",
    purge=Purge("0" * 32, 3, "f" * 64, "break: 90 days"),
    raised=Raised("HR-2026-0143", True),
    tally=Counted(41, NOON, NOON, True),
    pseudonym="pbx4t7mzq2hd6wkr5n3a",
    session=Totals(3, 1284, 2, NOON.replace(second=0, microsecond=0), NOON, 402113, 18230114),
    outlet="syslog:siem.example.org:6514",
)
"""Every field says something."""

LOADED = Record(NOON, Action.CONFIG_LOADED, "Configuration loaded", "5f0c9e1b7a44")
"""Nothing is said that need not be."""

BLOCKED = VISIT._replace(
    action=Action.VISIT_BLOCKED, verdict=Verdict.BLOCK, reason=Reason.OUTSIDE_BREAKS
)

TEXT = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(codec=None), max_size=40),  # lone surrogates too
    st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    st.sampled_from(['{"a":1}\n{', "\r\n", "\x1b[2J", "\x00", "\u202e", "\u2028", "%s%%", "\x7f"]),
)
HUGE = st.one_of(
    TEXT, st.builds(lambda text, times: text * times, TEXT, st.sampled_from([30, 1000]))
)
MAYBE = st.none() | HUGE
SOME = st.lists(HUGE, max_size=20).map(tuple)


def _record(**fields):
    """Leave what is not named below as it is by default; `builds` would invent it."""
    return Record(**fields)


RECORDS = st.builds(
    _record,
    at=st.datetimes(datetime(1970, 1, 2), datetime(2900, 1, 1), timezones=st.just(UTC)),
    action=st.sampled_from(Action),
    message=HUGE,
    ruleset=st.just("5f0c9e1b7a44" * 5 + "0000"),
    verdict=st.none() | st.sampled_from(Verdict),
    reason=st.none() | st.sampled_from(Reason),
    context=st.none() | st.sampled_from(Context),
    decision=MAYBE,
    because=SOME,
    person=MAYBE,
    teams=SOME,
    place=MAYBE,
    platform=MAYBE,
    category=MAYBE,
    role=MAYBE,
    scheme=MAYBE,
    domain=MAYBE,
    path=MAYBE,
    parameters=st.dictionaries(TEXT, HUGE, max_size=4),
    method=MAYBE,
    status=st.none() | st.integers(100, 599),
    bypass=st.booleans(),
    evidence=st.none() | st.sampled_from(Evidence),
    counted=st.none() | st.booleans(),
    names=SOME,
    removed=SOME,
    changes_at=st.none() | st.just(NOON),
    error=MAYBE,
    source=MAYBE,
    file=MAYBE,
    problems=st.none() | st.integers(0, 10**6),
    lost=st.none() | st.integers(0, 10**6),
    granted=st.none() | st.integers(0, 10**6),
    used=st.none() | st.integers(0, 10**6),
    sitting=st.none() | st.integers(0, 10**6),
    repeat=st.none() | st.integers(0, 10**6),
    known_by=st.none() | st.sampled_from(Strength),
    by=MAYBE,
    request=MAYBE,
    about=MAYBE,
    note=MAYBE,
    session=st.none() | st.just(VISIT.session),
    raised=st.none() | st.just(VISIT.raised),
    tally=st.none() | st.just(VISIT.tally),
    pseudonym=st.none() | st.just(VISIT.pseudonym),
    outlet=MAYBE,
)
