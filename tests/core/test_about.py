"""One platform under all names of a request: copies are what is inside, wrappers lead on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.about import about
from breaktime.core.decide import Reason, Verdict, decide
from breaktime.core.names import query_parameters, repeated_parameters, split_address
from breaktime.core.platforms import PathRole, Platform, Role
from breaktime.core.request import Request
from breaktime.core.what import Catalogue
from calendars import utc
from office import CATALOGUE, OFFICE

CHIRP = Platform(
    "chirp",
    "Chirp",
    "social-network",
    domains={"chirp.example": Role.WEB, "ch.example": Role.WRAPPER, "l.ch.example": Role.SHORT},
    paths=(PathRole("/out", Role.WRAPPER), PathRole("/", Role.WRAPPER, "l.ch.example")),
)
WITH_WRAPPERS = replace(
    OFFICE, catalogue=Catalogue([*CATALOGUE.platforms.values(), CHIRP], never=["gov.uk"])
)
NIGHT, LUNCH = utc("2026-11-23 23:00"), utc("2026-11-23 12:30")

# fmt: off
ROWS = [
    # copies
    ("www-tiktok-com.translate.goog/@x?_x_tr_sl=en", "block", "tiktok", True),
    ("web.archive.org/web/2023/https://www.tiktok.com/@x", "block", "tiktok", True),
    ("www.translatetheweb.com/?a=https://tiktok.com", "block", "tiktok", True),
    ("www.translatetheweb.com/?a=https://a.example&a=https://tiktok.com", "block", "tiktok", True),
    ("www-bbc-co-uk.translate.goog/news?_x_tr_sl=en", "pass", None, False),
    ("web.archive.org/web/2023/https://www.bbc.co.uk/tiktok.com", "pass", None, False),
    ("web.archive.org/", "pass", None, False),
    ("archive.ph/https://www.gov.uk/tiktok.com", "pass", None, False),
    # of own pages: judged by what is inside too, unless it can be read in two ways
    ("web.archive.org/web/2023/https://facebook.com/exampleshire", "allow", "facebook", True),
    ("www-facebook-com.translate.goog/exampleshire", "allow", "facebook", True),
    ("www-facebook-com.translate.goog/other", "block", "facebook", True),
    ("translatetheweb.com/?a=facebook.com/exampleshire&a=facebook.com/other", "block", "facebook", True),  # noqa: E501  a table
    ("web.archive.org/web/2023/https://graph.facebook.com/exampleshire", "block", "facebook", True),
    # wrappers
    ("ch.example/abc", "pass", None, False),
    ("chirp.example/out?to=https://shop.example", "pass", None, False),
    ("chirp.example/out/more", "block", "chirp", False),
    ("chirp.example/abc", "block", "chirp", False),
    ("l.ch.example/?u=https://shop.example", "pass", None, False),
    ("l.ch.example/abc", "block", "chirp", False),
]
# fmt: on


def asked(text, *more):
    host, path, query = split_address(text)
    return Request(
        (host, *more),
        path=path,
        parameters=query_parameters(query),
        repeated=repeated_parameters(query),
        person="ada",
    )


@pytest.mark.parametrize(("text", "verdict", "platform", "bypass"), ROWS)
def test_a_request_is_about_what_it_shows(text, verdict, platform, bypass):
    found = decide(WITH_WRAPPERS, asked(text), NIGHT)

    assert (found.verdict, found.platform, found.bypass) == (verdict, platform, bypass)


def test_a_copy_is_open_when_the_platform_is():
    text = "web.archive.org/web/2023/https://www.tiktok.com/@x"

    assert decide(WITH_WRAPPERS, asked(text), LUNCH).reason is Reason.BREAK_FIXED


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("ch.example", "chirp.example"), Reason.OUTSIDE_BREAKS),
        (("chirp.example", "ch.example"), Reason.OUTSIDE_BREAKS),
        (("ch.example", "a.example"), Reason.NAME_MISMATCH),
        (("ch.example", "www.tiktok.com"), Reason.NAME_MISMATCH),
        (("web.archive.org", "a.example"), Reason.NOT_CONTROLLED),
        (("web.archive.org", "www.tiktok.com"), Reason.NAME_MISMATCH),
    ],
)
def test_a_wrapper_leads_on_under_no_other_name(names, reason):
    assert decide(WITH_WRAPPERS, Request(names, path="/abc", person="ada"), NIGHT).reason is reason


NAMES = st.lists(
    st.sampled_from(
        ["a.example", "www.gov.uk", "web.archive.org", "www-tiktok-com.translate.goog",
         "ch.example", "l.ch.example", "chirp.example", "facebook.com", "157.240.1.1"]
    ),
    max_size=4, unique=True,
)  # fmt: skip
PATHS = st.sampled_from(["/", "/out", "/exampleshire", "/web/2023/https://tiktok.com/"])


@given(NAMES, st.sampled_from(["chirp.example", "www.tiktok.com", "l.ch.example"]), PATHS)
def test_a_controlled_name_more_never_opens_what_is_blocked(names, more, path):
    request = Request(tuple(names), path=path, person="ada")
    added = replace(request, names=(*names, more))

    if decide(WITH_WRAPPERS, request, NIGHT).verdict is Verdict.BLOCK and any(
        not name[0].isdigit() for name in names
    ):
        assert decide(WITH_WRAPPERS, added, NIGHT).verdict is Verdict.BLOCK


@given(NAMES, PATHS)
def test_the_order_of_names_makes_no_difference(names, path):
    forwards = about(WITH_WRAPPERS.catalogue, Request(tuple(names), path=path))
    backwards = about(WITH_WRAPPERS.catalogue, Request(tuple(reversed(names)), path=path))

    assert (forwards[0] is None) == (backwards[0] is None)
    assert forwards[1] == backwards[1]
