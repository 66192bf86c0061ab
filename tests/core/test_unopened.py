# ruff: noqa: E501  a row of a table is one line
"""Which connections pass unopened: only where nothing in them could be closed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.breaks import Days, FlexibleBreak
from breaktime.core.decide import Reason, Verdict, decide
from breaktime.core.flexible import UNKNOWN, Sitting, Usage
from breaktime.core.policy import EVERYONE, Policy
from breaktime.core.request import Request
from breaktime.core.rule import Rule
from breaktime.core.unopened import unopened
from calendars import WEEK, span, utc
from office import OFFICE, SETTINGS, a_list, ask

FB, TT, IG = "www.facebook.com", "www.tiktok.com", "instagram.com"
ARCHIVE, TRANSLATED = "web.archive.org", "www-facebook-com.translate.goog"
FB_IP = "157.240.1.35"
LIBRARY = "10.60.0.9"

# fmt: off
ROWS = [
    # what the row shows                   who    names                from     at (UTC)            passes  why                 changes at
    ("in a break",                         "ada", FB,                  None,    "2026-11-23 12:30", True,   "break_fixed",      "2026-11-23 13:00"),
    ("with its address",                   "ada", f"{FB} {FB_IP}",     None,    "2026-11-23 12:30", True,   "break_fixed",      "2026-11-23 13:00"),
    ("by address alone",                   "ada", FB_IP,               None,    "2026-11-23 12:30", True,   "break_fixed",      "2026-11-23 13:00"),
    ("a translated page",                  "ada", TRANSLATED,          None,    "2026-11-23 12:30", True,   "break_fixed",      "2026-11-23 13:00"),
    ("an archive, whose pages nobody can tell", "ada", ARCHIVE,        None,    "2026-11-23 12:30", True,   "not_controlled",   "2026-11-23 13:00"),
    ("of a dated exception",               "ada", FB,                  None,    "2026-12-24 15:00", True,   "break_exception",  "2026-12-24 17:00"),
    ("an archive, of nobody known",        None,  ARCHIVE,             None,    "2026-11-23 12:30", False,  "not_controlled",   None),
    ("before the break",                   "ada", FB,                  None,    "2026-11-23 11:59", False,  "outside_breaks",   None),
    ("at its end",                         "ada", FB,                  None,    "2026-11-23 13:00", False,  "outside_breaks",   None),
    ("an archive outside the breaks",      "ada", ARCHIVE,             None,    "2026-11-23 13:00", False,  "not_controlled",   None),
    ("names that disagree",                "ada", f"{FB} {TT}",        None,    "2026-11-23 12:30", False,  "name_mismatch",    None),
    ("an innocent name beside it",         "ada", f"example.org {FB}", None,    "2026-11-23 12:30", False,  "name_mismatch",    None),
    ("what no break opens",                "ada", "dns.example",       None,    "2026-11-23 12:30", False,  "always_closed",    None),
    ("nobody known",                       None,  FB,                  None,    "2026-11-23 12:30", False,  "identity_unknown", None),
    ("somebody suspended",                 "dan", FB,                  None,    "2026-11-23 12:30", False,  "suspended",        None),
    ("a blackout",                         "cy",  FB,                  None,    "2026-11-23 12:05", False,  "blackout",         None),
    ("after the blackout",                 "cy",  FB,                  None,    "2026-11-23 12:20", True,   "break_fixed",      "2026-11-23 13:00"),
    ("a break for one platform, that one", "cy",  TT,                  None,    "2026-11-23 16:05", False,  "break_fixed",      None),
    ("a break for one platform, another",  "cy",  FB,                  None,    "2026-11-23 16:05", False,  "outside_breaks",   None),
    ("a business case outside the breaks", "bob", FB,                  None,    "2026-11-23 10:00", False,  "business_case",    None),
    ("a business case in a break",         "bob", FB,                  None,    "2026-11-23 12:30", True,   "business_case",    "2026-11-23 13:00"),
    ("exempt people, who are never opened", "eve", FB,                 None,    "2026-11-23 12:30", False,  "exempt",           None),
    ("an exempt place",                    "ada", FB,                  LIBRARY, "2026-11-23 12:30", False,  "exempt",           None),
]
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_connection_passes_where_everything_is_open(row):
    _, who, names, client, at, passes, why, until = row
    found = unopened(OFFICE, ask(who, names, client=client), utc(at))

    assert (found.passes, found.decision.reason, found.by_sitting) == (passes, why, False)
    if passes:
        assert found.decision.changes_at == utc(until)


def test_records_that_cannot_be_kept_let_nothing_pass():
    found = unopened(OFFICE, ask("bob", FB), utc("2026-11-23 12:30"), records_writable=False)

    assert not found.passes


SITTING = FlexibleBreak(Rule("break:own"), (span("09:00-17:00"),), Days(WEEK), minutes=30)
FREE = Policy(**(SETTINGS | {"breaks": {EVERYONE: a_list("everyone", SITTING)}}))
NINE = utc("2026-11-23 09:00")
HALF_HOUR = timedelta(minutes=30)
STARTED = Sitting(
    "break:own", NINE.date(), 1, NINE, utc("2026-11-23 17:00"), HALF_HOUR, (), NINE
)  # fmt: skip


def test_a_sitting_lets_connections_pass_that_its_stop_has_to_end():
    usage = Usage(running=STARTED)
    found = unopened(FREE, ask("ada", FB), NINE, usage=usage)

    assert (found.passes, found.by_sitting) == (True, True)
    assert found.decision.changes_at == NINE + HALF_HOUR
    case = unopened(FREE, ask("bob", FB), NINE, usage=usage)
    assert (case.passes, case.by_sitting) == (True, True)
    assert case.decision.reason is Reason.BUSINESS_CASE


@pytest.mark.parametrize("usage", [Usage(), UNKNOWN], ids=["not started", "ledger down"])
def test_a_sitting_that_is_not_known_to_go_on_lets_nothing_pass(usage):
    assert not unopened(FREE, ask("bob", FB), NINE, usage=usage).passes


PEOPLE = st.sampled_from(["ada", "bob", "cy", "dan", "eve", "kim", "tess", None])
HOSTS = [FB, TT, IG, "graph.facebook.com", "fbsbx.com", "x.fbcdn.net", "fb.me"]
INSTANTS = st.integers(0, 5 * 24 * 60).map(
    lambda minutes: datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(PEOPLE, st.sampled_from([*HOSTS, ARCHIVE]), INSTANTS, st.sampled_from(HOSTS))
def test_what_could_go_on_in_it_instead_is_open_too(who, host, at, other):
    request = Request((host,), person=who)
    found = unopened(OFFICE, request, at)

    if found.passes:
        end = found.decision.changes_at
        for instant in (at, end - timedelta(seconds=1)):
            instead = decide(OFFICE, replace(request, names=(other,)), instant)
            assert instead.verdict is not Verdict.BLOCK
