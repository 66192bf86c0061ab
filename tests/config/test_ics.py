# ruff: noqa: E501  a row of a table is one line
"""Is each event of a calendar the shift of the day that it begins on?"""

from pathlib import Path

import pytest

from breaktime.config import ics
from breaktime.config.draft import Draft
from breaktime.config.schema_rotas import Rota
from breaktime.config.sources import gather_text
from breaktime.core.signin import SignInNames
from written import LONDON

ZONE = """\
BEGIN:VTIMEZONE
TZID:Rota time
BEGIN:STANDARD
DTSTART:19701025T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events, head=""):
    return (
        f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}".replace("\n", "\r\n")
        + "".join(
            f"BEGIN:VEVENT\r\nUID:{n}\r\n"
            + "".join(f"{line}\r\n" for line in event)
            + "END:VEVENT\r\n"
            for n, event in enumerate(events)
        )
        + "END:VCALENDAR\r\n"
    )


def duties(folder, text, domains=(), **more):
    names = SignInNames(frozenset(domains))
    (folder / "r.ics").write_bytes(text.encode())
    draft = Draft(gather_text("rotas: {r: {calendar: r.ics}}", "breaktime.yaml", Path(folder)))
    rota = Rota.model_validate({"calendar": "r.ics", **more})
    return ics.duties(draft, ("rotas", "r", "calendar"), rota, LONDON, names), draft.problems


def days(folder, text, **more):
    found, problems = duties(folder, text, **more)
    assert not problems
    return [f"{one.day:%m-%d} {one.shift}" for one in sorted(found)]


EARLY = "SUMMARY:early"
# fmt: off
EVENTS = [
    # what the row shows           event                                                                             days
    ("a local time",               ["DTSTART:20261102T060000", EARLY],                                               ["11-02 early"]),
    ("a time with its zone",       ["DTSTART;TZID=Europe/London:20261102T060000", EARLY],                            ["11-02 early"]),
    ("a zone of the file's own",   ["DTSTART;TZID=Rota time:20261102T233000", EARLY],                                ["11-02 early"]),
    ("a zone of Windows",          ["DTSTART;TZID=GMT Standard Time:20261102T060000", EARLY],                        ["11-02 early"]),
    ("UTC is read here, summer",   ["DTSTART:20260706T233000Z", EARLY],                                              ["07-07 early"]),
    ("UTC is read here, winter",   ["DTSTART:20261102T233000Z", EARLY],                                              ["11-02 early"]),
    ("a night is its first day",   ["DTSTART:20261102T190000", "DTEND:20261103T070000", EARLY],                      ["11-02 early"]),
    ("an all-day event",           ["DTSTART;VALUE=DATE:20261102", EARLY],                                           ["11-02 early"]),
    ("several whole days",         ["DTSTART;VALUE=DATE:20261102", "DTEND;VALUE=DATE:20261105", EARLY],              ["11-02 early", "11-03 early", "11-04 early"]),
    ("it repeats",                 ["DTSTART:20261102T060000", "RRULE:FREQ=WEEKLY;COUNT=3", EARLY],                  ["11-02 early", "11-09 early", "11-16 early"]),
    ("until a day",                ["DTSTART;TZID=Europe/London:20261102T060000", "RRULE:FREQ=DAILY;UNTIL=20261103T235959Z", EARLY], ["11-02 early", "11-03 early"]),
    ("with an exception",          ["DTSTART:20261102T060000", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261103T060000", EARLY], ["11-02 early", "11-04 early"]),
    ("with another date",          ["DTSTART:20261102T060000", "RDATE:20261120T060000", EARLY],                      ["11-02 early", "11-20 early"]),
    ("over the clock change",      ["DTSTART;TZID=Europe/London:20261024T003000", "RRULE:FREQ=DAILY;COUNT=3", EARLY], ["10-24 early", "10-25 early", "10-26 early"]),
    ("a folded line",              ["DTSTART:20261102T060000", "SUMMARY:ear", " ly"],                                ["11-02 early"]),
    ("an escaped comma",           ["DTSTART:20261102T060000", r"SUMMARY:early\, desk"],                             ["11-02 early, desk"]),
    ("called off",                 ["DTSTART:20261102T060000", "STATUS:CANCELLED", EARLY],                           []),
]
# fmt: on


@pytest.mark.parametrize(("event", "found"), [r[1:] for r in EVENTS], ids=[r[0] for r in EVENTS])
def test_days_of_an_event(tmp_path, event, found):
    assert days(tmp_path, calendar(event, head=ZONE)) == found


def test_one_recurrence_may_be_moved_changed_and_called_off(tmp_path):
    text = calendar(
        ["DTSTART:20261102T060000", "RRULE:FREQ=DAILY;COUNT=4", EARLY],
        ["RECURRENCE-ID:20261103T060000", "DTSTART:20261110T190000", "SUMMARY:night"],
        ["RECURRENCE-ID:20261104T060000", "DTSTART:20261104T060000", EARLY, "STATUS:CANCELLED"],
    ).replace("UID:1", "UID:0").replace("UID:2", "UID:0")  # fmt: skip
    assert days(tmp_path, text) == ["11-02 early", "11-05 early", "11-10 night"]


def test_the_zone_of_a_whole_calendar_counts(tmp_path):
    text = calendar(["DTSTART:20261102T233000Z", EARLY], head="X-WR-TIMEZONE:Europe/Warsaw\n")
    assert days(tmp_path, text) == ["11-03 early"]


def test_the_shift_may_stand_elsewhere(tmp_path):
    event = [
        "DTSTART:20261102T060000",
        "SUMMARY:Ann",
        "LOCATION:early",
        "DESCRIPTION:late",
        "CATEGORIES:night",
    ]
    for where, found in (("location", "early"), ("description", "late"), ("categories", "night")):
        assert days(tmp_path, calendar(event), shift_from=where) == [f"11-02 {found}"]


def test_events_may_be_for_who_attends(tmp_path):
    event = [
        "DTSTART:20261102T060000",
        "ATTENDEE;CN=Ann:mailto:A.Jones@example.org",
        "ATTENDEE:MAILTO:b@x.org",
        EARLY,
    ]
    found, _ = duties(tmp_path, calendar(event), person_from="attendee")
    assert [one.person for one in found] == ["a.jones", "b"]


ATTENDS = [
    # who attends              domains of ours      who it is, or what is said
    ("A.Jones@example.org",    [],                  "a.jones"),
    ("A.Jones@example.org",    ["example.org"],     "a.jones"),
    ("A.Jones@EXAMPLE.org",    ["example.org"],     "a.jones"),
    ("EXAMPLE\\a.jones",       ["example"],         "a.jones"),
    ("a.jones",                ["example.org"],     "a.jones"),
    ("a.jones@other.org",      ["example.org"],     "a.jones@other.org"),
    ("stra\xdfe@example.org",   ["example.org"],     "r.ics:3:1: attendee: `stra\xdfe@example.org` is nobody who could attend"),
    ("",                       ["example.org"],     "r.ics:3:1: attendee: `early` names nobody who attends"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "domains", "who"), ATTENDS)
def test_who_attends_is_who_would_sign_in_by_that_name(tmp_path, address, domains, who):
    event = ["DTSTART:20261102T060000", f"ATTENDEE:mailto:{address}", EARLY]

    found, problems = duties(tmp_path, calendar(event), domains, person_from="attendee")

    assert [one.person for one in found] + [str(one) for one in problems] == [who]


FOR_EVER = [
    ("long ago",                  ["DTSTART:00010101T060000", "RRULE:FREQ=DAILY", EARLY]),
    ("each day for ten years",    ["DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20400101", "RRULE:FREQ=DAILY", EARLY]),
]  # fmt: skip


@pytest.mark.parametrize("event", [row[1] for row in FOR_EVER], ids=[row[0] for row in FOR_EVER])
def test_what_repeats_is_not_followed_further_than_so_many_days(tmp_path, monkeypatch, event):
    monkeypatch.setattr(ics, "MAX_DAYS", 500)
    laid_out = []
    real = ics._on
    monkeypatch.setattr(ics, "_on", lambda *asked: laid_out.append(1) or real(*asked))

    found, problems = duties(tmp_path, calendar(event))

    assert not found
    assert "these events mean more than 500 days; give the rota an `until`" in str(problems[0])
    assert len(laid_out) <= 501


@pytest.mark.parametrize("day", ["00010101", "00010102", "99991228", "99991231"])
def test_the_ends_of_the_calendar_are_no_traceback(tmp_path, day):
    for event in (
        [f"DTSTART;VALUE=DATE:{day}", EARLY],
        [f"DTSTART:{day}T060000Z", EARLY],
        [f"DTSTART:{day}T230000", EARLY],
    ):
        found, problems = duties(tmp_path, calendar(event))
        assert len(found) + len(problems) <= 1


def test_each_duty_knows_the_line_of_its_event(tmp_path):
    one = ["DTSTART:20261102T060000", "RRULE:FREQ=DAILY;COUNT=2", EARLY]
    found, _ = duties(tmp_path, calendar(one, one))
    assert [each.line for each in found] == [3, 3, 9, 9]
    assert {(each.file, each.where) for each in found} == {("r.ics", "summary")}


def test_only_the_days_between_from_and_until_are_taken(tmp_path):
    event = ["DTSTART:20200101T060000", "RRULE:FREQ=DAILY", EARLY]
    bounds = {"from": "2026-11-02", "until": "2026-11-04"}
    assert days(tmp_path, calendar(event), **bounds) == [
        "11-02 early",
        "11-03 early",
        "11-04 early",
    ]


def test_what_repeats_for_ever_is_followed_for_ten_years(tmp_path):
    found, _ = duties(tmp_path, calendar(["DTSTART:20261102T060000", "RRULE:FREQ=WEEKLY", EARLY]))
    assert len(found) == ics.FOLLOWED_DAYS // 7 + 1


def test_events_without_an_id_are_events_of_their_own(tmp_path):
    text = calendar(["DTSTART:20261102T060000", EARLY], ["DTSTART:20261103T060000", EARLY])
    assert days(tmp_path, text.replace("UID:", "X-UID:")) == ["11-02 early", "11-03 early"]


# fmt: off
WRONG = [
    ("too many events",          calendar(*[["DTSTART:20261102T060000"]] * 3),                   "r.ics:11:1: there are more than 2 events; export fewer months"),
    ("a library at a loss",      calendar(["DTSTART:20261102T060000", "RRULE:FREQ=DAILY;UNTIL=20261103;UNTIL=x", EARLY]), "export the file again"),
    ("two calendars",            calendar(["DTSTART:20261102T060000", EARLY]) * 2,               "r.ics:9:1: must hold one calendar"),
    ("an end without beginning", "END:VCALENDAR\r\n",                                            "r.ics:1:1: must hold one calendar"),
]
# fmt: on


@pytest.mark.parametrize(("text", "said"), [r[1:] for r in WRONG], ids=[r[0] for r in WRONG])
def test_what_cannot_be_read_is_refused(tmp_path, monkeypatch, text, said):
    monkeypatch.setattr(ics, "MAX_EVENTS", 2)
    found, problems = duties(tmp_path, text)
    assert not found
    assert said in str(problems[0])


def test_a_calendar_that_is_not_there_has_no_duties(tmp_path):
    draft = Draft(gather_text("rotas: {r: {calendar: r.ics}}", "breaktime.yaml", tmp_path))
    rota = Rota.model_validate({"calendar": "r.ics"})
    assert ics.duties(draft, ("rotas", "r", "calendar"), rota, LONDON, SignInNames()) == []
    assert len(draft.problems) == 1
