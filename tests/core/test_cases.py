"""A business case is about whole platforms, or about pages of them."""

import pytest

from office import GROUP, case

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
