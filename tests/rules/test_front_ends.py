"""Front ends by their label, wrappers by their path: which ones the shipped files know."""

import pytest

from breaktime.config import shipped_catalogue
from breaktime.core.what import describe

CATALOGUE = shipped_catalogue()

FRONT_ENDS = {
    "nitter": "x",
    "redlib": "reddit",
    "libreddit": "reddit",
    "teddit": "reddit",
    "invidious": "youtube",
    "proxitok": "tiktok",
    "safetwitch": "twitch",
    "priviblur": "tumblr",
    "binternet": "pinterest",
    "proxigram": "instagram",
    "kittygram": "instagram",
    "quetre": "quora",
    "rimgo": "imgur",
}

INNOCENTS = [
    "invidious.io",
    "docs.invidious.io",
    "www.nitter-fans.example",
    "nitters.example",
    "mynitter.example",
    "nitter-status.example",
    "insidious.example",
    "redlibrary.example",
    "teddington.gov.uk",
    "scribe.example.org",
    "piped.example",
    "red.example",
    "tok.example",
    "inv.example",
    "nitter",
]


@pytest.mark.parametrize(("label", "platform"), FRONT_ENDS.items())
def test_a_front_end_is_known_wherever_it_runs(label, platform):
    for host in (f"{label}.example", f"{label}2.somebody.example"):
        assert describe(CATALOGUE, f"https://{host}/page") == (platform, "mirror")


def test_every_label_of_the_files_stands_in_the_table_above():
    labels = {label for each in CATALOGUE.platforms.values() for label in each.front_ends}
    assert labels == set(FRONT_ENDS)


@pytest.mark.parametrize("host", INNOCENTS)
def test_a_word_that_only_looks_like_one_is_nobody_s(host):
    assert CATALOGUE.match(host) is None


@pytest.mark.parametrize(
    ("address", "platform", "role"),
    [
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fshop.example", "facebook", "wrapper"),
        ("https://www.facebook.com/l.php?u=https%3A%2F%2Fshop.example", "facebook", "wrapper"),
        ("https://l.facebook.com/exampleshire", "facebook", "short"),
        ("https://l.facebook.com/l.php/../exampleshire", "facebook", "short"),
        ("https://l.instagram.com/?u=https%3A%2F%2Fshop.example", "instagram", "wrapper"),
        ("https://l.instagram.com/exampleshire", "instagram", "short"),
        ("https://www.youtube.com/redirect?q=https%3A%2F%2Fshop.example", "youtube", "wrapper"),
        ("https://t.co/i/adsct?type=image", "x", "pixel"),
        ("https://dns.google/dns-query", "dns-over-https", "api"),
        ("https://cloudflare.com/", "-", "-"),
    ],
)
def test_what_leads_on_is_told_from_what_shows_something(address, platform, role):
    assert describe(CATALOGUE, address) == (platform, role)
