"""Whom a rule is about."""

import pytest

from breaktime.core.policy import EVERYONE, Subject, SubjectKind
from breaktime.core.who import Person
from office import person, place, team

ADA = Person("ada", ("office", "press"))

COVERS = [
    ("everyone", EVERYONE, ADA, None, True),
    ("everyone, nobody known", EVERYONE, None, "depot", False),
    ("the person", person("ada"), ADA, None, True),
    ("another person", person("adam"), ADA, None, False),
    ("one of the teams", team("press"), ADA, None, True),
    ("another team", team("ada"), ADA, None, False),
    ("the place", place("depot"), ADA, "depot", True),
    ("the place of nobody known", place("depot"), None, "depot", True),
    ("another place", place("depot"), ADA, "library", False),
    ("no place", place("depot"), ADA, None, False),
]


@pytest.mark.parametrize(
    ("subject", "who", "where", "covered"), [r[1:] for r in COVERS], ids=[r[0] for r in COVERS]
)
def test_whom_a_subject_covers(subject, who, where, covered):
    assert subject.covers(who, where) is covered


def test_everyone_is_a_subject_without_a_name():
    assert Subject(SubjectKind.EVERYONE) == EVERYONE
