"""Do rules about people ask for what they need?"""

import pytest
from pydantic import ValidationError

from breaktime.config.schema_people import (
    BusinessCase,
    Exempt,
    InDirectory,
    Suspension,
    Team,
    WhenRulesDisagree,
)
from breaktime.core.policy import Disagreement

CASE = {
    "id": "BC-1",
    "for": {"person": "a"},
    "platforms": ["x"],
    "purpose": "work",
    "requested_by": "a",
    "approved_by": "b",
    "until": "2026-12-18",
}


def test_a_case_that_has_all_it_needs():
    assert BusinessCase.model_validate(CASE).from_ is None


@pytest.mark.parametrize("key", sorted(CASE))
def test_a_case_needs_every_one_of_these(key):
    with pytest.raises(ValidationError):
        BusinessCase.model_validate({name: CASE[name] for name in CASE if name != key})


def test_a_case_may_be_about_pages_alone():
    pages = {**CASE, "platforms": [], "pages": ["facebook.com/x"]}
    assert BusinessCase.model_validate(pages).pages == ("facebook.com/x",)


def test_an_exemption_says_why_and_for_one():
    assert Exempt.model_validate({"team": "a", "reason": "b"}).subject.id == "a"
    for wrong in ({"team": "a"}, {"reason": "b"}, {"team": "a", "place": "b", "reason": "c"}):
        with pytest.raises(ValidationError):
            Exempt.model_validate(wrong)


def test_a_suspension_does_not_end_before_it_begins():
    whom = {"for": {"person": "a"}, "from": "2026-11-30"}
    with pytest.raises(ValidationError, match="must not be before"):
        Suspension.model_validate({**whom, "until": "2026-11-29"})


def test_members_are_listed_or_in_the_directory():
    assert Team.model_validate({"members": ["A", "b"]}).members == ("a", "b")
    group = Team.model_validate({"members": {"directory_group": "GG-Legal"}}).members
    assert group == InDirectory(directory_group="GG-Legal")


def test_two_teams_are_generous_unless_said_otherwise():
    assert WhenRulesDisagree().two_teams is Disagreement.MOST_GENEROUS
    narrow = WhenRulesDisagree.model_validate({"two_teams": "narrowest"})
    assert narrow.two_teams is Disagreement.NARROWEST
