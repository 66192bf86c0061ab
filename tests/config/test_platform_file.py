"""A platform file says what it means, or what is wrong with it."""

import pytest
import yaml
from pydantic import ValidationError

from breaktime.config.platform_file import PlatformFile
from breaktime.core.platforms import Helpers, PageShape, PathAt, PathRole, Role

TEXT = """
name: Book
category: social-network
aliases: [bk]
domains:
  web: [book.example]
  api: [graph.book.example]
  short: [b.example]
except: [work.book.example]
paths:
  login: [/v*/dialog/oauth]
  pixel: [/tr, b.example/i/ad]
pages:
  shapes:
    - /{page}
    - /groups/{page}
    - {path: "/pages/*/{page}", same_as: "/{page}"}
    - /@{page}
  reserved: [login, l.php]
  ignore: "."
  parameters: {/profile.php: [id]}
helpers:
  hosts: [pictures.example]
  paths: [/api/graphql, graph.book.example/v*/*]
login_forms: {/login.php: [next]}
networks: [192.0.2.0/24, "2001:db8::/32"]
sources: [own]
"""

# fmt: off
REFUSED = [
    ({"colour": "blue"}, "Extra inputs"),
    ({"category": "fun"}, "social-network"),
    ({"name": ""}, "at least 1"),
    ({"sources": []}, "at least 1"),
    ({"domains": {}}, "at least one name"),
    ({"domains": {"webs": ["book.example"]}}, "Extra inputs"),
    ({"domains": {"web": ["WWW.Book.example"]}}, "as it is matched: `www.book.example`"),
    ({"domains": {"web": ["https://book.example"]}}, "cannot be the name of a host"),
    ({"domains": {"web": ["book"]}}, "must be a name with a dot"),
    ({"domains": {"web": ["192.0.2.1"]}}, "addresses belong under `networks`"),
    ({"domains": {"web": ["2001:db8::1"]}}, "addresses belong under `networks`"),
    ({"domains": {"web": ["book.example"], "api": ["book.example"]}},
     "`book.example` is listed as web and as api"),
    ({"except": ["other.example"]}, "must lie below a name listed"),
    ({"paths": {"login": ["dialog"]}}, "must be a path such as"),
    ({"paths": {"login": ["/a b"]}}, "must be a path such as"),
    ({"paths": {"login": ["/"]}}, "must be a path such as"),
    ({"paths": {"login": ["other.example/x"]}}, "`other.example` must be listed in `domains`"),
    ({"paths": {"login": ["Book.example/x"]}}, "as it is matched"),
    ({"helpers": {"paths": ["api"]}}, "must be a path such as"),
    ({"helpers": {"paths": ["other.example/x"]}}, "`other.example` must be listed in `domains`"),
    ({"helpers": {"hosts": ["graph.book.example"]}}, "`graph.book.example` is the platform's own"),
    ({"helpers": {"hosts": ["Pictures.example"]}}, "as it is matched"),
    ({"login_forms": {"login": ["next"]}}, "must be a path such as"),
    ({"login_forms": {"other.example/x": ["next"]}}, "must be listed in `domains`"),
    ({"pages": {"shapes": ["/groups"]}}, "a path with one `{page}`"),
    ({"pages": {"shapes": ["/{page}/{page}"]}}, "a path with one `{page}`"),
    ({"pages": {"shapes": ["/Groups/{page}"]}}, "must be lower case"),
    ({"networks": ["192.0.2.1/24"]}, "must be a network such as"),
    ({"networks": ["192.0.2.1"]}, "as it is matched: `192.0.2.1/32`"),
]
# fmt: on


def read(**changes):
    return PlatformFile.model_validate({**yaml.safe_load(TEXT), **changes})


def test_a_file_becomes_a_platform():
    platform = read().to_platform("book")
    assert (platform.id, platform.name, platform.category) == ("book", "Book", "social-network")
    assert platform.domains == {
        "book.example": Role.WEB,
        "graph.book.example": Role.API,
        "b.example": Role.SHORT,
    }
    assert platform.exceptions == {"work.book.example"}
    assert set(platform.paths) == {
        PathRole("/v*/dialog/oauth", Role.LOGIN),
        PathRole("/tr", Role.PIXEL),
        PathRole("/i/ad", Role.PIXEL, "b.example"),
    }
    assert platform.networks == ("192.0.2.0/24", "2001:db8::/32")
    assert platform.page_of("/groups/Carers", {}) == "groups/carers"
    assert platform.page_of("/pages/x/1", {}) == "1"
    assert platform.page_of("/profile.php", {"id": "7"}) == "id=7"
    assert platform.helpers == Helpers(
        frozenset({"pictures.example"}),
        (PathAt("/api/graphql"), PathAt("/v*/*", "graph.book.example")),
    )
    assert platform.login_forms == {PathAt("/login.php"): ("next",)}


def test_the_longest_shape_comes_first_whatever_the_order_in_the_file():
    assert read().to_platform("book").shapes == (
        PageShape("/pages/*/{page}", "/{page}"),
        PageShape("/groups/{page}"),
        PageShape("/@{page}"),
        PageShape("/{page}"),
    )


def test_a_platform_needs_a_name_a_category_a_domain_and_a_source():
    facts = {"name": "A", "category": "forum", "domains": {"web": ["a.example"]}}
    with pytest.raises(ValidationError, match="sources"):
        PlatformFile.model_validate(facts)
    assert PlatformFile.model_validate({**facts, "sources": ["own"]}).to_platform("a").shapes == ()


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_a_mistake_is_named(changes, message):
    with pytest.raises(ValidationError) as refused:
        read(**{"except": [], "paths": {}, **changes})
    assert message in str(refused.value)
