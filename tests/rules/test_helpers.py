"""What the shipped platforms say about the helpers of a page."""

import pytest

from breaktime.config.rules import shipped_catalogue
from breaktime.core.paths import plain_segments
from breaktime.core.platforms import Role

CATALOGUE = shipped_catalogue()
PLATFORMS = CATALOGUE.platforms


@pytest.mark.parametrize("stem", PLATFORMS)
def test_helpers_are_pictures_and_programs_of_others_and_no_pages(stem):
    platform = PLATFORMS[stem]
    for name in platform.helpers.hosts:
        assert CATALOGUE.match(name).role is Role.CDN, name
    for at in (*_calls(platform), *platform.login_forms):
        if at.name:
            continue
        path = at.path
        first = path.split("/")[1]
        assert "*" in first or platform.page_of(f"/{first}/x", {}) is None, path


# One address for everything, or for whatever is asked of it: a feed comes from there as well.
ANYTHING = (
    ("facebook", "www.facebook.com", "/api/graphql"),
    ("facebook", "www.facebook.com", "/ajax/mercury/thread_info.php"),
    ("instagram", "www.instagram.com", "/api/v1/feed/timeline"),
    ("instagram", "www.instagram.com", "/graphql/query"),
    ("linkedin", "www.linkedin.com", "/voyager/api/graphql"),
    ("pinterest", "www.pinterest.com", "/resource/UserHomefeedResource/get"),
    ("reddit", "www.reddit.com", "/svc/shreddit/feeds/home-feed"),
    ("reddit", "gql.reddit.com", "/"),
    ("threads", "www.threads.com", "/api/graphql"),
    ("tiktok", "www.tiktok.com", "/api/recommend/item_list"),
    ("x", "x.com", "/i/api/graphql/abc/HomeTimeline"),
    ("x", "api.x.com", "/graphql/abc/HomeTimeline"),
    ("youtube", "www.youtube.com", "/youtubei/v1/browse"),
    ("youtube", "www.youtube.com", "/youtubei/v1/search"),
)


@pytest.mark.parametrize(("stem", "host", "path"), ANYTHING)
def test_neither_players_nor_log_in_dialogs_bring_along_a_feed(stem, host, path):
    """They are open to everybody at any time, and leave no record."""
    match = CATALOGUE.match(host, path)
    helpers = PLATFORMS[stem].helpers
    assert match.platform == stem
    for at in (*helpers.embeds, *helpers.logins):
        assert not at.is_at(match, plain_segments(path)), at


def _calls(platform):
    helpers = platform.helpers
    return *helpers.paths, *helpers.embeds, *helpers.logins
