"""What is written down of a judged request, and what is not."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.core.record import (
    VISITS,
    Action,
    Evidence,
    Keeping,
    action_of,
    failed,
    grade,
    keeping,
    message_of,
)
from breaktime.core.request import Fetch
from records import NOON, VISIT


def read(text):
    """Read what a browser says, for example ``document/navigate/none ?1 prefetch``."""
    parts, *rest = text.split()
    dest, mode, site = ("" if part == "-" else part for part in parts.split("/"))
    return Fetch(dest, mode, site, "?1" in rest, next((one for one in rest if one != "?1"), ""))


# fmt: off
GRADES = [
    #    what the row shows              destination/mode/site, user, purpose      method, page
    (Evidence.USER_NAVIGATION, [
        ("a link is clicked",               "document/navigate/same-origin ?1",       "GET html"),
        ("an address is typed",             "document/navigate/none ?1",              "GET html"),
        ("a form is sent",                  "document/navigate/same-site ?1",         "POST html"),
        ("a link on another site",          "document/navigate/cross-site ?1",        "GET html"),
        ("no mode is told",                 "document/-/none ?1",                     "GET html"),
    ]),
    (Evidence.NAVIGATION, [
        ("a redirect",                      "document/navigate/cross-site",           "GET html"),
        ("a script goes elsewhere",         "document/navigate/same-origin",          "GET html"),
        ("a session is restored",           "document/navigate/none",                 "GET html"),
    ]),
    (Evidence.BACKGROUND, [
        ("a document, but no navigation",   "document/no-cors/same-origin",           "GET html"),
        ("a picture of the page",           "image/no-cors/same-site",                "GET"),
        ("a service worker",                "serviceworker/same-origin/same-origin",  "GET"),
        ("a websocket",                     "websocket/websocket/same-origin",        "GET"),
        ("only the mode is told",           "-/websocket/-",                          "GET"),
    ]),
    (Evidence.SPECULATIVE, [
        ("fetched ahead",                   "document/navigate/none ?1 prefetch",     "GET html"),
        ("rendered ahead",                  "document/navigate/- prefetch;prerender", "GET html"),
        ("a script fetched ahead",          "script/no-cors/same-origin prefetch",    "GET"),
        ("an old browser fetches ahead",    "-/-/- prefetch",                         "GET html"),
    ]),
    (Evidence.EMBEDDED, [
        ("a frame",                         "iframe/navigate/cross-site",             "GET html"),
        ("a frame that is clicked in",      "iframe/navigate/same-origin ?1",         "GET html"),
        ("an old frame",                    "frame/navigate/same-origin",             "GET html"),
        ("a fenced frame",                  "fencedframe/navigate/cross-site",        "GET html"),
        ("an embedded player",              "embed/no-cors/cross-site",               "GET"),
        ("an object",                       "object/no-cors/same-site",               "GET"),
        ("a like button's script",          "script/no-cors/cross-site",              "GET"),
        ("a tracking pixel",                "image/no-cors/cross-site",               "GET"),
        ("a beacon from another site",      "empty/no-cors/cross-site",               "POST"),
        ("only the site is told",           "-/-/cross-site",                         "GET html"),
    ]),
    (Evidence.IN_PAGE, [
        ("a feed goes on",                  "empty/cors/same-origin",                 "GET"),
        ("a message is sent",               "empty/cors/same-site",                   "POST"),
    ]),
    (Evidence.INFERRED, [
        ("a service worker fetches a page", "empty/navigate/same-origin",             "GET html"),
        ("an old browser asks for a page",  "-/-/-",                                  "GET html"),
        ("an old browser looks",            "-/-/-",                                  "HEAD html"),
        ("an old browser sends a form",     "-/-/-",                                  "POST html"),
    ]),
    (Evidence.APP, [
        ("a preflight",                     "-/-/-",                                "OPTIONS html"),
        ("an app",                          "-/-/-",                                  "GET"),
        ("a connection",                    "-/-/-",                                  "-"),
    ]),
]
# fmt: on
GRADE_ROWS = [(*row, evidence) for evidence, rows in GRADES for row in rows]


@pytest.mark.parametrize(
    ("says", "asks", "evidence"), [r[1:] for r in GRADE_ROWS], ids=[r[0] for r in GRADE_ROWS]
)
def test_grade(says, asks, evidence):
    method, *page = asks.split()
    method = method.strip("-")

    assert grade(read(says), method, accepts_html=bool(page)) is evidence


def test_every_grade_has_a_row():
    assert {evidence for evidence, _ in GRADES} == set(Evidence)


def test_only_navigations_are_visits():
    """What a page does by itself is never counted against a person."""
    assert {Evidence.USER_NAVIGATION, Evidence.NAVIGATION} == VISITS


ALLOW = Decision(Verdict.ALLOW, Reason.BREAK_FIXED)
BLOCK = Decision(Verdict.BLOCK, Reason.OUTSIDE_BREAKS)
EXEMPT = Decision(Verdict.ALLOW, Reason.EXEMPT)
PASS = Decision(Verdict.PASS, Reason.NOT_CONTROLLED)
FAULT = Decision(Verdict.BLOCK, Reason.FILTER_ERROR)

# fmt: off
KEEPING = [
    # grade              allow      block      exempt     pass       fault
    ("user_navigation",  "ONE",     "ONE",     "NONE",    "NONE",    "ONE"),
    ("navigation",       "ONE",     "ONE",     "NONE",    "NONE",    "ONE"),
    ("inferred",         "ONE",     "ONE",     "NONE",    "NONE",    "ONE"),
    ("app",              "SELDOM",  "SELDOM",  "NONE",    "NONE",    "ONE"),
    ("embedded",         "NONE",    "NONE",    "NONE",    "NONE",    "ONE"),
    ("speculative",      "NONE",    "NONE",    "NONE",    "NONE",    "ONE"),
    ("in_page",          "NONE",    "SELDOM",  "NONE",    "NONE",    "ONE"),
    ("background",       "NONE",    "SELDOM",  "NONE",    "NONE",    "ONE"),
]
# fmt: on


@pytest.mark.parametrize(("evidence", "kept"), [(r[0], r[1:]) for r in KEEPING])
def test_keeping(evidence, kept):
    decisions = (ALLOW, BLOCK, EXEMPT, PASS, FAULT)

    assert [keeping(each, Evidence(evidence)) for each in decisions] == [Keeping[k] for k in kept]


def test_the_parts_of_a_copied_page_are_not_written_down():
    """An archived newspaper shows pictures and buttons of platforms; a page itself is written."""
    copied = BLOCK._replace(bypass=True)

    assert keeping(copied, Evidence.BACKGROUND) is keeping(copied, Evidence.IN_PAGE) is Keeping.NONE
    assert keeping(copied, Evidence.NAVIGATION) is Keeping.ONE


def test_every_grade_is_kept_or_not():
    assert {row[0] for row in KEEPING} == set(Evidence)


@pytest.mark.parametrize(
    ("verdict", "reason", "action"),
    [
        (Verdict.ALLOW, Reason.BREAK_FIXED, Action.VISIT_ALLOWED),
        (Verdict.ALLOW, Reason.BREAK_EXCEPTION, Action.VISIT_ALLOWED),
        (Verdict.ALLOW, Reason.BUSINESS_CASE, Action.VISIT_BUSINESS),
        (Verdict.ALLOW, Reason.OWN_PAGE, Action.VISIT_OWN_PAGE),
        (Verdict.BLOCK, Reason.OUTSIDE_BREAKS, Action.VISIT_BLOCKED),
        (Verdict.BLOCK, Reason.FILTER_ERROR, Action.VISIT_BLOCKED),
    ],
)
def test_action_of(verdict, reason, action):
    assert action_of(Decision(verdict, reason)) is action


def test_a_visit_that_came_to_nothing_is_taken_back():
    """Same id, person and page; what is new is what happened, when, and that it does not count."""
    later = NOON + timedelta(seconds=30)
    follow = failed(VISIT, later)

    assert (follow.action, follow.reason) == (Action.VISIT_FAILED, "origin_unreachable")
    assert (follow.at, follow.counted) == (later, False)
    assert follow.reason not in set(Reason)
    same = {"action": VISIT.action, "reason": VISIT.reason, "message": VISIT.message}
    assert replace(follow, at=NOON, counted=True, **same) == replace(VISIT, repeat=None)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence(reason):
    """Plain words, which say first what happened, in no more than a line."""
    message = message_of(Decision(Verdict.BLOCK, reason, name="facebook.com"))

    assert re.fullmatch(r"(Allowed|Blocked|Not controlled).*", message)
    assert "{" not in message
    assert len(message) <= 200


def test_a_sentence_names_the_listed_name():
    decision = Decision(Verdict.BLOCK, Reason.BLACKOUT, name="facebook.com")

    assert message_of(decision) == "Blocked: facebook.com, blackout"
