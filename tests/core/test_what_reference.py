"""The matcher against reading every list, on a million names at random."""

import random

import pytest

from breaktime.core.platforms import Platform, Role
from breaktime.core.what import Catalogue

NAMES = 1_000_000
SEED = 20_261_122
LABELS = ["a", "b", "www", "x", "co", "com", "me", "t", "face", "book", "view", "view2", "nitter"]

PLATFORMS = [
    Platform(
        "one", "One", "forum", front_ends=("nitter",), exceptions=frozenset({"b.x.com"}),
        domains={"x.com": Role.WEB, "t.co": Role.SHORT, "book.x.com": Role.API, "a.b.me": Role.WEB},
    ),
    Platform(
        "two", "Two", "video", front_ends=("view",),
        domains={"face.com": Role.WEB, "x.face.com": Role.CDN, "www.x.com": Role.WEB},
    ),
]  # fmt: skip
NEVER = ["a.x.com", "co.me"]


ENTRIES = [(entry, None) for entry in NEVER]
ENTRIES += [(entry, one.id) for one in PLATFORMS for entry in one.domains]
ENTRIES += [(entry, None) for one in PLATFORMS for entry in one.exceptions]
FRONT_ENDS = {label: one.id for one in PLATFORMS for label in one.front_ends}


def reference(name):
    """Read every list; the longest entry that ends the name has it, then the first label."""
    ends = [(len(entry), owner) for entry, owner in ENTRIES if ("." + name).endswith("." + entry)]
    if ends:
        return max(ends, key=lambda end: end[0])[1]
    label, more, _ = name.partition(".")
    return FRONT_ENDS.get(label.rstrip("0123456789")) if more else None


@pytest.mark.slow
def test_the_matcher_agrees_with_reading_every_list():
    catalogue = Catalogue(PLATFORMS, NEVER)
    chance = random.Random(SEED)
    found = 0
    for _ in range(NAMES):
        name = ".".join(chance.choices(LABELS, k=chance.randint(1, 5)))
        match = catalogue.match(name)
        assert (match and match.platform) == reference(name), name
        found += match is not None
    assert NAMES // 50 < found < NAMES // 2
