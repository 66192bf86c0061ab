"""Are bank holidays those of the region that is named?"""

from datetime import date

import pytest

from breaktime.config.regions import FIRST_YEAR, LAST_YEAR, bank_holidays, holiday_name, region


@pytest.mark.parametrize("written", ["GB-ENG", "GB-NIR", "PL", "DE-BY", "US-NY", "none"])
def test_regions(written):
    assert region(written) == written


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("England", "`England` is not a region with known bank holidays; did you mean `GB-ENG`"),
        ("Scotland", "`Scotland` is not a region with known bank holidays; did you mean `GB-SCT`"),
        ("poland", "`poland` is not a region with known bank holidays; did you mean `PL`"),
        ("gb-eng", "`gb-eng` is not a region with known bank holidays; did you mean `GB-ENG`"),
        ("GB_ENG", "`GB_ENG` is not a region with known bank holidays; did you mean `GB-ENG`"),
        (
            "Narnia-by-the-Sea",
            (
                "`Narnia-by-the-Sea` is not a region with known bank holidays; write for example"
                " `GB-ENG`, or `none`"
            ),
        ),
        ("GB-ENGLAND", "`GB-ENGLAND` is not a part of `GB`; did you mean `GB-ENG`"),
        ("GB-", "`GB-` is not a part of `GB`; write `GB-ENG`, `GB-NIR`, `GB-SCT` or `GB-WLS`"),
    ],
)
def test_regions_that_nobody_knows(written, says):
    with pytest.raises(ValueError, match=r"region|part") as caught:
        region(written)
    assert str(caught.value) == says


def test_parts_of_a_country_differ():
    boxing_day, hogmanay = date(2026, 12, 28), date(2026, 1, 2)
    assert boxing_day in bank_holidays("GB-ENG")  # the 26th is a Saturday
    assert hogmanay in bank_holidays("GB-SCT")
    assert hogmanay not in bank_holidays("GB-ENG")
    assert not bank_holidays("none")


def test_the_years_are_covered_from_end_to_end():
    years = {day.year for day in bank_holidays("GB-ENG")}
    assert years == set(range(FIRST_YEAR, LAST_YEAR + 1))


@pytest.mark.parametrize(
    ("where", "day", "name"),
    [
        ("GB-ENG", "2026-12-25", "Christmas Day"),
        ("GB-ENG", "2026-12-24", ""),
        ("PL", "2026-11-11", "National Independence Day"),
        ("none", "2026-12-25", ""),
    ],
)
def test_holidays_have_names(where, day, name):
    assert holiday_name(where, date.fromisoformat(day)) == name
