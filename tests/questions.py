"""Policies and questions of every kind, for laws that hold for all of them."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from breaktime.core.breaks import Blackout, DatedException, Days, Suspension
from breaktime.core.policy import EVERYONE, Disagreement, Policy
from breaktime.core.rule import Rule
from calendars import WEEK, a_break, span
from office import SETTINGS, a_list, ask, case, person, place, team

FB, TT, IG = "www.facebook.com", "www.tiktok.com", "instagram.com"
FIRST, LAST = date(2026, 11, 23), date(2026, 11, 25)

SUBJECTS = st.sampled_from([EVERYONE, person("ada"), team("office"), team("lines"), place("depot")])
BREAKS = st.sampled_from(
    [
        a_break("lunch", "12:00-13:00", WEEK),
        a_break("night", "22:00-06:00"),
        a_break("clips", "12:30-16:00", platforms=frozenset({"tiktok"})),
        a_break("day", "00:00-23:59"),
    ]
)
LISTS = st.lists(BREAKS, max_size=2, unique=True).map(tuple)


@st.composite
def breaks_of_subjects(draw):
    found = {}
    for subject in draw(st.lists(SUBJECTS, unique=True, max_size=5)):
        name = f"{subject.kind}:{subject.id}"
        found[subject] = a_list(name, *draw(LISTS), adds=draw(st.booleans()))
    return found


@st.composite
def dated(draw, build):
    subjects = draw(st.lists(SUBJECTS, unique=True, max_size=3))
    return tuple((subject, build(draw, n)) for n, subject in enumerate(subjects))


def an_exception(draw, n):
    return DatedException(Rule(f"exception:{n}"), FIRST, LAST, draw(LISTS), draw(st.booleans()))


def a_blackout(draw, n):
    at = draw(st.sampled_from(["12:00-12:30", "09:00-17:00"]))
    return Blackout(Rule(f"blackout:{n}"), (span(at),), Days(WEEK))


def a_suspension(draw, n):
    return Suspension(Rule(f"suspension:{n}"), FIRST, draw(st.sampled_from([FIRST, LAST])))


def a_case(draw, n):
    platforms = draw(st.sampled_from([["facebook"], ["tiktok"]]))
    return case(f"BC-{n}", "2026-11-23", "2026-11-24", platforms=platforms)


POLICIES = st.builds(
    lambda **settings: Policy(**{**SETTINGS, **settings}),
    breaks=breaks_of_subjects(),
    exceptions=dated(an_exception),
    blackouts=st.just(()) | dated(a_blackout),
    suspensions=st.just(()) | dated(a_suspension),
    cases=st.just(()) | dated(a_case),
    disagreement=st.sampled_from(Disagreement),
)
REQUESTS = st.builds(
    ask,
    st.sampled_from(["ada", "ada", "cy", "eve", "zoe", None]),
    st.sampled_from([FB, FB, TT, IG, f"{FB} {TT}", "example.org"]),
    st.sampled_from(["/", "/", "/exampleshire"]),
    client=st.sampled_from([None, "10.30.0.9", "10.60.0.9"]),
)
INSTANTS = st.integers(0, 5 * 24 * 12).map(
    lambda n: datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=5 * n)
)
