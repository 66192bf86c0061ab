"""The shipped catalogue against three tables: every name, every example, ten thousand innocents."""

import csv
import random
from pathlib import Path

import pytest

from breaktime.config import shipped_catalogue
from breaktime.core.names import normal_name
from breaktime.core.platforms import Role
from breaktime.core.what import Catalogue, describe

HERE = Path(__file__).parent
AT_LEAST = 10_000


def table(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


NAMES = table("names.tsv")
EXAMPLES = table("examples.tsv")
INNOCENT = table("innocent.tsv")


@pytest.fixture(scope="module")
def catalogue():
    return shipped_catalogue()


def test_every_platform_of_the_table_is_shipped(catalogue):
    named = {row["platform"] for row in NAMES}
    assert named <= catalogue.platforms.keys()
    assert len(named) == 169


def test_every_name_is_recognised_with_all_below_it(catalogue):
    missed = [
        (row["name"], row["platform"], found)
        for row in NAMES
        for host in (row["name"], f"sub-1.{row['name']}")
        if (found := catalogue.match(host)) is None or found.platform != row["platform"]
    ]
    assert missed == []


REVIEWED = {
    "fb.watch": "short",  # it leads to the film at www.facebook.com
    "ads-api.twitter.com": "api",  # these four serve advertisers, inside no other site
    "ads-api.x.com": "api",
    "ads.tiktok.com": "web",
    "adsapi.snapchat.com": "api",
    "telesco.pe": "cdn",  # its pictures
    "t.me": "web",  # channels are read there
    "telegram.dog": "web",
    "telegram.me": "web",
    "click.redditmail.com": "wrapper",  # outgoing links, which the table calls short
    "l.instagram.com": "wrapper",
    "l.threads.com": "wrapper",
    "l.threads.net": "wrapper",
    "lnkd.in": "wrapper",
    "out.reddit.com": "wrapper",
    "t.co": "wrapper",
}
"""Names whose role was decided otherwise than in the table when they were reviewed."""


def test_every_name_has_the_role_of_the_table(catalogue):
    """A host with several roles has one, and paths for the others; two are not in the table."""
    roles = {}
    for row in NAMES:
        roles.setdefault(row["name"], set()).add(row["role"])
    otherwise = {}
    for name, expected in roles.items():
        role = catalogue.match(name).role
        if role not in expected and not (role is Role.PIXEL and "embed" in expected):
            otherwise[name] = role.value
    assert otherwise == REVIEWED


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["address"])
def test_an_example_belongs_to_its_platform(catalogue, row):
    assert describe(catalogue, row["address"])[0] == row["platform"]


def test_an_innocent_name_matches_nothing(catalogue):
    matched = [
        (row["name"], found)
        for row in INNOCENT
        for host in (row["name"], f"www.{row['name']}")
        if (found := catalogue.match(host)) is not None
    ]
    assert matched == []


def test_the_innocents_are_ten_thousand_and_as_they_are_matched():
    names = [row["name"] for row in INNOCENT]
    assert len(set(names)) == len(names) >= AT_LEAST
    assert [name for name in names if normal_name(name) != name] == []


def test_a_role_is_a_role():
    assert {row["role"] for row in NAMES} == {role.value for role in Role} - {"pixel", "wrapper"}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_files_makes_no_difference(catalogue, seed):
    platforms = list(catalogue.platforms.values())
    random.Random(seed).shuffle(platforms)
    shuffled = Catalogue(platforms)
    for row in (*NAMES, *INNOCENT):
        host = f"www.{row['name']}"
        assert shuffled.match(host) == catalogue.match(host)
