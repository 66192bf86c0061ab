"""People by address: exact, exclusive, and silent where it is not sure."""

from datetime import UTC, datetime
from ipaddress import ip_network
from zoneinfo import ZoneInfo

import pytest

from breaktime.core.signin import Strength
from breaktime.identity import AddressesConfig, Sighting, Surroundings


def around(folder):
    return Surroundings(folder, zone=ZoneInfo("Europe/London"))


@pytest.fixture
def read(tmp_path):
    def read(text, **more):
        (tmp_path / "people.csv").write_text(text)
        return AddressesConfig(kind="addresses", table="people.csv", **more).open(around(tmp_path))

    return read


TABLE = """\
# the computers of the print room
Address, Person

10.0.0.1,  A.Jones
"10.0.0.2",b.king
# 10.0.0.3,c.lee
2001:db8::1,d.moss
::ffff:10.0.0.5,e.nash
"""

# fmt: off
ROWS = [
    ("its address",                      "10.0.0.1",           "a.jones"),
    ("in quotes",                        "10.0.0.2",           "b.king"),
    ("IPv4 on a dual-stack socket",      "::ffff:10.0.0.1",    "a.jones"),
    ("the same in the table",            "10.0.0.5",           "e.nash"),
    ("another spelling of IPv6",         "2001:0DB8:0::1",     "d.moss"),
    ("a comment gives nobody",           "10.0.0.3",           None),
    ("an address that is not listed",    "10.0.0.9",           None),
    ("no address",                       "print-room",         None),
    ("nothing",                          "",                   None),
    ("a number is no address",           "167772161",          None),
    ("a long one",                       "1" * 100_000,        None),
]
# fmt: on


@pytest.mark.parametrize(("client", "person"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_addresses(read, client, person):
    claim = read(TABLE).identify(Sighting(client))

    assert (claim and claim.person) == person


def test_two_people_at_one_address_are_nobody(read):
    """In doubt nobody: a record about the wrong person is the worst that can happen."""
    provider = read("address,person\n10.0.0.1,ada\n10.0.0.2,bob\n::ffff:10.0.0.1,cy\n10.0.0.1,ada")

    assert provider.identify(Sighting("10.0.0.1")) is None
    assert provider.identify(Sighting("10.0.0.2")).person == "bob"
    assert [warning.split(";") for warning in provider.warnings] == [
        [
            "people.csv:4: `10.0.0.1` is given to another person at line 2",
            " nobody is known by this address",
        ],
        [
            "people.csv:5: `10.0.0.1` is given to another person at line 4",
            " nobody is known by this address",
        ],
    ]


def test_one_person_twice_is_one_person(read):
    """Another spelling of the name is not another person."""
    provider = read("address,person\n10.0.0.1,Ada\n10.0.0.1,ADA\n")

    assert provider.identify(Sighting("10.0.0.1")).person == "ada"
    assert provider.warnings == ()


def test_all_problems_at_once(read):
    table = "address,person\n10.0.0.0/24,ada\nhere,bob\n10.0.0.1\n10.0.0.2,\n10.0.0.3,a\tb\n\x1b,b"

    with pytest.raises(ValueError, match="people") as refused:
        read(table)

    assert str(refused.value).split("\n") == [
        "people.csv:2: `10.0.0.0/24` is a network; give one address a line",
        "people.csv:3: `here` is not an address",
        "people.csv:4: must have two columns, address and person, found 1",
        "people.csv:5: the person must have a name of printable characters, of one script",
        "people.csv:6: the person must have a name of printable characters, of one script",
        r"people.csv:7: `\x1b` is not an address",
    ]


@pytest.mark.parametrize(
    ("table", "line"), [("", 1), ("# only this", 1), ("\n\n10.0.0.1,ada", 3), ("person,address", 1)]
)
def test_the_header_is_required(read, table, line):
    with pytest.raises(ValueError, match="people") as refused:
        read(table)

    assert (
        str(refused.value)
        == f"people.csv:{line}: must begin with the line `address,person` or `address,person,until`"
    )


def test_an_address_is_somebodys_until_the_end_of_its_last_day(read):
    """The last day counts whole, by the clock of the organisation: in summer, UTC is behind."""
    provider = read("address,person,until\n10.0.0.1,ada,2026-07-31\n10.0.0.2,bob,\n")
    last, after = (
        datetime(2026, 7, 31, 22, 59, tzinfo=UTC),
        datetime(2026, 7, 31, 23, 0, tzinfo=UTC),
    )

    assert provider.identify(Sighting("10.0.0.1", at=last)).person == "ada"
    assert provider.identify(Sighting("10.0.0.1", at=after)) is None
    assert provider.identify(Sighting("10.0.0.2", at=after)).person == "bob"


def test_whoever_has_an_address_next_is_not_taken_for_the_last(read):
    provider = read("address,person,until\n10.0.0.1,ada,2026-07-30\n10.0.0.1,bob,2026-08-31\n")
    noon = [datetime(2026, 7, 30, 12, tzinfo=UTC), datetime(2026, 7, 31, 12, tzinfo=UTC)]

    known = [provider.identify(Sighting("10.0.0.1", at=at)) for at in noon]

    assert [claim and claim.person for claim in known] == [None, "bob"]
    assert provider.warnings[0].endswith("nobody is known by this address while it is both's")


def test_nobody_is_known_at_a_shared_computer(read):
    shared = (ip_network("10.9.0.0/24"), ip_network("2001:db8::/64"))
    provider = read(
        "address,person\n10.9.0.7,ada\n::ffff:10.9.0.8,bob\n10.0.0.1,cy\n", shared=shared
    )

    assert provider.identify(Sighting("10.9.0.7")) is None
    assert provider.identify(Sighting("10.9.0.8")) is None
    assert provider.identify(Sighting("10.0.0.1")).strength is Strength.ADDRESS
    assert provider.warnings[0] == (
        "people.csv:2: `10.9.0.7` is in a shared network; nobody is known by this address"
    )


def test_a_day_that_is_none(read):
    with pytest.raises(ValueError, match="people") as refused:
        read("address,person,until\n10.0.0.1,ada,31/12/2026\n10.0.0.2,bob\n")

    assert str(refused.value).split("\n") == [
        "people.csv:2: until must be the last day, such as `2026-12-31`, found `31/12/2026`",
        "people.csv:3: must have three columns, address, person and until, found 2",
    ]
