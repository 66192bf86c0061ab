"""Longest suffix at label boundaries, longest network, whole segments."""

import itertools
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core import what
from breaktime.core.copies import Shown, shown_by
from breaktime.core.platforms import Match, PageShape, PathRole, Platform, Role
from breaktime.core.what import Catalogue, describe

BOOK = Platform(
    id="book",
    name="Book",
    category="social-network",
    domains={
        "book.example": Role.WEB,
        "graph.book.example": Role.API,
        "static.book.example": Role.CDN,
        "plugin.example": Role.EMBED,
    },
    exceptions=frozenset({"work.book.example", "bookview.project.example"}),
    front_ends=("bookview",),
    paths=(
        PathRole("/dialog/oauth", Role.LOGIN),
        PathRole("/v*/dialog/oauth", Role.LOGIN),
        PathRole("/plugins/*", Role.EMBED),
        PathRole("/tr", Role.PIXEL),
        PathRole("/*/embed", Role.EMBED),
        PathRole("/signals/*", Role.PIXEL, "plugin.example"),
        PathRole("/old", Role.SHORT, "book.example"),
    ),
    networks=("192.0.2.0/24", "2001:db8::/32"),
    shapes=(
        PageShape("/pages/*/{page}", "/{page}"),
        PageShape("/groups/{page}"),
        PageShape("/pg/{page}", "/{page}"),
        PageShape("/{page}"),
    ),
    reserved=frozenset({"login", "groups", "l.php", "pages", "pg", "profile.php", "groups/feed"}),
    ignore=".",
    parameters={"/profile.php": ("id", "name"), "/": ("front",)},
)
CHAT = Platform(
    id="chat",
    name="Chat",
    category="messaging",
    domains={"chat.book.example": Role.API, "chat.example": Role.WEB, "c.example": Role.SHORT},
    networks=("192.0.2.128/32", "203.0.113.0/24"),
    shapes=(PageShape("/@{page}"),),
)
BOTH = Catalogue([BOOK, CHAT], never=["never.book.example", "203.0.113.64/26", "198.51.100.1"])

# fmt: off
MATCHES = [
    ("book.example", "/", ("book", Role.WEB, "book.example")),
    ("www.book.example", "/", ("book", Role.WEB, "book.example")),
    ("a.b.c.book.example", "/", ("book", Role.WEB, "book.example")),
    ("v1.graph.book.example", "/", ("book", Role.API, "graph.book.example")),
    ("chat.book.example", "/", ("chat", Role.API, "chat.book.example")),
    ("notbook.example", "/", None),
    ("book.example.evil.example", "/", None),
    ("example", "/", None),
    ("", "/", None),
    ("work.book.example", "/", None),
    ("a.work.book.example", "/", None),
    ("never.book.example", "/", None),
    # a path may play another role
    ("m.book.example", "/v21.0/dialog/oauth?client_id=1", ("book", Role.LOGIN, "book.example")),
    ("book.example", "/dialog/oauth", ("book", Role.LOGIN, "book.example")),
    ("book.example", "/dialog/oauth/next", ("book", Role.WEB, "book.example")),
    ("book.example", "/tr/", ("book", Role.PIXEL, "book.example")),
    ("book.example", "/tr/more", ("book", Role.WEB, "book.example")),
    ("book.example", "/try", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/a/b", ("book", Role.EMBED, "book.example")),
    ("book.example", "/plugins/", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/../messages", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins%2f..%2fmessages", ("book", Role.WEB, "book.example")),
    ("book.example", "/%70lugins/a", ("book", Role.EMBED, "book.example")),
    ("book.example", "/plugins/a/", ("book", Role.EMBED, "book.example")),
    # what two servers may read in two ways is the page, which is the stricter answer
    ("book.example", "//plugins//a", ("book", Role.WEB, "book.example")),
    ("book.example", "/messages/../plugins/a", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/..%2fmessages", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/..\\messages", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/..;/messages", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/a#/../../messages", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/%252e%252e/messages", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/\x01", ("book", Role.WEB, "book.example")),
    ("book.example", "/plugins/" + "a" * 500, ("book", Role.EMBED, "book.example")),
    ("book.example", "/plugins/" + "a" * 60_000, ("book", Role.WEB, "book.example")),
    ("book.example", "", ("book", Role.WEB, "book.example")),
    ("book.example", "/x/embed", ("book", Role.EMBED, "book.example")),
    ("book.example", "/old", ("book", Role.SHORT, "book.example")),
    ("plugin.example", "/signals/1", ("book", Role.PIXEL, "plugin.example")),
    ("plugin.example", "/plugins/1", ("book", Role.EMBED, "plugin.example")),
    ("static.book.example", "/tr", ("book", Role.CDN, "static.book.example")),
    # front ends, by the whole first label
    ("bookview.net", "/", ("book", Role.MIRROR, "bookview.")),
    ("bookview2.somebody.example", "/tr", ("book", Role.MIRROR, "bookview.")),
    ("bookview", "/", None),
    ("www.bookview.net", "/", None),
    ("mybookview.net", "/", None),
    ("bookview-of.example", "/", None),
    ("bookviews.example", "/", None),
    ("bookview.project.example", "/", None),
    ("docs.bookview.project.example", "/", None),
    ("bookview.never.book.example", "/", None),
    ("bookview.chat.example", "/", ("chat", Role.WEB, "chat.example")),
    # addresses
    ("192.0.2.1", "/", ("book", Role.API, "192.0.2.0/24")),
    ("192.0.2.128", "/", ("chat", Role.API, "192.0.2.128/32")),
    ("2001:db8::7", "/", ("book", Role.API, "2001:db8::/32")),
    ("203.0.113.1", "/", ("chat", Role.API, "203.0.113.0/24")),
    ("203.0.113.65", "/", None),
    ("198.51.100.1", "/", None),
    ("64:ff9b::c000:201", "/", ("book", Role.API, "192.0.2.0/24")),
    ("64:ff9b::cb00:7141", "/", None),
    ("64:ff9b::1:c000:201", "/", None),
    ("2002:c000:201::1", "/", ("book", Role.API, "192.0.2.0/24")),
    ("2002:101:101::1", "/", None),
    ("2001:db9::7", "/", None),
    ("1.2.3.999", "/", None),
    ("a:b", "/", None),
    ("1.2.3.²", "/", None),
]

PAGES = [
    ("/ExampleShire", {}, "exampleshire"),
    ("/ExampleShire/posts/1", {}, "exampleshire"),
    ("/example.shire", {}, "exampleshire"),
    ("/ExampleShire/", {}, "exampleshire"),
    ("//ExampleShire//", {}, None),  # to some servers `//host/path` is an address
    ("/login/../ExampleShire", {}, None),
    ("/%45xampleShire", {}, "exampleshire"),
    ("/pg/ExampleShire/about", {}, "exampleshire"),
    ("/pages/Example-Shire/123", {}, "123"),
    ("/groups/Carers", {}, "groups/carers"),
    ("/straße-caf%C3%A9", {}, "straße-café"),
    ("/groups/feed", {}, None),
    ("/groups", {}, None),
    ("/login", {"next": "/exampleshire"}, None),
    ("/log.in", {}, None),
    ("/l.php", {"u": "exampleshire"}, None),
    ("/lphp", {}, None),
    ("/...", {}, None),
    ("/", {}, None),
    ("/one+two", {}, None),
    ("/one%2Ftwo", {}, None),
    ("/one two", {}, None),
    ("/one%252e", {}, None),
    ("/%ff", {}, None),
    ("/profile.php", {"id": "Ab1"}, "id=Ab1"),
    ("/PROFILE.php", {"name": "x"}, "name=x"),
    ("/profile.php", {"id": "a/b"}, None),
    ("/profile.php", {"id": "a" * 64}, "id=" + "a" * 64),
    ("/profile.php", {"id": "a" * 65}, None),
    ("/profile.php", {"id": "a" * 65, "name": "x"}, "name=x"),
    ("/profile.php", {}, None),
    ("/exampleshire", {"id": "9"}, "exampleshire"),
]

KEPT = [
    ("/profile.php", {"id": "Ab1", "name": "x", "token": "y"}, {"id": "Ab1", "name": "x"}),
    ("/PROFILE.php/", {"id": "1"}, {"id": "1"}),
    ("/profile.php", {"id": "a" * 64}, {"id": "a" * 64}),
    ("/profile.php", {"id": "a" * 65, "name": "x"}, {"name": "x"}),
    ("/profile.php", {"id": "somebody@example.org"}, {}),
    ("/profile.php", {"id": "two words"}, {}),
    ("/profile.php", {"id": "a\n"}, {}),
    ("/profile.php", {"id": ""}, {}),
    ("/profile.php", {}, {}),
    ("/profile.php/x", {"id": "1"}, {}),
    ("/x/..;/profile.php", {"id": "1"}, {}),
    ("/", {"front": "1"}, {"front": "1"}),
]

PAGE_ADDRESSES = [
    ("book.example/ExampleShire", ("book", "exampleshire")),
    ("https://www.book.example/groups/Carers?a=b", ("book", "groups/carers")),
    ("https://book.example/profile.php?id=12", ("book", "id=12")),
    ("https://book.example/profile.php?id=12&id=13", None),
    ("chat.example/@Name", ("chat", "@name")),
    ("c.example/@Name", ("chat", "@name")),
    ("chat.example/Name", None),
    ("chat.example/@", None),
    ("chat.book.example/@name", None),
    ("book.example/plugins/page", None),
    ("other.example/ExampleShire", None),
    ("ExampleShire", None),
    ("what?", None),
]

DESCRIBED = [
    ("https://www.book.example/x", ("book", "web")),
    ("WWW.BOOK.EXAMPLE.", ("book", "web")),
    ("book-example.translate.goog/x", ("book", "mirror")),
    ("web.archive.org/web/2023/https://book.example/x", ("book", "mirror")),
    ("archive.ph/book-example.translate.goog", ("book", "mirror")),
    ("archive.ph/" * 9 + "book.example", ("-", "-")),
    ("web.archive.org/web/2023/https://book.example/plugins/a", ("book", "mirror")),
    ("web.archive.org/web/2023/https://never.book.example/", ("-", "-")),
    ("web.archive.org/web/2023/https://bookview.net/", ("book", "mirror")),
    ("translatetheweb.com/?a=https://www.gov.uk&a=http://3221225985/", ("book", "mirror")),
    ("www-gov-uk.translate.goog/", ("-", "-")),
    ("archive.ph/nothing here", ("-", "-")),
    ("http://3221225985/", ("book", "api")),
    ("https://news.example/book.example?u=https://book.example", ("-", "-")),
    ("\ud800\x00", ("-", "-")),
    ("", ("-", "-")),
    ("book.example/" * 100_000, ("book", "web")),
]
# fmt: on


@pytest.mark.parametrize(("name", "path", "expected"), MATCHES)
def test_the_longest_listed_name_or_network_wins(name, path, expected):
    assert BOTH.match(name, path) == (expected and Match(*expected))


@pytest.mark.parametrize(("path", "parameters", "expected"), PAGES)
def test_a_page_is_named_by_whole_segments(path, parameters, expected):
    assert BOOK.page_of(path, parameters) == expected


@pytest.mark.parametrize(("path", "parameters", "kept"), KEPT)
def test_only_what_names_a_page_is_kept_of_a_query(path, parameters, kept):
    assert BOOK.page_parameters(path, parameters) == kept


@pytest.mark.parametrize(("text", "expected"), PAGE_ADDRESSES)
def test_a_page_is_read_as_an_administrator_writes_it(text, expected):
    assert BOTH.page_address(text) == expected


@pytest.mark.parametrize(("address", "expected"), DESCRIBED)
def test_every_line_is_described(address, expected):
    assert describe(BOTH, address) == expected


def test_a_platform_without_listed_facts_has_no_pages():
    assert Platform("a", "A", "forum").page_of("/x", {}) is None


def test_never_wins_over_every_list():
    catalogue = Catalogue([BOOK, CHAT], never=["book.example", "192.0.2.0/24"])
    assert catalogue.match("graph.book.example") is None
    assert catalogue.match("chat.book.example") is None
    assert catalogue.match("192.0.2.128") is None
    assert catalogue.match("2001:db8::7") is not None
    assert catalogue.match("chat.example") is not None


def test_the_chosen_ones_only():
    book = BOTH.only(["book", "unknown"], never=["static.book.example"])
    assert list(book.platforms) == ["book"]
    assert book.match("www.book.example") is not None
    assert book.match("static.book.example") is None
    assert book.match("never.book.example") is None
    assert book.match("chat.example") is None


def test_a_name_of_a_platform_that_is_not_chosen_stays_its_own():
    book = BOTH.only(["book"])
    assert book.match("chat.book.example") is None
    assert book.match("192.0.2.128") is None
    assert book.only(["book"]).match("chat.book.example") is None
    assert BOTH.only(["chat"]).match("chat.book.example") == Match(
        "chat", Role.API, "chat.book.example"
    )


def test_a_listed_name_is_stronger_than_an_exception_of_another_platform():
    work = Platform("work", "Work", "messaging", domains={"work.book.example": Role.WEB})
    for platforms in itertools.permutations([BOOK, work]):
        assert Catalogue(platforms).match("work.book.example") is not None


def test_a_copy_of_a_button_stays_a_button():
    """An archived newspaper is full of them; nobody went to the platform."""
    inside = "/web/2023im_/https://book.example"
    roles = [
        BOTH.find(Shown("web.archive.org", inside + path))[0].role
        for path in ("/plugins/a", "/tr", "/dialog/oauth", "/x")
    ]
    assert roles == [Role.EMBED, Role.PIXEL, Role.MIRROR, Role.MIRROR]


def test_copies_in_copies_in_copies_are_given_up_in_the_end(monkeypatch):
    """Each can be read in several ways, and so can each of those."""
    looked = []
    monkeypatch.setattr(what, "shown_by", lambda each: looked.append(each) or shown_by(each))
    nested = Shown("archive.ph", "/" + "archive.ph/http%253A%252F%252Farchive.ph/" * 50)

    assert BOTH.find(nested)[0] is None
    assert len(looked) <= 64


@pytest.mark.parametrize(
    "catalogue", [BOTH.only(["book"], copies=False), BOTH.only(["book"], ["archive.org"])]
)
def test_copies_may_be_left_alone_all_of_them_or_one(catalogue):
    asked = Shown("web.archive.org", "/web/2023/https://book.example/")

    assert BOTH.find(asked)[0].bypass
    assert BOTH.has_to_open(asked.host)
    assert catalogue.find(asked) == (None, asked)
    assert not catalogue.has_to_open(asked.host)


def test_only_what_the_name_does_not_say_has_to_be_opened():
    assert not BOTH.has_to_open("www.google.com")
    assert not BOTH.has_to_open("www-book-example.cdn.ampproject.org")
    assert BOTH.find(Shown("www-book-example.cdn.ampproject.org"))[0].bypass


def test_the_order_of_platforms_makes_no_difference():
    twin = Platform("atwin", "Twin", "forum", domains=BOOK.domains, networks=BOOK.networks)
    first, *others = (Catalogue(order) for order in itertools.permutations([BOOK, CHAT, twin]))
    for name, path, _ in MATCHES:
        for other in others:
            assert first.match(name, path) == other.match(name, path)
    assert first.match("book.example") == Match("atwin", Role.WEB, "book.example")


def test_a_network_with_bits_behind_its_mask_is_refused():
    with pytest.raises(ValueError, match="host bits"):
        Catalogue([Platform("a", "A", "forum", networks=("192.0.2.1/24",))])


def reference(platforms, never, name):
    """Read every list, and say which one has the longest entry."""
    best = (-1, None)
    try:
        address = ip_address(name)
    except ValueError:
        if any(("." + name).endswith("." + entry) for entry in never):
            return None
        for platform in platforms:
            for entry in platform.domains:
                if ("." + name).endswith("." + entry):
                    best = max(best, (len(entry), platform.id))
    else:
        for platform in platforms:
            for entry in platform.networks:
                network = ip_network(entry)
                if address.version == network.version and address in network:
                    best = max(best, (network.prefixlen, platform.id))
    return best[1]


LABELS = st.sampled_from(["book", "chat", "c", "graph", "xbook", "example", "a"])
RANDOM_NAMES = st.one_of(
    st.lists(LABELS, min_size=1, max_size=5).map(".".join),
    st.lists(LABELS, max_size=3).map(lambda labels: ".".join([*labels, "book.example"])),
    st.integers(0xC0000200, 0xC00002FF).map(lambda number: str(ip_address(number))),
    st.ip_addresses().map(str),
)


@given(RANDOM_NAMES, st.sets(st.sampled_from(["book.example", "chat.book.example", "example"])))
def test_the_catalogue_agrees_with_reading_every_list(name, never):
    platforms = [BOOK, CHAT]
    found = Catalogue(platforms, never).match(name)
    assert (found and found.platform) == reference(platforms, never, name)


@given(st.text(), st.text())
def test_nothing_raises_on_any_request(name, path):
    BOTH.match(name, path)
    BOTH.match("book.example", path)
    BOTH.page_address(name)
    BOOK.page_of(path, {"id": name})
    platform, role = describe(BOTH, name)
    assert (platform == "-") == (role == "-")


def test_the_names_that_match_nothing_can_be_asked_for():
    assert Catalogue([BOOK], ["nhs.uk"]).only({"book"}, ["gov.uk"]).never == {"nhs.uk", "gov.uk"}
