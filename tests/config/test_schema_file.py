"""Has the file the sections that it should, each once, each known?"""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from breaktime.config.schema_file import Configuration, json_schema

LEAST = {
    "version": 1,
    "organisation": {"name": "A", "timezone": "Europe/London"},
    "controlled": {"categories": ["messaging"]},
}


def test_three_sections_are_enough():
    found = Configuration.model_validate(LEAST)
    assert found.organisation.timezone.key == "Europe/London"
    assert found.organisation.languages == ("en",)
    assert found.organisation.bank_holidays == "none"


@pytest.mark.parametrize("section", sorted(LEAST))
def test_and_none_of_them_may_be_missing(section):
    with pytest.raises(ValidationError):
        Configuration.model_validate({key: LEAST[key] for key in LEAST if key != section})


@pytest.mark.parametrize("version", [0, 2, "1", True, None, Decimal("1.0")])
def test_the_version_is_one(version):
    with pytest.raises(ValidationError):
        Configuration.model_validate({**LEAST, "version": version})


def test_each_key_of_the_schema_is_a_section():
    assert json_schema()["properties"].keys() == Configuration.model_fields.keys()


def test_what_was_read_does_not_change():
    found = Configuration.model_validate(LEAST)
    with pytest.raises(ValidationError):
        found.version = 2
