"""What the front door is told: relay, identify or inspect."""

import asyncio
from dataclasses import replace
from ipaddress import ip_address

import pytest

from breaktime.door import Caller, Identity, Ruling
from breaktime.mitm.policing import Police
from breaktime.mitm.signin import SignIn
from support.answered import Answered
from support.policy import KNOWN, LIBRARY, LUNCH, SOCIAL_ADDRESS, UNKNOWN, state_in

SOMEBODY, NOBODY = Identity("a.jones"), Identity(None)


class Recorder:
    writable = True

    def __init__(self):
        self.records = []

    def put(self, record, *, held=False):
        self.records.append(record)
        return Answered(True)


@pytest.fixture
def police(tmp_path):
    return Police(state_in(tmp_path), SignIn(Recorder(), lambda: LUNCH))


# fmt: off
ROWS = {
    "not controlled": (("www.example.org",), KNOWN, None, Ruling.RELAY),
    "not controlled, with its address": (("www.example.org", "93.184.215.14"), KNOWN, None, Ruling.RELAY),  # noqa: E501  a table
    "controlled, nobody asked yet": (("www.facebook.com",), KNOWN, None, Ruling.IDENTIFY),
    "controlled, in another spelling": (("WWW.Facebook%2ecom",), KNOWN, SOMEBODY, Ruling.INSPECT),
    "a social address in one number": ((str(int(ip_address(SOCIAL_ADDRESS))),), KNOWN, SOMEBODY, Ruling.INSPECT),  # noqa: E501  a table
    "not to be read": (("not a name",), KNOWN, SOMEBODY, Ruling.INSPECT),
    "an archive": (("web.archive.org",), KNOWN, SOMEBODY, Ruling.INSPECT),
    "any translated page": (("www-bbc-co-uk.translate.goog",), KNOWN, SOMEBODY, Ruling.INSPECT),
    "a cached page, by its name": (("www-facebook-com.cdn.ampproject.org",), KNOWN, SOMEBODY, Ruling.INSPECT),  # noqa: E501  a table
    "another cached page": (("www-bbc-co-uk.cdn.ampproject.org",), KNOWN, None, Ruling.RELAY),
    "what people type into a translator": (("translate.google.com",), KNOWN, None, Ruling.RELAY),
    "a front end": (("nitter.somebody.example",), KNOWN, SOMEBODY, Ruling.INSPECT),
    "controlled, somebody": (("www.facebook.com",), KNOWN, SOMEBODY, Ruling.INSPECT),
    "controlled, nobody": (("www.facebook.com",), UNKNOWN, NOBODY, Ruling.INSPECT),
    "one name of two": (("www.example.org", "x.com"), KNOWN, SOMEBODY, Ruling.INSPECT),
    "a social address": ((SOCIAL_ADDRESS,), KNOWN, SOMEBODY, Ruling.INSPECT),
    "a social address, hidden": (("www.example.org", SOCIAL_ADDRESS), KNOWN, SOMEBODY, Ruling.INSPECT),  # noqa: E501  a table
    "a promised name": (("www.nhs.uk", SOCIAL_ADDRESS), KNOWN, None, Ruling.RELAY),
    "a promised name beside another": (("www.nhs.uk", "a.example", SOCIAL_ADDRESS), KNOWN, SOMEBODY, Ruling.INSPECT),  # noqa: E501  a table
    "an exempt place": (("www.facebook.com",), LIBRARY, None, Ruling.RELAY),
}
# fmt: on


@pytest.mark.parametrize("row", ROWS)
def test_a_connection_is_judged_by_all_its_names(police, row):
    names, client, identity, ruling = ROWS[row]

    assert police.judge(names, client, identity) is ruling


@pytest.mark.parametrize(
    ("client", "credentials", "person"),
    [(KNOWN, None, "a.jones"), (UNKNOWN, None, None), (UNKNOWN, "Basic YTpi", None)],
)
def test_people_are_who_the_providers_say(police, client, credentials, person):
    async def ask():
        return await police.identify(Caller(client, credentials))

    identity = asyncio.run(ask())

    assert (identity.person, identity.challenge) == (person, False)


@pytest.mark.parametrize(
    ("names", "controlled"),
    [
        (("WWW.Facebook.COM.", "127.0.0.1"), True),
        (("www.example.org", "127.0.0.1"), False),
        (("www.example.org", SOCIAL_ADDRESS), True),
        (("not a name", "127.0.0.1"), True),
        (("www.nhs.uk", SOCIAL_ADDRESS), False),
    ],
)
def test_a_destination_is_controlled_in_every_spelling_and_when_unreadable(
    police, names, controlled
):
    assert police.concerns(names) is controlled


def test_a_challenge_is_a_whole_answer(police):
    head, _, body = police.challenge().partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 407 ")
    assert b"proxy-authenticate: basic" in head.lower()
    assert f"content-length: {len(body)}".encode() in head.lower()


def test_what_was_seen_of_names_counts_in_the_configuration_that_is_in_force(tmp_path):
    state = state_in(tmp_path)
    police = Police(state, SignIn(Recorder(), lambda: LUNCH))
    names = ("www.facebook.com",)
    assert police.judge(names, KNOWN, SOMEBODY) is Ruling.INSPECT
    before = state.now

    policy = replace(before.policy, catalogue=before.policy.catalogue.only(()))
    state.now = replace(before, policy=policy)
    assert police.judge(names, KNOWN, SOMEBODY) is Ruling.RELAY

    state.now = before
    assert police.judge(names, KNOWN, SOMEBODY) is Ruling.INSPECT


def test_names_that_are_asked_for_once_do_not_fill_the_memory(police, monkeypatch):
    monkeypatch.setattr("breaktime.mitm.policing.KEPT", 3)

    for number in range(10):
        assert police.judge((f"a{number}.example",), KNOWN, None) is Ruling.RELAY
        assert police.judge(("x.com",), KNOWN, None) is Ruling.IDENTIFY

    assert len(police._looks) == 3
