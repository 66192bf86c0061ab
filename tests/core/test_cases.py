"""A business case is about whole platforms, or about pages of them."""

from dataclasses import replace

import pytest

from breaktime.core.decide import Reason, decide
from calendars import utc
from office import GROUP, OFFICE, ask, case, person

WHOLE = case("whole", "2026-11-01", "2026-11-30", platforms=["facebook"])
PAGE = case("page", "2026-11-01", "2026-11-30", pages=[GROUP])


# fmt: off
ROWS = [
    (WHOLE, "facebook", None,                   True),
    (WHOLE, "facebook", "groups/cats",          True),
    (WHOLE, "tiktok",   None,                   False),
    (PAGE,  "facebook", "groups/foster-carers", True),
    (PAGE,  "facebook", "groups/cats",          False),
    (PAGE,  "facebook", None,                   False),
    (PAGE,  "tiktok",   "groups/foster-carers", False),
]
# fmt: on


@pytest.mark.parametrize(("one", "platform", "page", "covers"), ROWS)
def test_a_case_covers_what_it_names(one, platform, page, covers):
    assert one.covers(platform, page) is covers


def test_what_no_break_opens_a_business_case_does():
    whole_day = case("BC-9", "2026-11-23", "2026-11-23", platforms=["resolver"])
    office = replace(OFFICE, cases=((person("ada"), whole_day),))

    found = decide(office, ask("ada", "dns.example"), utc("2026-11-23 10:00"))

    assert found.reason is Reason.BUSINESS_CASE
