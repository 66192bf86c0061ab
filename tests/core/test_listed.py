"""The longest of many names, against reading all of them."""

import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breaktime.core.listed import Listed

LISTED = Listed(
    {name: name for name in ("x.com", "a.b.x.com", "onion", "t.co.uk", "b.t.co.uk", "co.me")}
)

# fmt: off
ROWS = [
    # what the row shows             name                 listed as
    ("itself",                       "x.com",             "x.com"),
    ("below it",                     "www.x.com",         "x.com"),
    ("half-way to a longer one",     "b.x.com",           "x.com"),
    ("beside a longer one",          "c.b.x.com",         "x.com"),
    ("the longer one",               "a.b.x.com",         "a.b.x.com"),
    ("below the longer one",         "z.y.a.b.x.com",     "a.b.x.com"),
    ("its end is not it",            "netflix.com",       None),
    ("its beginning is not it",      "x.com.example",     None),
    ("what it is below",             "com",               None),
    ("one label",                    "onion",             "onion"),
    ("below one label",              "forum.onion",       "onion"),
    ("far below one label",          "a.b.forum.onion",   "onion"),
    ("two labels that are not it",   "co.uk",             None),
    ("three that are not it",        "u.co.uk",           None),
    ("three that are",               "t.co.uk",           "t.co.uk"),
    ("four labels",                  "c.t.co.uk",         "t.co.uk"),
    ("four that are listed",         "b.t.co.uk",         "b.t.co.uk"),
    ("nothing",                      "",                  None),
    ("an address",                   "192.0.2.1",         None),
    ("a longer address",             "2001:db8::1",       None),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_longest_name_counts(row):
    name, expected = row

    assert LISTED.find(name) == expected
    assert pickle.loads(pickle.dumps(LISTED)).find(name) == expected


def test_what_names_mean_can_be_gone_through():
    assert sorted(LISTED.values()) == sorted(LISTED.find(name) for name in LISTED.values())
    assert len({*LISTED.values()}) == 6


NAMES = st.lists(st.sampled_from(["a", "b", "ab", "co", "com"]), min_size=1, max_size=6).map(
    ".".join
)


@given(st.sets(NAMES, max_size=12), NAMES)
@example(set(), "a")
def test_it_agrees_with_reading_all_names(names, name):
    fitting = [each for each in names if f".{name}".endswith(f".{each}")]

    assert Listed({each: each for each in names}).find(name) == max(fitting, key=len, default=None)
