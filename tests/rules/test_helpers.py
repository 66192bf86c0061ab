"""What the shipped platforms say about the helpers of a page."""

import pytest

from breaktime.config.rules import shipped_catalogue
from breaktime.core.platforms import Role

CATALOGUE = shipped_catalogue()
PLATFORMS = CATALOGUE.platforms


@pytest.mark.parametrize("stem", PLATFORMS)
def test_helpers_are_pictures_and_programs_of_others_and_no_pages(stem):
    platform = PLATFORMS[stem]
    for name in platform.helpers.hosts:
        assert CATALOGUE.match(name).role is Role.CDN, name
    for at in (*platform.helpers.paths, *platform.login_forms):
        if at.name:
            continue
        path = at.path
        first = path.split("/")[1]
        assert "*" in first or platform.page_of(f"/{first}/x", {}) is None, path
