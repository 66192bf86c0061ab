"""Are names of everybody known, and those of one platform not taken for them?"""

import pytest

from breaktime.config import shipped_catalogue
from breaktime.config.broad import why_broad


@pytest.mark.parametrize(
    "name",
    [
        "com", "uk", "co.uk", "gov.uk", "nhs.uk", "com.au", "or.jp", "amazonaws.com",
        "s3.amazonaws.com", "cloudfront.net", "googleapis.com", "github.io", "qq.com",
    ],
)  # fmt: skip
def test_names_of_everybody(name):
    assert why_broad(name)


@pytest.mark.parametrize(
    "name", ["t.co", "x.com", "fb.me", "co.com", "exampleshire.gov.uk", "yt3.ggpht.com"]
)
def test_names_of_somebody(name):
    assert not why_broad(name)


def test_no_shipped_platform_lists_a_broad_name():
    platforms = shipped_catalogue().platforms.values()
    assert [name for each in platforms for name in each.domains if why_broad(name)] == []
