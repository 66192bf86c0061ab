# ruff: noqa: E501  a row of a table is one line
"""Is a rota written in one way only, with what belongs to that way?"""

import pytest
from pydantic import ValidationError

from breaktime.config.schema_rotas import Rota, Shift
from breaktime.core.wall import Span


def test_a_shift_has_hours_and_breaks_as_they_are_written():
    shift = Shift.model_validate({"hours": "19:00-07:00", "breaks": ["22:00-22:15", "01:30-02:15"]})
    assert shift.hours == Span(1140, 1860)
    assert shift.spans == (Span(1320, 1335), Span(90, 135))
    assert Shift.model_validate({"hours": "09:00-13:00", "breaks": "none"}).spans == ()


# fmt: off
GOOD = [
    {"starts": "2026-11-02", "cycle": ["early", "off"]},
    {"starts": "2026-11-02", "like": "red"},
    {"calendar": "a.ics"},
    {"calendar": "a.ics", "shift_from": "location", "person_from": "attendee", "names": {"E": "off"}},
    {"table": "a.csv", "from": "2026-11-02", "until": "2026-11-02"},
]
WRONG = [
    ({},                                                     "must have one of `cycle`, `like`, `calendar` or `table`"),
    ({"calendar": "a.ics", "table": "a.csv"},                "found `calendar` and `table`"),
    ({"cycle": ["early"]},                                   "`starts` is missing"),
    ({"like": "red"},                                        "`starts` is missing"),
    ({"table": "a.csv", "starts": "2026-11-02"},             "`starts` says nothing beside `table`"),
    ({"table": "a.csv", "person_from": "attendee"},          "`person_from` says nothing beside `table`"),
    ({"starts": "2026-11-02", "like": "red", "from": "2026-11-02"}, "`from` says nothing beside `like`"),
    ({"table": "a.csv", "from": "2026-11-02", "until": "2026-11-01"}, "must not be before"),
]
# fmt: on


@pytest.mark.parametrize("written", GOOD)
def test_a_rota_may_be_written_so(written):
    assert Rota.model_validate(written)


@pytest.mark.parametrize(("written", "said"), WRONG)
def test_a_rota_may_not_be_written_so(written, said):
    with pytest.raises(ValidationError, match=said):
        Rota.model_validate(written)
