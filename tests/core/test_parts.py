# ruff: noqa: E501  a row of a table is one line
"""What belongs to another document, and where the line is."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.cases import BusinessCase
from breaktime.core.decide import Verdict, decide, is_embedded
from breaktime.core.parts import is_of_platform, may_be_of_part, opened_by
from breaktime.core.platforms import Helpers, PageShape, PathAt, PathRole, Platform, Role
from breaktime.core.policy import EVERYONE, Embeds, Logins, Policy
from breaktime.core.request import Opened, Request
from breaktime.core.rule import Rule
from breaktime.core.visit import Evidence, Fetch, grade, source_of
from breaktime.core.what import Catalogue
from calendars import utc
from office import SETTINGS

BOOK = Platform(
    "book",
    "Book",
    "social-network",
    domains={
        "book.example": Role.WEB, "graph.book.example": Role.API, "bookcdn.example": Role.CDN,
        "player.example": Role.EMBED, "sdk.book.example": Role.EMBED, "pixel.book.example": Role.PIXEL,
        "id.book.example": Role.LOGIN,
    },
    paths=(
        PathRole("/plugins/*", Role.EMBED), PathRole("/dialog/oauth", Role.LOGIN), PathRole("/tr", Role.PIXEL),
    ),
    shapes=(PageShape("/{page}"),),
    reserved=frozenset({"api", "dialog", "feed", "login", "plugins", "tr"}),
    helpers=Helpers(
        frozenset({"otherpictures.example"}),
        (PathAt("/api/*"), PathAt("/calls/*", "graph.book.example")),
        embeds=(PathAt("/api/plays"),),
        logins=(PathAt("/api/consent"),),
    ),
    login_forms={PathAt("/login"): ("next",)},
)  # fmt: skip
OTHER = Platform(
    "other", "Other", "social-network",
    domains={"other.example": Role.WEB, "otherpictures.example": Role.CDN},
    shapes=(PageShape("/{page}"),),
)  # fmt: skip
CATALOGUE = Catalogue([BOOK, OTHER])

OURS = Opened("book", "shire")
PRESS = Opened("book", "press")
OTHERS = Opened("book", "someone")
PLAYER = Opened("book", role=Role.EMBED)
DIALOG = Opened("book", role=Role.LOGIN)

POLICY = Policy(
    **{
        **SETTINGS,
        "catalogue": CATALOGUE,
        "own_pages": {"book": {"shire": Rule("own-page:book.example/shire")}},
        "cases": (
            (EVERYONE, BusinessCase(Rule("business-case:BC-1"), frozenset(), frozenset({("book", "press")}), date(2026, 11, 23), date(2026, 11, 24))),
        ),
    }
)  # fmt: skip
MORNING, LUNCH, AFTERWARDS = (
    utc("2026-11-23 10:00"),
    utc("2026-11-23 12:30"),
    utc("2026-11-25 10:00"),
)

NEWS = "https://news.example/story"
HOME = "https://www.book.example/"
SHIRE = "https://www.book.example/Shire/posts/1?x=y"


def asking(address, fetch, referer="", opened=(), names=(), method="GET", purpose="", **parameters):
    host, _, path = address.partition("/")
    dest, mode, site = ("" if part == "-" else part for part in fetch.split("/"))
    said = Fetch(dest, mode, site, user=True, purpose=purpose)
    source = source_of(referer, "")
    evidence = grade(
        said,
        method,
        accepts_html=dest in {"", "document"},
        controlled=is_of_platform(CATALOGUE, source),
    )
    return Request(
        (host, *names), "/" + path, parameters, person="ada", method=method,
        fetch=said, source=source, evidence=evidence, opened=frozenset(opened),
    )  # fmt: skip


PAGE = "document/navigate/cross-site"
FRAME = "iframe/navigate/cross-site"
IMAGE = "image/no-cors/cross-site"
SCRIPT = "script/no-cors/cross-site"
CALL = "empty/cors/same-origin"
NEAR = "empty/cors/same-site"
FAR = "empty/cors/cross-site"

# fmt: off
ROWS = [
    # what the row shows                          address                             says     from     opened      reason
    # parts of other sites
    ("a player on a news page",                   "player.example/1",                 FRAME,   NEWS,    (),         "embed"),
    ("a like button",                             "www.book.example/plugins/like",    FRAME,   NEWS,    (),         "embed"),
    ("a page that hides where it is",             "player.example/1",                 FRAME,   "",      (),         "embed"),
    ("the script of the button",                  "sdk.book.example/sdk.js",          SCRIPT,  NEWS,    (),         "embed"),
    ("a pixel",                                   "www.book.example/tr",              IMAGE,   NEWS,    (),         "embed"),
    ("a beacon",                                  "pixel.book.example/x",             FAR,     NEWS,    (),         "embed"),
    ("an old browser's button",                   "sdk.book.example/sdk.js",          "-/-/-", NEWS,    (),         "outside_breaks"),
    ("a picture in a story",                      "a.bookcdn.example/1.jpg",          IMAGE,   NEWS,    (),         "embed"),
    ("a picture from nobody knows where",         "a.bookcdn.example/1.jpg",          IMAGE,   "",      (),         "outside_breaks"),
    ("a picture that is opened",                  "a.bookcdn.example/1.jpg",          PAGE,    NEWS,    (),         "outside_breaks"),
    ("a picture in a frame",                      "a.bookcdn.example/1.jpg",          FRAME,   NEWS,    (),         "outside_breaks"),
    ("what a script fetches of pictures",         "a.bookcdn.example/1.jpg",          FAR,     NEWS,    (),         "outside_breaks"),
    ("a picture of an open tab",                  "a.bookcdn.example/1.jpg",          IMAGE,   HOME,    (),         "outside_breaks"),
    ("a player that is opened by itself",         "player.example/1",                 PAGE,    NEWS,    (),         "outside_breaks"),
    ("a plugin that is opened by itself",         "www.book.example/plugins/page",    PAGE,    NEWS,    (),         "outside_breaks"),
    ("a program asks for a player",               "player.example/1",                 "-/-/-", "",      (),         "outside_breaks"),
    ("the platform in a frame",                   "www.book.example/feed",            FRAME,   NEWS,    (),         "outside_breaks"),
    ("its script, told as a button's",            "www.book.example/feed",            SCRIPT,  NEWS,    (),         "outside_breaks"),
    ("its calls from another site",               "graph.book.example/me",            FAR,     NEWS,    (),         "outside_breaks"),
    ("its calls, told as a picture",              "graph.book.example/me",            IMAGE,   NEWS,    (),         "outside_breaks"),
    # what an embedded document is made of
    ("a player goes on",                          "player.example/api",               CALL,    "https://player.example/1", (PLAYER,), "embed"),
    ("a player that is no part of a site",        "player.example/api",               CALL,    "https://player.example/1", (), "outside_breaks"),
    ("pictures of a player",                      "a.bookcdn.example/1.jpg",          IMAGE,   "https://player.example/", (PLAYER,), "embed"),
    ("calls of a plugin",                         "www.book.example/api/plays",       CALL,    "https://www.book.example/plugins/page", (PLAYER,), "embed"),
    ("what only pages call, from a plugin",       "www.book.example/api/graphql",     CALL,    "https://www.book.example/plugins/page", (PLAYER,), "outside_breaks"),
    ("the same on another host",                  "graph.book.example/calls/x",       NEAR,    HOME,    (PLAYER, DIALOG), "outside_breaks"),
    ("what a dialog calls, from a plugin",        "www.book.example/api/consent",     CALL,    "https://www.book.example/plugins/page", (PLAYER, DIALOG), "outside_breaks"),
    ("calls of the feed beside a plugin",         "www.book.example/api/x",           CALL,    HOME,    (PLAYER,),  "outside_breaks"),
    # log-ins
    ("a log-in dialog",                           "www.book.example/dialog/oauth",    PAGE,    NEWS,    (),         "login"),
    ("a host for log-ins",                        "id.book.example/authorize",        PAGE,    NEWS,    (),         "login"),
    ("a log-in asks quietly",                     "id.book.example/status",           FAR,     NEWS,    (),         "login"),
    ("a password form",                           "www.book.example/login",           PAGE,    NEWS,    (),         "outside_breaks"),
    ("what is sent from the dialog",              "www.book.example/login",           PAGE,    "https://www.book.example/dialog/oauth", (), "login"),
    ("what is sent from a form",                  "www.book.example/login",           PAGE,    "https://www.book.example/login?next=/dialog/oauth", (), "login"),
    ("what is sent from another form",            "www.book.example/login",           PAGE,    "https://www.book.example/login?next=/feed", (), "outside_breaks"),
    ("pictures of the dialog",                    "a.bookcdn.example/1.js",           SCRIPT,  HOME,    (DIALOG,),  "login"),
    ("calls of the dialog",                       "www.book.example/api/consent",     CALL,    "https://www.book.example/dialog/oauth", (DIALOG,), "login"),
    ("what only pages call, from the dialog",     "www.book.example/api/graphql",     CALL,    "https://www.book.example/dialog/oauth", (DIALOG, OURS), "outside_breaks"),
    # own pages
    ("the own page",                              "www.book.example/Shire",           PAGE,    "",      (),         "own_page"),
    ("a call of it",                              "www.book.example/api/graphql",     CALL,    SHIRE,   (OURS,),    "own_page_helper"),
    ("a call of it that is not listed",           "www.book.example/feed/items",      CALL,    SHIRE,   (OURS,),    "outside_breaks"),
    ("a call of it, never opened",                "www.book.example/api/graphql",     CALL,    SHIRE,   (),         "outside_breaks"),
    ("a call of another page",                    "www.book.example/api/graphql",     CALL,    "https://www.book.example/ShireFans", (OURS,), "outside_breaks"),
    ("a call of a page that was open in a break", "www.book.example/api/graphql",     CALL,    "https://www.book.example/someone", (OTHERS, OURS), "outside_breaks"),
    ("a call of the feed",                        "www.book.example/api/graphql",     CALL,    HOME,    (OURS,),    "outside_breaks"),
    ("a call from nowhere",                       "www.book.example/api/graphql",     CALL,    "",      (OURS,),    "outside_breaks"),
    ("a call from a news page",                   "www.book.example/api/graphql",     FAR,     NEWS,    (OURS,),    "outside_breaks"),
    ("a helper that is gone to",                  "www.book.example/api/graphql",     PAGE,    SHIRE,   (OURS,),    "outside_breaks"),
    ("a helper in a frame",                       "www.book.example/api/graphql",     FRAME,   SHIRE,   (OURS,),    "outside_breaks"),
    ("a call on another host",                    "graph.book.example/calls/x",       NEAR,    HOME,    (OURS,),    "own_page_helper"),
    ("another call on that host",                 "graph.book.example/me",            NEAR,    HOME,    (OURS,),    "outside_breaks"),
    ("a listed path on another host",             "graph.book.example/api/x",         NEAR,    HOME,    (OURS,),    "outside_breaks"),
    ("a path that can be read in two ways",       "www.book.example/api/..%2ffeed",   CALL,    SHIRE,   (OURS,),    "outside_breaks"),
    ("its pictures",                              "a.bookcdn.example/1.jpg",          IMAGE,   HOME,    (OURS,),    "own_page_helper"),
    ("its pictures at another platform",          "otherpictures.example/1.jpg",      IMAGE,   HOME,    (OURS,),    "own_page_helper"),
    ("a font that a style sheet loads",           "a.bookcdn.example/a.woff2",        "font/cors/same-origin", "https://a.bookcdn.example/s.css", (OURS,), "own_page_helper"),
    ("pictures of another platform's page",       "otherpictures.example/1.jpg",      IMAGE,   "https://other.example/", (OURS,), "outside_breaks"),
    ("its icon",                                  "www.book.example/favicon.ico",     "image/no-cors/same-origin", SHIRE, (OURS,), "own_page_helper"),
    ("the icon of the feed",                      "www.book.example/favicon.ico",     "image/no-cors/same-origin", HOME, (OURS,), "outside_breaks"),
    ("another page by a click",                   "www.book.example/someone",         PAGE,    SHIRE,   (OURS,),    "outside_breaks"),
    ("the feed by a click",                       "www.book.example/",                PAGE,    SHIRE,   (OURS,),    "outside_breaks"),
    ("the log-in by a click",                     "www.book.example/login",           PAGE,    SHIRE,   (OURS,),    "outside_breaks"),
    ("another page by a script",                  "www.book.example/someone",         CALL,    SHIRE,   (OURS,),    "outside_breaks"),
    # pages of a business case
    ("a page of a case",                          "www.book.example/press",           PAGE,    "",      (),         "business_case"),
    ("a call of it",                              "www.book.example/api/x",           CALL,    "https://www.book.example/press", (PRESS,), "business_case_helper"),
    ("pictures of it",                            "a.bookcdn.example/1.jpg",          IMAGE,   HOME,    (PRESS,),   "business_case_helper"),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_where_the_line_is(row):
    address, fetch, referer, opened, reason = row

    decision = decide(POLICY, asking(address, fetch, referer, opened), MORNING)

    assert decision.reason == reason
    assert (decision.verdict is Verdict.BLOCK) == (reason == "outside_breaks")


# fmt: off
CALLERS = [
    # who calls                         says   from                                opened      part
    ("a player",                        CALL,  "https://player.example/1",         (),         True),
    ("a log-in dialog",                 CALL,  "https://www.book.example/dialog/oauth", (),    True),
    ("a page",                          CALL,  "https://www.book.example/someone", (PLAYER,),  False),
    ("a host, and a player is open",    NEAR,  "https://player.example/",          (PLAYER,),  True),
    ("a host, and a page is open",      NEAR,  "https://player.example/",          (OURS,),    False),
    ("another site",                    FAR,   NEWS,                               (PLAYER,),  False),
    ("nobody that is told",             FAR,   "",                                 (PLAYER,),  False),
    ("somebody who goes to a page",     PAGE,  "https://player.example/1",         (PLAYER,),  False),
]
# fmt: on


@pytest.mark.parametrize(
    ("fetch", "referer", "opened", "part"),
    [row[1:] for row in CALLERS],
    ids=[r[0] for r in CALLERS],
)
def test_whose_calls_may_be_those_of_a_player_or_a_dialog(fetch, referer, opened, part):
    call = asking("graph.book.example/calls/x", fetch, referer, opened)

    assert may_be_of_part(CATALOGUE, call) is part


def test_a_call_of_another_site_is_not_brought_along_by_an_open_page():
    call = asking("www.book.example/api/x", CALL, NEWS, (OURS,))

    unknown = decide(POLICY, replace(call, evidence=Evidence.BACKGROUND), MORNING)

    assert unknown.reason == "outside_breaks"


def test_an_old_browsers_button_is_known_by_what_it_accepts():
    button = asking("sdk.book.example/sdk.js", "-/-/-", NEWS)
    evidence = grade(Fetch(), "GET", accepts_html=False, controlled=False)

    assert decide(POLICY, replace(button, evidence=evidence), MORNING).reason == "embed"


def test_a_case_that_has_ended_helps_nobody_and_says_when():
    call = asking("www.book.example/api/x", CALL, "https://www.book.example/press", (PRESS,))

    assert decide(POLICY, call, MORNING).changes_at == utc("2026-11-25 00:00")
    assert decide(POLICY, call, AFTERWARDS).reason == "outside_breaks"


@pytest.mark.parametrize(
    "back",
    [
        "https://www.book.example/dialog/oauth?client_id=1",
        "/dialog/oauth?client_id=1",
        "https://id.book.example/authorize",
    ],
)
def test_a_form_that_leads_back_to_the_dialog_is_open(back):
    assert (
        decide(POLICY, asking("www.book.example/login", PAGE, next=back), MORNING).reason == "login"
    )


@pytest.mark.parametrize(
    "back",
    [
        "", "/", "/feed", "/dialog/oauth/../../feed", "/dialog/oauth/%2e%2e/feed", "//evil.example/dialog/oauth",
        "/\\evil.example/dialog/oauth", "https://evil.example/dialog/oauth", "https://other.example/dialog/oauth",
        "javascript:/dialog/oauth", "https://book.example@evil.example/dialog/oauth",
    ],
)  # fmt: skip
def test_a_form_that_leads_elsewhere_is_closed(back):
    form = asking("www.book.example/login", PAGE, next=back)

    assert decide(POLICY, form, MORNING).reason == "outside_breaks"


@pytest.mark.parametrize("other", ["www.book.example", "graph.book.example", "unknown.example"])
def test_a_second_name_of_another_kind_makes_it_no_part(other):
    """Whoever sends the name of a button and asks another host for the feed gets neither."""
    for address, fetch, referer in [
        ("sdk.book.example/feed", SCRIPT, NEWS),
        ("a.bookcdn.example/feed", IMAGE, NEWS),
        ("id.book.example/feed", PAGE, NEWS),
        ("a.bookcdn.example/feed", IMAGE, HOME),
    ]:
        request = asking(address, fetch, referer, (OURS,), names=[other])
        assert decide(POLICY, request, MORNING).verdict is Verdict.BLOCK


@pytest.mark.parametrize("embeds", [Embeds.PLACEHOLDER, Embeds.BLOCK])
def test_parts_of_other_sites_can_be_closed_outside_the_breaks(embeds):
    policy = replace(POLICY, embeds=embeds)
    player = asking("player.example/1", FRAME, NEWS)
    going_on = asking("player.example/api", CALL, "https://player.example/1", (PLAYER,))

    for request in (player, going_on):
        assert decide(policy, request, MORNING).reason == "outside_breaks"
        assert decide(policy, request, LUNCH).reason == "break_fixed"
        assert is_embedded(policy, request)
    assert not is_embedded(policy, asking("www.book.example/feed", FRAME, NEWS))
    assert not is_embedded(policy, asking("news.example/", FRAME, NEWS))
    assert not is_embedded(policy, asking("player.example/", FRAME, NEWS, names=["other.example"]))


def test_log_ins_can_count_as_visits():
    policy = replace(POLICY, logins=Logins.AS_VISIT)
    dialog = asking("www.book.example/dialog/oauth", PAGE, NEWS)

    assert decide(policy, dialog, MORNING).reason == "outside_breaks"
    assert decide(policy, dialog, LUNCH).reason == "break_fixed"


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender"])
def test_what_would_be_open_is_refused_while_nobody_asks_to_see_it(purpose):
    """Or it would be shown later without another request, and nobody could tell."""
    for address, at in [("www.book.example/Shire", MORNING), ("www.book.example/", LUNCH)]:
        decision = decide(POLICY, asking(address, PAGE, purpose=purpose), at)
        assert (decision.verdict, decision.reason) == (Verdict.BLOCK, "speculative")
    assert (
        decide(POLICY, asking("news.example/", PAGE, purpose=purpose), LUNCH).verdict
        is Verdict.PASS
    )


def test_a_player_fetched_ahead_is_not_there_yet():
    assert (
        decide(POLICY, asking("player.example/1", FRAME, NEWS, purpose="prefetch"), LUNCH).reason
        == "speculative"
    )


# fmt: off
SHOWN = [
    ("the own page",                "www.book.example/Shire",        PAGE,  "",     OURS),
    ("a post of it",                "www.book.example/Shire/1",      PAGE,  "",     OURS),
    ("it goes on",                  "www.book.example/api/x",        CALL,  SHIRE,  OURS),
    ("the feed",                    "www.book.example/",             PAGE,  "",     None),
    ("a player in a page",          "player.example/1",              FRAME, NEWS,   PLAYER),
    ("a dialog",                    "www.book.example/dialog/oauth", PAGE,  NEWS,   DIALOG),
    ("what is for programs",        "graph.book.example/x",          PAGE,  "",     None),
    ("a picture",                   "a.bookcdn.example/1",           IMAGE, HOME,   None),
    ("a call from its origin",      "graph.book.example/calls/x",    NEAR,  HOME,   None),
    ("a script of a button",        "sdk.book.example/sdk.js",       SCRIPT, NEWS,  None),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in SHOWN], ids=[row[0] for row in SHOWN])
def test_which_document_is_open_then(row):
    address, fetch, referer, shown = row
    request = asking(address, fetch, referer)

    assert opened_by(CATALOGUE, request, CATALOGUE.match(request.names[0], request.path)) == shown


def test_what_is_not_controlled_any_more_helps_nobody():
    gone = Opened("gone", "page")

    assert (
        decide(POLICY, asking("a.bookcdn.example/1", IMAGE, HOME, (gone,)), MORNING).reason
        == "outside_breaks"
    )


SAID = st.builds(
    Fetch,
    dest=st.sampled_from(["", "document", "iframe", "image", "script", "empty", "style", "x"]),
    mode=st.sampled_from(["", "navigate", "cors", "no-cors", "websocket"]),
    site=st.sampled_from(["", "none", "same-origin", "same-site", "cross-site"]),
    user=st.booleans(),
    purpose=st.sampled_from(["", "prefetch"]),
)


@given(
    SAID,
    st.sampled_from(Evidence),
    st.sampled_from(["", NEWS, HOME, SHIRE, "https://player.example/1"]),
    st.frozensets(st.sampled_from([OURS, PRESS, OTHERS, PLAYER, DIALOG])),
    st.sampled_from(["/", "/feed", "/someone", "/login", "/someone/plugins/x", "/apix"]),
)
def test_pages_for_people_stay_closed_whatever_the_headers_say(
    said, evidence, referer, opened, path
):
    """Law: where the catalogue says `web`, no header, true or forged, opens it."""
    request = Request(
        ("www.book.example",), path, {}, person="ada", method="GET",
        fetch=said, source=source_of(referer, ""), evidence=evidence, opened=opened,
    )  # fmt: skip

    assert decide(POLICY, request, MORNING).verdict is Verdict.BLOCK
