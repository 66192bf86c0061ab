"""Do times and subjects of the file become those of the core?"""

import pytest
from pydantic import ValidationError

from breaktime.config.schema_breaks import Blackout, Selection, WeeklyBreak, Whom, fits
from breaktime.core.breaks import Days, HolidayRule
from breaktime.core.policy import Subject, SubjectKind
from breaktime.core.wall import Span


def test_a_break_has_days_and_ranges():
    weekly = WeeklyBreak.model_validate({"days": "Mon-Fri", "at": "12:00-14:00"})
    assert weekly.spans == (Span(720, 840),)
    assert weekly.on() == Days(weekdays=frozenset(range(5)))


def test_a_break_without_days_is_daily():
    weekly = WeeklyBreak.model_validate({"at": "12:00-14:00", "bank_holidays": "only"})
    assert weekly.on() == Days(weekdays=None, holidays=HolidayRule.ONLY)


def test_lists_are_put_together_in_the_order_of_the_clock():
    ranges = ["15:15-15:30", "10:30-10:45", "15:15-15:30"]
    weekly = WeeklyBreak.model_validate({"days": ["Sat", "Sun-Mon"], "at": ranges})
    assert weekly.spans == (Span(630, 645), Span(915, 930))
    assert weekly.on().weekdays == {5, 6, 0}


@pytest.mark.parametrize("kind", ["person", "team", "place"])
def test_one_subject_is_named(kind):
    assert Whom.model_validate({kind: "x"}).subject == Subject(SubjectKind(kind), "x")


def test_a_person_is_meant_in_any_spelling():
    assert Whom.model_validate({"person": "R.Hughes"}).subject.id == "r.hughes"


@pytest.mark.parametrize("whom", [{}, {"person": "a", "team": "b"}])
def test_one_subject_and_no_other_number(whom):
    with pytest.raises(ValidationError, match="must name one person, one team or one place"):
        Whom.model_validate(whom)


def test_a_blackout_does_not_end_before_it_begins():
    times = {"for": "everyone", "at": "09:00-09:30", "from": "2026-11-30"}
    assert Blackout.model_validate({**times, "until": "2026-11-30"}).until
    with pytest.raises(ValidationError, match=r"`until` \(`2026-11-01`\) must not be before"):
        Blackout.model_validate({**times, "until": "2026-11-01"})


def test_keys_that_are_words_of_python_are_written_as_in_the_file():
    assert Selection.model_validate({"except": ["x"]}).except_ == ("x",)
    with pytest.raises(ValidationError):
        Selection.model_validate({"except_": ["x"]})


def test_a_break_that_people_start_has_a_span_to_choose_from():
    weekly = WeeklyBreak.model_validate({"minutes": 45, "between": "11:30-14:30", "sittings": 2})
    assert weekly.spans == (Span(690, 870),)
    assert (weekly.minutes, weekly.sittings) == (45, 2)


def test_a_break_of_a_night_may_be_chosen_past_midnight():
    fits(60, Span(1380, 1560), 2)
    with pytest.raises(ValueError, match=r"`between` \(`23:00-24:00`\) must be longer"):
        fits(60, Span(1380, 1440), 2)
